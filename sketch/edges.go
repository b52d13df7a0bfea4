package sketch

import (
	"iter"
	"math"
	"slices"
	"sort"
)

// Distribution is what cells are cut from: a [Quantiles] or a [Sample].
type Distribution interface {
	// Quantile is the inverse distribution function; false when empty.
	Quantile(q float64) (float64, bool)
	// CDF is the share of values at most x; false when empty.
	CDF(x float64) (float64, bool)
	// Count is the number of values.
	Count() uint64
	// Atoms yields, ascending, each value known to be repeated exactly and its
	// number of copies; values that are not heavy may be left out unless Exact.
	Atoms() iter.Seq2[float64, uint64]
	// Exact reports whether Atoms yields all values.
	Exact() bool
}

// maxDiscrete is the number of distinct values up to which each has a cell.
const maxDiscrete = 50

// QuantileEdges cuts d into about k cells of equal share (40 is the default of
// the library), the outer ones open. Four rules, in this order:
//
//   - up to 50 distinct values: one cell each, [v_i, v_i+1), whatever k is;
//   - a value of share ≥ 1/(2k), an atom, is the only value of d in its cell;
//   - what lies between two atoms is cut at equal shares into round(share·k)
//     cells, at least one if there is anything;
//   - equal cuts collapse.
//
// Where nothing of d lies above an atom before the next one, the atom's cell runs
// up to that next one, so that no cell is empty in d. An empty distribution, one
// of a single value and k < 1 have a defined result: no edges for an empty one
// and for k < 1, {c, Nextafter(c)} for the constant c, because a shift to either
// side of a constant must show. There are never more than 3k+1 cells beside the
// discrete case.
//
// Heavy values are found within the resolution of d: 0.3 % for a default
// Quantiles, all for a Sample.
func QuantileEdges(k int, d Distribution) Edges {
	if d.Count() == 0 || k < 1 {
		return nil
	}
	if values, ok := discrete(d); ok {
		if len(values) == 1 {
			return Edges{values[0], above(values[0])}
		}
		return values[1:]
	}
	c := cutter{d: d, k: float64(k)}
	low, _ := d.Quantile(0)
	start, from := low, 0.0
	for _, a := range heavyValues(d, 1/(2*c.k)) {
		c.segment(start, a.value, from, a.before)
		if a.value > low {
			c.cut(a.value)
		}
		if a.after < 1 {
			c.cut(above(a.value))
		}
		start, from = above(a.value), a.after
	}
	c.segment(start, math.Inf(1), from, 1)
	return c.edges
}

func above(v float64) float64 { return math.Nextafter(v, math.Inf(1)) }

// discrete returns all values when there are at most maxDiscrete.
func discrete(d Distribution) (values Edges, ok bool) {
	if !d.Exact() {
		return nil, false
	}
	for v := range d.Atoms() {
		if values = append(values, v); len(values) > maxDiscrete {
			return nil, false
		}
	}
	return values, true
}

// atom is a heavy value and the shares below it and up to it.
type atom struct{ value, before, after float64 }

func heavyValues(d Distribution, share float64) (heavy []atom) {
	n := float64(d.Count())
	for v, copies := range d.Atoms() {
		if w := float64(copies) / n; w >= share {
			after, _ := d.CDF(v)
			heavy = append(heavy, atom{v, max(0, after-w), after})
		}
	}
	return heavy
}

type cutter struct {
	d     Distribution
	k     float64
	edges Edges
}

// segment cuts the values in [start, end), which have the shares from..to.
func (c *cutter) segment(start, end, from, to float64) {
	if to-from <= 1e-12 {
		// Nothing here: the atom before, if there is one, reaches up to end.
		if n := len(c.edges); n > 0 && c.edges[n-1] == start {
			c.edges = c.edges[:n-1]
		}
		return
	}
	parts := math.Round((to - from) * c.k)
	for i := 1.0; i < parts; i++ {
		x, ok := c.d.Quantile(from + (to-from)*i/parts)
		if ok && x > start && x < end {
			c.cut(x)
		}
	}
}

func (c *cutter) cut(x float64) {
	if n := len(c.edges); finite(x) && (n == 0 || c.edges[n-1] < x) {
		c.edges = append(c.edges, x)
	}
}

// Sample is a sorted slice of finite values as a [Distribution]: exact, for
// references that fit in memory. Use [NewSample] for unsorted values.
type Sample []float64

// NewSample returns a sorted copy of values without NaN and infinities.
func NewSample(values []float64) Sample {
	s := make(Sample, 0, len(values))
	for _, v := range values {
		if finite(v) {
			s = append(s, v)
		}
	}
	slices.Sort(s)
	return s
}

// Count returns the number of values.
func (s Sample) Count() uint64 { return uint64(len(s)) }

// Exact is true: a sample knows all its values.
func (s Sample) Exact() bool { return true }

// Quantile returns inf{x : F(x) ≥ q} of the empirical distribution function F,
// and the minimum for q = 0; false when empty or for q outside [0, 1].
func (s Sample) Quantile(q float64) (float64, bool) {
	if len(s) == 0 || !(q >= 0 && q <= 1) {
		return 0, false
	}
	return s[max(0, int(math.Ceil(q*float64(len(s))))-1)], true
}

// CDF returns the share of values that are at most x; false when empty or NaN.
func (s Sample) CDF(x float64) (float64, bool) {
	if len(s) == 0 || math.IsNaN(x) {
		return 0, false
	}
	return float64(sort.Search(len(s), func(i int) bool { return s[i] > x })) / float64(len(s)), true
}

// Atoms yields each distinct value with its number of copies.
func (s Sample) Atoms() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		for i := 0; i < len(s); {
			start := i
			for i < len(s) && s[i] == s[start] {
				i++
			}
			if !yield(s[start], uint64(i-start)) {
				return
			}
		}
	}
}
