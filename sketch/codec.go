package sketch

import (
	"errors"
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// ErrCorrupt is wrapped by every decoding error: the bytes are truncated, have
// a foreign header, or describe a state no encoder writes. The receiver of a
// failed decode is left unchanged.
var ErrCorrupt = errors.New("sketch: corrupt encoding")

// ErrVersion is wrapped when the bytes are of a format version this library
// does not read; upgrade the reader.
var ErrVersion = errors.New("sketch: unknown format version")

// Each encoding opens with a byte naming its kind and one with its version.
const (
	kindQuantiles = 'Q'
	kindMoments   = 'M'
	kindCells     = 'C'
	kindDistinct  = 'D'
	kindFrequent  = 'F'
)

// Little endian throughout, whatever the machine.
func appendHeader(b []byte, kind, version byte) []byte { return append(b, kind, version) }

// newReader reads the header of an encoding.
func newReader(what string, kind, version byte, data []byte) *wire.Reader {
	r := wire.NewReader(ErrCorrupt, what, data)
	if k := r.Byte(); k != kind {
		r.Fail("kind %q, want %q", k, kind)
	}
	if v := r.Byte(); v != version {
		r.Stop(fmt.Errorf("%w: %s: version %d, this library reads %d", ErrVersion, what, v, version))
	}
	return &r
}
