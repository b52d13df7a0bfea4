package profile

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// A Joined is encoded in a fixed number of bytes:
//
//	flags 1 · hash 8 · predicted 8 (Unix ns) · score 8 · decided 1 · cells · probabilities 4 each
//
// Its truth, which comes later, is no part of it.
const joinedHead = 1 + 8 + 8 + 8 + 1

// Flags of an encoded Joined.
const (
	joinedTimed = 1 << iota // there is a time
	joinedProbs             // there are probabilities
	joinedFlags = 1<<iota - 1
)

// JoinedSize is how many bytes the encoding of a Joined takes.
func (g *Geometry) JoinedSize() int { return joinedHead + g.latency() + 4*len(g.schema.target.Classes) }

// AppendJoined appends the encoding of j without its truth to b: JoinedSize bytes,
// for a row cut as g says. It allocates nothing but room in b.
func (g *Geometry) AppendJoined(b []byte, j *Joined) []byte {
	var flags byte
	nanos, timed := unixNano(j.Predicted)
	if timed {
		flags |= joinedTimed
	}
	classes := len(g.schema.target.Classes)
	if classes > 0 && len(j.Probabilities) == classes {
		flags |= joinedProbs
	}
	b = binary.LittleEndian.AppendUint64(append(b, flags), j.Hash)
	b = binary.LittleEndian.AppendUint64(b, uint64(nanos))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(j.Score))
	b = append(append(b, byte(j.Decided+1)), j.Cells...)
	for i := range classes {
		var p float32
		if flags&joinedProbs != 0 {
			p = j.Probabilities[i]
		}
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(p))
	}
	return b
}

// DecodeJoined reads what AppendJoined wrote into j, whose slices it uses again.
// Bytes of another length, or that no row encodes to, are an error that wraps
// [ErrCorrupt].
func (g *Geometry) DecodeJoined(b []byte, j *Joined) error {
	if len(b) != g.JoinedSize() {
		return fmt.Errorf("%w: a row: need %d bytes, have %d", ErrCorrupt, g.JoinedSize(), len(b))
	}
	flags, decided := b[0], int(b[joinedHead-1])-1
	most := 1
	if g.schema.target.Task == MulticlassTask {
		most = len(g.schema.target.Classes) - 1
	}
	if flags&^joinedFlags != 0 || decided > most || g.schema.target.Task == RegressionTask && decided >= 0 {
		return fmt.Errorf("%w: a row: flags %b, class %d", ErrCorrupt, flags, decided)
	}
	cells, probabilities := j.Cells[:0], j.Probabilities[:0]
	*j = Joined{
		Hash: binary.LittleEndian.Uint64(b[1:]), Decided: decided,
		Score: math.Float64frombits(binary.LittleEndian.Uint64(b[17:])),
	}
	if flags&joinedTimed != 0 {
		j.Predicted = time.Unix(0, int64(binary.LittleEndian.Uint64(b[9:]))).UTC()
	}
	b = b[joinedHead:]
	j.Cells, b = append(cells, b[:g.latency()]...), b[g.latency():]
	j.Probabilities = probabilities
	for ; flags&joinedProbs != 0 && len(b) > 0; b = b[4:] {
		j.Probabilities = append(j.Probabilities, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return nil
}
