package performance

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/drift/sequential"
	"github.com/tidemark-ml/tidemark/profile"
)

const (
	conceptVersion = 1
	conceptFixed   = 1 + 2 + 11*8 + 4 // version, lengths, numbers, length of the detector
)

// MarshalBinary returns the state.
func (k *Concept) MarshalBinary() ([]byte, error) {
	detector, err := k.esr.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("performance: concept: %w", err)
	}
	if len(k.reference) > maxReference {
		return nil, fmt.Errorf("performance: concept: reference id of %d bytes; at most %d", len(k.reference), maxReference)
	}
	b := []byte{conceptVersion}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(k.reference)))
	b = append(b, k.reference...)
	for _, n := range []uint64{
		k.errors.N, k.rows, k.panes, uint64(k.esr.BaselineSize), uint64(k.esr.Side),
		math.Float64bits(k.errors.Sum), math.Float64bits(k.errors.Squares), math.Float64bits(k.peak), math.Float64bits(k.esr.Baseline),
		math.Float64bits(k.last), flag(k.certain),
	} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(detector)))
	return append(b, detector...), nil
}

// UnmarshalBinary restores a state. It goes on when rows follow that are compared
// with the same reference, and is dropped with another. It returns an error that
// wraps [ErrState], and changes nothing, for bytes that are no state.
func (k *Concept) UnmarshalBinary(b []byte) error {
	if len(b) < conceptFixed || b[0] != conceptVersion {
		return fmt.Errorf("%w: concept: %d bytes, at least %d of version %d are needed", ErrState, len(b), conceptFixed, conceptVersion)
	}
	length := int(binary.LittleEndian.Uint16(b[1:]))
	if length > maxReference || len(b) < conceptFixed+length {
		return fmt.Errorf("%w: concept: reference id of %d bytes in %d", ErrState, length, len(b))
	}
	out := Concept{Both: k.Both, AtOnce: k.AtOnce, reference: string(b[3 : 3+length])}
	b = b[3+length:]
	var n [11]uint64
	for i := range n {
		n[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	b = b[8*len(n):]
	size := binary.LittleEndian.Uint32(b)
	if b = b[4:]; int64(size) != int64(len(b)) {
		return fmt.Errorf("%w: concept: detector of %d bytes, %d are left", ErrState, size, len(b))
	}
	out.errors = profile.Sum{N: n[0], Sum: math.Float64frombits(n[5]), Squares: math.Float64frombits(n[6])}
	out.rows, out.panes, out.peak = n[1], n[2], math.Float64frombits(n[7])
	base := math.Float64frombits(n[8])
	out.last, out.certain = math.Float64frombits(n[9]), n[10] == 1
	if !(out.peak >= 0 && out.last >= 0 && out.errors.Sum >= 0 && out.errors.Squares >= 0 && base >= 0) || math.IsInf(out.peak+out.last+out.errors.Sum+out.errors.Squares, 0) ||
		n[0] > 1<<62 || n[1] > 1<<62 || n[2] > 1<<62 || n[3] > 1<<62 || n[4] > uint64(sequential.Both) || n[10] > 1 {
		return fmt.Errorf("%w: concept: a number is out of its range", ErrState)
	}
	out.esr = sequential.ESR{ARL: evidenceLimit, Baseline: base, BaselineSize: int(n[3]), Side: sequential.Side(n[4])}
	if err := out.esr.UnmarshalBinary(b); err != nil {
		return fmt.Errorf("%w: concept: %w", ErrState, err)
	}
	*k = out
	return nil
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
