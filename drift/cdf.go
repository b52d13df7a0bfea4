package drift

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
)

// CDF is a piecewise linear distribution function, as a digest gives it: value
// P[i] at X[i], linear between, 0 before the first and 1 after the last knot.
// Equal neighbours in X are a jump. X and P are finite and non-decreasing, P in
// [0, 1]. Methods never modify it.
type CDF struct {
	X, P []float64
	N    uint64 // observations behind it
}

// limits returns the values just before and just after x.
func (c CDF) limits(x float64) (before, after float64) {
	i := sort.SearchFloat64s(c.X, x) // first knot not before x
	j := i
	for j < len(c.X) && c.X[j] == x {
		j++
	}
	switch {
	case j > i: // x is a knot
		before, after = c.P[i], c.P[j-1]
		if i == 0 {
			before = 0
		}
		if j == len(c.X) {
			after = 1
		}
	case i == 0:
		before, after = 0, 0
	case i == len(c.X):
		before, after = 1, 1
	default:
		t := (x - c.X[i-1]) / (c.X[i] - c.X[i-1])
		before = c.P[i-1] + t*(c.P[i]-c.P[i-1])
		after = before
	}
	return before, after
}

func (c CDF) check(measure, side string) error {
	if len(c.X) == 0 || len(c.X) != len(c.P) {
		return fmt.Errorf("%w: %s: %s distribution has %d positions and %d values; need one or more of each", ErrInput, measure, side, len(c.X), len(c.P))
	}
	for i, x := range c.X {
		if math.IsNaN(x) || math.IsInf(x, 0) || !(c.P[i] >= 0 && c.P[i] <= 1) || i > 0 && (x < c.X[i-1] || c.P[i] < c.P[i-1]) {
			return fmt.Errorf("%w: %s: %s distribution at knot %d is (%v, %v); need finite, non-decreasing positions and values in [0, 1]", ErrInput, measure, side, i, x, c.P[i])
		}
	}
	return nil
}

// cdfPair are two valid distribution functions.
type cdfPair struct{ ref, cur CDF }

func pairCDFs(measure string, reference, current CDF) (cdfPair, error) {
	p := cdfPair{reference, current}
	if reference.N == 0 || current.N == 0 {
		return p, emptyError(measure, reference.N, current.N)
	}
	if err := reference.check(measure, "reference"); err != nil {
		return p, err
	}
	return p, current.check(measure, "current")
}

func (p cdfPair) v() float64 { return 1/float64(p.ref.N) + 1/float64(p.cur.N) }

func (p cdfPair) result(value float64) Result {
	return Result{Value: value, Reference: p.ref.N, Current: p.cur.N}
}

// knots are the distinct positions of both.
func (p cdfPair) knots() []float64 {
	x := slices.Concat(p.ref.X, p.cur.X)
	slices.Sort(x)
	return slices.Compact(x)
}

// piece is an interval on which both functions are linear; 0 marks its start
// and 1 its end.
type piece struct{ dx, ref0, ref1, cur0, cur1 float64 }

// pieces yields the intervals between neighbouring knots.
func (p cdfPair) pieces() iter.Seq[piece] {
	return func(yield func(piece) bool) {
		knots := p.knots()
		var at piece
		for i, x := range knots {
			refBefore, refAfter := p.ref.limits(x)
			curBefore, curAfter := p.cur.limits(x)
			at.ref1, at.cur1 = refBefore, curBefore
			if i > 0 {
				at.dx = x - knots[i-1]
				if !yield(at) {
					return
				}
			}
			at.ref0, at.cur0 = refAfter, curAfter
		}
	}
}

// area is ∫ |cur - ref| over the piece.
func (s piece) area() float64 {
	a, b := s.cur0-s.ref0, s.cur1-s.ref1
	if a*b >= 0 {
		return (math.Abs(a) + math.Abs(b)) / 2 * s.dx
	}
	return (a*a + b*b) / (math.Abs(a) + math.Abs(b)) / 2 * s.dx
}

// square is ∫ (cur - ref)² over the piece.
func (s piece) square() float64 {
	a, b := s.cur0-s.ref0, s.cur1-s.ref1
	return (a*a + a*b + b*b) / 3 * s.dx
}

// widest is the largest |cur - ref| on the piece.
func (s piece) widest() float64 {
	return max(math.Abs(s.cur0-s.ref0), math.Abs(s.cur1-s.ref1))
}

// pooled is the middle of the distribution function of both together.
func (s piece) pooled(m, n uint64) float64 {
	mf, nf := float64(m), float64(n)
	return (mf*(s.ref0+s.ref1) + nf*(s.cur0+s.cur1)) / (mf + nf) / 2
}
