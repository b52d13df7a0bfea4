package performance

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/drift/sequential"
	"github.com/tidemark-ml/tidemark/internal/wire"
)

const conceptVersion = 1

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
	r := wire.NewReader(ErrState, "concept", b)
	if v := r.Byte(); v != conceptVersion {
		r.Fail("version %d, this library reads %d", v, conceptVersion)
	}
	out := Concept{Both: k.Both, AtOnce: k.AtOnce}
	out.reference = string(r.Take(r.Room(uint64(r.Uint16()), maxReference, 1)))
	const mostRows, mostError = 1 << 62, math.MaxFloat64 / 8
	out.errors.N, out.rows, out.panes = r.AtMost(r.Uint64(), mostRows), r.AtMost(r.Uint64(), mostRows), r.AtMost(r.Uint64(), mostRows)
	size, side := r.AtMost(r.Uint64(), mostRows), r.AtMost(r.Uint64(), uint64(sequential.Both))
	out.errors.Sum, out.errors.Squares = r.Within(0, mostError), r.Within(0, mostError)
	out.peak = r.Within(0, mostError)
	base := r.Within(0, mostError)
	out.last, out.certain = r.Within(0, mostError), r.AtMost(r.Uint64(), 1) == 1
	detector := r.Take(r.Room(uint64(r.Uint32()), math.MaxInt32, 1))
	if err := r.Close(); err != nil {
		return err
	}
	out.esr = sequential.ESR{ARL: evidenceLimit, Baseline: base, BaselineSize: int(size), Side: sequential.Side(side)}
	if err := out.esr.UnmarshalBinary(detector); err != nil {
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
