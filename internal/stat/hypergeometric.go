package stat

import (
	"fmt"
	"math"
)

// FisherResult is the outcome of Fisher's exact test on a 2×2 table. All four
// probabilities are conditional on the margins.
type FisherResult struct {
	// OddsRatio is the sample value ad/bc: +Inf when only bc = 0, and 1 with
	// Degenerate set when a margin is empty, where no ratio exists.
	OddsRatio float64
	// P is two-sided: the total probability of all tables at most as probable
	// as the observed one, as R and scipy define it.
	P float64
	// PDoubled is two-sided: min(1, 2·min(Lower, Upper)).
	PDoubled float64
	// Lower is P(A ≤ a) and Upper is P(A ≥ a) for the first cell.
	Lower, Upper float64
	// N1 and N2 are the row totals a+b and c+d.
	N1, N2 int64
	// Degenerate says that a row or column is empty, so that only one table
	// is possible and every probability is 1.
	Degenerate bool
}

// maxFisherCount bounds the work at some ten million terms.
const maxFisherCount = 1 << 40

// FisherExact tests the table
//
//	a  b
//	c  d
//
// for independence. Counts up to 1e9 take O(√n) work: tails are summed
// outwards from the observed table by the ratio of neighbouring probabilities,
// starting from Loader's density.
//
// The error wraps [ErrInput] for negative counts, counts above 2^40 and the
// table without observations. Source: Fisher 1922; tables whose probability
// equals the observed one up to a relative 1e-10 count as equally probable.
func FisherExact(a, b, c, d int64) (FisherResult, error) {
	if err := checkTable(a, b, c, d); err != nil {
		return FisherResult{}, err
	}
	r := FisherResult{N1: a + b, N2: c + d}
	if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
		r.OddsRatio, r.P, r.PDoubled, r.Lower, r.Upper, r.Degenerate = 1, 1, 1, 1, 1, true
		return r, nil
	}
	r.OddsRatio = oddsRatio(float64(a), float64(b), float64(c), float64(d))
	t := table{float64(a), float64(b), float64(c), float64(d)}
	r.Upper, r.Lower = t.upper(), t.mirror().upper()
	r.PDoubled = min(1, 2*min(r.Lower, r.Upper))
	r.P = t.twoSided(r.Lower, r.Upper)
	return r, nil
}

// FisherTails returns Upper and Lower of [FisherExact] alone, at a third of its
// cost, with the same errors.
func FisherTails(a, b, c, d int64) (lower, upper float64, err error) {
	if err := checkTable(a, b, c, d); err != nil {
		return 0, 0, err
	}
	if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
		return 1, 1, nil
	}
	t := table{float64(a), float64(b), float64(c), float64(d)}
	return t.mirror().upper(), t.upper(), nil
}

func checkTable(a, b, c, d int64) error {
	for _, v := range [4]int64{a, b, c, d} {
		if v < 0 || v > maxFisherCount {
			return fmt.Errorf("%w: Fisher exact: count %d, need 0 to 2^40", ErrInput, v)
		}
	}
	if a+b+c+d == 0 {
		return fmt.Errorf("%w: Fisher exact: the table is empty", ErrInput)
	}
	return nil
}

func oddsRatio(a, b, c, d float64) float64 {
	if b == 0 || c == 0 {
		return math.Inf(1)
	}
	return a / b * (d / c)
}

// table is a 2×2 table a b / c d; moving along its margins changes a.
type table struct{ a, b, c, d float64 }

// mirror exchanges the columns, so that small a becomes large a.
func (t table) mirror() table { return table{t.b, t.a, t.d, t.c} }

// move raises the first cell by k, keeping the margins.
func (t table) move(k float64) table { return table{t.a + k, t.b - k, t.c - k, t.d + k} }

func (t table) density() float64 { return hypergeometricDensity(t.a, t.b, t.c, t.d) }

// ratio is density(move(1))/density.
func (t table) ratio() float64 { return t.b / (t.a + 1) * (t.c / (t.d + 1)) }

// upper returns P(A ≥ a).
func (t table) upper() float64 {
	if t.ratio() > 1 { // below the mode: the other tail is the short one
		if t.a == 0 || t.d == 0 {
			return 1
		}
		return 1 - t.move(-1).mirror().outward()
	}
	return t.outward()
}

// outward sums the densities at and above a, from where they only fall.
func (t table) outward() float64 {
	sum, term := 0.0, t.density()
	for term > 1e-17*sum {
		sum += term
		term *= t.ratio()
		t = t.move(1)
	}
	return min(sum, 1)
}

// twoSided adds to the tail on the side of a the tail of the tables on the
// other side of the mode that are at most as probable.
func (t table) twoSided(lower, upper float64) float64 {
	own := upper
	if t.ratio() > 1 {
		own, t = lower, t.mirror()
	}
	// Now a is at or above the mode. Tables reachable downwards: 0..span.
	span, bound := min(t.a, t.d), t.density()*(1+1e-10)
	if span == 0 || t.move(-1).density() <= bound {
		return 1 // a is the mode
	}
	if t.move(-span).density() > bound {
		return own
	}
	// Densities rise and then fall along 0..span; the last index that is still
	// small on the far side is found by bisection between span and the mode.
	small, large := span, t.stepsToMode()
	for small-large > 1 {
		mid := math.Floor((small + large) / 2)
		if t.move(-mid).density() <= bound {
			small = mid
		} else {
			large = mid
		}
	}
	return min(1, own+t.move(-small).mirror().outward())
}

// stepsToMode returns how far below a the mode floor((r+1)(s+1)/(n+2)) lies.
func (t table) stepsToMode() float64 {
	n := t.a + t.b + t.c + t.d
	mode := math.Floor((t.a + t.b + 1) / (n + 2) * (t.a + t.c + 1))
	return max(0, t.a-mode)
}
