package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Slices is the evaluator that finds where the model is worst, and where it has
// become worse: runs of neighbouring cells of a number, single labels, and the
// cells of two features.
//
// Finding and believing are kept apart. Candidates are picked in the window before
// this one ([profile.Comparison.PreviousOutcomes]); each is then tested in this
// window, whose rows had no part in its being picked, by Welch's t of its mean loss
// against all other rows, one-sided, with Benjamini–Hochberg over all that were
// tested. What is left is reported, at most Most of each kind:
//
//	explain.slice        mean loss of the slice less that of the other rows, now
//	explain.slice_drift  how much that difference has grown since the reference
//
// The subject is of kind slice: "age in [18, 25)", "region=north",
// "age from 60, region=north". A slice has at least MinRows rows and MinShare of
// all. One of two features is left out where one of them alone shows 80 % of its
// mean excess, and one of one feature where a slice within it holds 80 % of all its
// excess. P is the adjusted one; the signals describe, as what they show is part of
// what the performance signals decide on.
//
// Slices of numbers are as fine as the cells, those of two features as the parts of
// [profile.SlicePlan]. What holds more than half of the rows is no slice. A run of cells of a sensitive feature is named by their
// numbers.
type Slices struct {
	// MinRows and MinShare are the least rows, and share of rows, of a slice. 0
	// means 100 and .01.
	MinRows  uint64
	MinShare float64
	// Level is the share of what is reported that may be false; 0 means .01.
	Level float64
	// Most is how many slices of each kind are reported; 0 means 5.
	Most int
}

const (
	candidates = 64 // picked in the window before, of each kind
	parental   = .8 // share of the excess that a parent may show
	pickedFrom = 2  // t from which a slice is worth another look

	scorePosition = 0 // of the score in a slice plan
)

func (s Slices) resolved() Slices {
	if s.MinRows == 0 {
		s.MinRows = 100
	}
	if s.MinShare == 0 {
		s.MinShare = .01
	}
	if s.Level == 0 {
		s.Level = .01
	}
	if s.Most == 0 {
		s.Most = 5
	}
	return s
}

// Evaluate returns nothing: without labels there is no loss.
func (Slices) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the slices that are believed, the surest first; none
// without a window before this one.
func (s Slices) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	before, after, ok := outcomes(c)
	if !ok || c.PreviousOutcomes == nil || c.PreviousOutcomes.Loss.N == 0 {
		return nil
	}
	s = s.resolved()
	g := c.Reference.Geometry()
	signals := s.confirmed(c, "explain.slice", g, nil, after)
	return append(signals, s.confirmed(c, "explain.slice_drift", g, before, after)...)
}

// confirmed picks slices in the window before and tests them in this one.
func (s Slices) confirmed(c profile.Comparison, name string, g *profile.Geometry, earlier, after *profile.Outcomes) (signals []report.Signal) {
	picked := s.pick(g, c.PreviousOutcomes, earlier)
	var tested []found
	for _, f := range picked {
		sum := f.slice.sum(after)
		if !s.large(sum, after.Loss) {
			continue
		}
		if e, ok := excessOf(sum, after, f.slice.sum(earlier), earlier); ok {
			tested = append(tested, found{f.slice, sum, e})
		}
	}
	p := make([]float64, len(tested))
	for i := range tested {
		p[i] = stat.StudentSF(tested[i].t(), tested[i].df)
	}
	adjusted := stat.BenjaminiHochberg(p)
	order := make([]int, len(tested))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p[a], p[b]), cmp.Compare(tested[b].t(), tested[a].t()))
	})
	believed := slices.DeleteFunc(order, func(i int) bool { return adjusted[i] > s.Level })
	for _, i := range believed {
		inside := func(k int) bool { return tested[k].accountsFor(&tested[i], g) }
		if len(signals) < s.Most && !slices.ContainsFunc(believed, inside) && !repeats(signals, &tested[i], g) {
			signals = append(signals, early(c, s.signal(c, name, g, &tested[i], adjusted[i], after)))
		}
	}
	return signals
}

// accountsFor reports whether f, of two features, holds most of what a slice of one
// of them has in excess. One of a feature and the score does not: everything that
// is wrong is more so where the model is sure.
func (f *found) accountsFor(alone *found, g *profile.Geometry) bool {
	return alone.slice.plan == nil && f.slice.plan != nil && f.slice.positions[0] != scorePosition &&
		alone.slice.touches(g, f.slice) &&
		f.size*float64(f.sum.N) >= parental*alone.size*float64(alone.sum.N)
}

// repeats reports whether a slice of the same name is there already.
func repeats(signals []report.Signal, f *found, g *profile.Geometry) bool {
	return slices.ContainsFunc(signals, func(s report.Signal) bool { return s.Subject.Name == f.slice.name(g) })
}

func (s Slices) large(sum, whole profile.Sum) bool {
	return sum.N >= s.MinRows && float64(sum.N) >= s.MinShare*float64(whole.N) && 2*sum.N <= whole.N
}

func (s Slices) signal(c profile.Comparison, name string, g *profile.Geometry, f *found, p float64, after *profile.Outcomes) report.Signal {
	mean, _ := f.sum.Mean()
	rest, _ := minus(after.Loss, f.sum).Mean()
	out := report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindSlice, Name: f.slice.name(g)}, Window: c.Window,
		Value: f.size, P: p, HasP: true, Current: f.sum.N, Reference: f.then.N,
	}
	half := 1.96 * f.se
	out.Effect = report.Effect{Component: "slice", Size: f.size, Low: f.size - half, High: f.size + half}
	rows := phrase.Percent(float64(f.sum.N) / float64(after.Loss.N))
	if was, ok := f.then.Mean(); ok {
		out.Effect.Words = fmt.Sprintf("mean loss %.3g → %.3g in %s of rows; elsewhere now %.3g", was, mean, rows, rest)
	} else {
		out.Effect.Words = fmt.Sprintf("mean loss %.3g in %s of rows, %.3g elsewhere", mean, rows, rest)
	}
	return out
}

// excess is by how much the loss of a slice exceeds that of the rest.
type excess struct {
	size, se, df float64
	then         profile.Sum // of the slice in the reference; empty where it plays no part
}

func (e excess) t() float64 {
	if !(e.se > 0) {
		return 0
	}
	return e.size / e.se
}

type found struct {
	slice slice
	sum   profile.Sum
	excess
}

// excessOf is the excess of the rows of sum over the other rows of a window, less
// that of then over the others of an earlier window where there is one.
func excessOf(sum profile.Sum, in *profile.Outcomes, then profile.Sum, earlier *profile.Outcomes) (e excess, ok bool) {
	terms := [4]term{{sum, 1}, {minus(in.Loss, sum), -1}}
	n := 2
	if earlier != nil {
		e.then = then
		terms[2], terms[3] = term{then, -1}, term{minus(earlier.Loss, then), 1}
		n = 4
	}
	var free, variance float64
	for _, t := range terms[:n] {
		mean, _ := t.Mean()
		v, known := t.Variance()
		if !known {
			return e, false
		}
		v /= float64(t.N)
		e.size += t.weight * mean
		variance += v
		free += v * v / float64(t.N-1)
	}
	if !(variance > 0) {
		return e, false
	}
	e.se, e.df = math.Sqrt(variance), variance*variance/free
	return e, true
}

type term struct {
	profile.Sum
	weight float64
}

// minus is whole without part.
func minus(whole, part profile.Sum) profile.Sum {
	return profile.Sum{N: whole.N - min(whole.N, part.N), Sum: whole.Sum - part.Sum, Squares: whole.Squares - part.Squares}
}
