package drift

import (
	"fmt"
	"iter"
	"math/bits"
)

// cells are two aligned count vectors. Cells empty on both sides are not cells:
// adding one to the input changes no measure.
type cells struct {
	ref, cur []uint64
	m, n     uint64 // observations of reference and current
	b        int    // occupied cells
}

// align checks two count vectors and adds them up.
func align(measure string, reference, current []uint64) (cells, error) {
	c := cells{ref: reference, cur: current}
	if len(reference) != len(current) {
		return c, fmt.Errorf("%w: %s: %d reference and %d current cells; count both in the same cells", ErrInput, measure, len(reference), len(current))
	}
	var carryM, carryN, overflow uint64
	for i, r := range reference {
		c.m, carryM = bits.Add64(c.m, r, 0)
		c.n, carryN = bits.Add64(c.n, current[i], 0)
		overflow |= carryM | carryN
		if r|current[i] != 0 {
			c.b++
		}
	}
	if overflow != 0 {
		return c, fmt.Errorf("%w: %s: counts add up to more than 2^64-1", ErrInput, measure)
	}
	if c.m == 0 || c.n == 0 {
		return c, emptyError(measure, c.m, c.n)
	}
	return c, nil
}

// v is 1/n + 1/m, the variance factor of a difference of shares.
func (c cells) v() float64 { return 1/float64(c.n) + 1/float64(c.m) }

// df are the degrees of freedom of a comparison of shares, B-1.
func (c cells) df() float64 { return float64(c.b - 1) }

// shares yields the current and the reference share of every occupied cell.
func (c cells) shares() iter.Seq2[float64, float64] {
	m, n := float64(c.m), float64(c.n)
	return func(yield func(p, q float64) bool) {
		for i, r := range c.ref {
			if k := c.cur[i]; r|k != 0 && !yield(float64(k)/n, float64(r)/m) {
				return
			}
		}
	}
}

// pooled yields the share of every occupied cell in both samples together.
func (c cells) pooled() iter.Seq[float64] {
	total := float64(c.m) + float64(c.n)
	return func(yield func(float64) bool) {
		for i, r := range c.ref {
			if k := c.cur[i]; r|k != 0 && !yield((float64(r)+float64(k))/total) {
				return
			}
		}
	}
}

// compact leaves out the cells that are empty on both sides.
func (c cells) compact() cells {
	reference, current := make([]uint64, 0, c.b), make([]uint64, 0, c.b)
	for i, r := range c.ref {
		if k := c.cur[i]; r|k != 0 {
			reference, current = append(reference, r), append(current, k)
		}
	}
	c.ref, c.cur = reference, current
	return c
}

// occupied returns the counts of the occupied cells as numbers.
func (c cells) occupied() (reference, current []float64) {
	reference, current = make([]float64, 0, c.b), make([]float64, 0, c.b)
	for i, r := range c.ref {
		if k := c.cur[i]; r|k != 0 {
			reference, current = append(reference, float64(r)), append(current, float64(k))
		}
	}
	return reference, current
}

// result starts the result of a measure on these cells.
func (c cells) result(value float64) Result {
	return Result{Value: value, Reference: c.m, Current: c.n, Cells: c.b}
}
