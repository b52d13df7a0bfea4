package performance

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// ErrState is wrapped by errors about bytes that are not a saved state: truncated,
// corrupt, or of another version.
var ErrState = errors.New("performance: not a saved state")

const maxReference = 256 // bytes of its id

// A state is written as a kind and its version, numbers as little-endian uint64, texts
// after their length, and the CRC-32C of all before.
type stateWriter struct{ b []byte }

func newStateWriter(kind, version byte) *stateWriter { return &stateWriter{[]byte{kind, version}} }

func (w *stateWriter) uint(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }

func (w *stateWriter) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *stateWriter) floats(values ...float64) {
	for _, v := range values {
		w.uint(math.Float64bits(v))
	}
}

func (w *stateWriter) sealed() []byte { return wire.Seal(w.b) }

// The kinds.
const (
	cusumState byte = iota + 1
	estimatedState
)

// stateReader is the inverse.
type stateReader struct{ wire.Reader }

func newStateReader(what string, b []byte, kind, version byte) *stateReader {
	not := fmt.Errorf("%w: %s", ErrState, what)
	_, body, err := wire.Format{Magic: string([]byte{kind}), Newest: version, Corrupt: not, Unknown: not}.Open(b)
	r := &stateReader{wire.NewReader(not, "", body)}
	if err != nil {
		r.Stop(err)
	}
	return r
}

// count reads how many things of at least a number each follow.
func (r *stateReader) count(most int) int { return r.Room(r.Uint64(), most, 8) }

func (r *stateReader) text(most int) string { return string(r.Take(r.Room(r.Uint64(), most, 1))) }
