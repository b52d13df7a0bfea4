package drift

import (
	"errors"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// coarseCells is how many cells distances of the χ² family are taken on.
const coarseCells = 10

// kernel is a measure of two aligned count vectors.
type kernel func(reference, current []uint64) (Result, error)

// distance is a measure as an evaluator runs it: on every feature and outcome,
// describing, with what it shows by chance and by natural variability.
type distance struct {
	name   string // of the signal
	of     kernel
	fine   bool // on all cells of numbers, in their order; else on coarse cells of anything
	linear bool // the measure grows with the change, not with its square
}

// evaluate returns a signal for each column that the measure applies to.
func (d distance) evaluate(c profile.Comparison) (signals []report.Signal) {
	if c.Reference == nil || c.Current == nil || c.Decisive {
		return nil // distances describe
	}
	for p := range c.Inputs() {
		if d.fine && !p.Axis.Numbers() {
			continue
		}
		signals = append(signals, d.signal(c, p))
	}
	return signals
}

func (d distance) signal(c profile.Comparison, p profile.Pair) report.Signal {
	s := c.Signal(d.name, p)
	result, err := d.of(d.counts(c.Reference, p.Index, &p.Reference.Tally), d.counts(c.Reference, p.Index, &p.Current.Tally))
	if err != nil {
		return undefinedSignal(s, err)
	}
	describe(&s, result, d.wobble(c, p.Index))
	return s
}

// counts are the cells the measure is taken on: those of the column, or groups
// of them with the unseen categories as one more.
func (d distance) counts(r *profile.Reference, i int, t *profile.Tally) []uint64 {
	if d.fine {
		return t.Cells
	}
	return append(profile.Groups(r.Coarse(i, coarseCells), t.Cells), t.Unseen)
}

// describe fills in what the result says, widened by wobble, the factor by which
// the measure exceeds its floor between stretches of the reference.
func describe(s *report.Signal, r Result, wobble float64) {
	s.Value = r.Value
	if r.HasFloor {
		s.Floor = r.Floor * wobble
	}
	s.Critical = report.CriticalValues(func(alpha float64) float64 { return wobble * r.Critical(alpha) })
	switch tail, ok := s.Critical.Tail(s.Value); {
	case wobble > 1:
		s.P, s.HasP = tail, ok
	default:
		s.P, s.HasP = r.P, r.HasP
	}
}

// wobbleKey identifies a factor among what a reference remembers.
type wobbleKey struct {
	name   string
	column int
	blocks int
}

// wobbleWindows bounds the stretches of the reference that are looked at.
const wobbleWindows = 64

// wobble returns by how much the measure exceeds what chance explains between
// stretches of the reference about as long as the window, at least 1: the mean
// ratio of measure to floor, the design effect of Rao and Scott (1981). It is 1
// where the reference has no time blocks.
func (d distance) wobble(c profile.Comparison, i int) float64 {
	blocks := blocksLike(c)
	if blocks == 0 {
		return 1
	}
	return c.Reference.Memo(wobbleKey{d.name, i, blocks}, func() any { return d.designEffect(c.Reference, i, blocks) }).(float64)
}

// blocksLike is how many time blocks hold about as many rows as the window, at
// most a tenth of them all; 0 where there are too few.
func blocksLike(c profile.Comparison) int {
	panes := c.Reference.Panes()
	if len(panes) < 10 || panes[0].Rows == 0 {
		return 0
	}
	like := int(math.Round(float64(c.Current.Rows) / float64(panes[0].Rows)))
	return min(max(1, like), len(panes)/10)
}

func (d distance) designEffect(r *profile.Reference, i, blocks int) float64 {
	whole := d.counts(r, i, &r.Profile().Columns[i].Tally)
	step := max(blocks, (len(r.Panes())-blocks)/wobbleWindows)
	var sum, n float64
	at := 0
	for window := range r.Windows(blocks) {
		if at++; (at-1)%step != 0 {
			continue
		}
		result, err := d.of(whole, d.counts(r, i, &window.Columns[i].Tally))
		if err != nil || !(result.Floor > 0) || math.IsInf(result.Value, 0) {
			continue
		}
		sum += result.Value / (result.Floor * d.within(r, result))
		n++
	}
	if n < 3 {
		return 1
	}
	return max(1, sum/n)
}

// within corrects the floor for a window that is part of the reference it is
// compared with: V is 1/n − 1/m, not 1/n + 1/m.
func (d distance) within(r *profile.Reference, result Result) float64 {
	n, m := float64(result.Current), float64(result.Reference)
	if r.Live() || n >= m {
		return 1
	}
	factor := (m - n) / (m + n)
	if d.linear {
		return math.Sqrt(factor)
	}
	return factor
}

// undefinedSignal says why there is no value.
func undefinedSignal(s report.Signal, err error) report.Signal {
	s.Undefined = true
	code := report.WarnUndefined
	if !errors.Is(err, ErrUndefined) {
		code = report.WarnFailed
	}
	s.Warnings = append(s.Warnings, report.Warning{Code: code, Text: err.Error()})
	return s
}
