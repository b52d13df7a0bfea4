package alert

import "errors"

// ErrCorrupt is wrapped by [Policy.UnmarshalBinary] where the bytes are not a
// state that [Policy.MarshalBinary] wrote: torn, altered or of another kind.
// The policy is left as it was.
var ErrCorrupt = errors.New("alert: corrupt state")

// ErrVersion is wrapped where the state is of a version this library does not
// read; upgrade the reader. The policy is left as it was.
var ErrVersion = errors.New("alert: unknown state version")
