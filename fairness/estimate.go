package fairness

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// foreseen is a group's rows by score cell, how many of them are selected, and
// how often a row of the cell is positive by the reference.
type foreseen [profile.GroupScoreCells]struct {
	rows, selected    float64
	positive, unknown float64 // probability, and the variance of it
}

// priorRows is how many rows the calibration of everybody is worth beside that
// of the group itself.
const priorRows = 20

// foresee returns the estimate's ingredients of the groups in members together.
func (j *judge) foresee(members []int, everybody *[profile.GroupScoreCells][2]uint64) (f foreseen) {
	before := j.Comparison.Reference.Profile().Outcomes.Groups
	for b := range f {
		var known, positive float64
		for _, i := range members {
			f[b].rows += float64(j.Current.Groups[i].Cells[b])
			known += float64(before[i].Cells[b][0] + before[i].Cells[b][1])
			positive += float64(before[i].Cells[b][1])
		}
		all := (float64(everybody[b][1]) + .5) / (float64(everybody[b][0]+everybody[b][1]) + 1)
		f[b].positive = (positive + priorRows*all) / (known + priorRows)
		f[b].unknown = f[b].positive * (1 - f[b].positive) / (known + priorRows + 1)
	}
	f.choose(j.Current, members)
	return f
}

// choose spreads the selected rows over the cells from the top: they are those
// with the highest scores, so only the cell of the threshold is split, and by its
// exact count.
func (f *foreseen) choose(p *profile.Profile, members []int) {
	left := 0.0
	for _, i := range members {
		left += float64(p.Groups[i].Selected)
	}
	for b := len(f) - 1; b >= 0; b-- {
		f[b].selected = min(left, f[b].rows)
		left -= f[b].selected
	}
}

// rate is Σ selected·w / Σ rows·w with w the probability of the class (1: of
// being positive), and its variance by the delta method: rows are drawn, truths
// are drawn, and the calibration is only known so well.
func (f *foreseen) rate(class int) (rate, variance, total float64) {
	hits := 0.0
	weight := func(b int) float64 {
		if class == 1 {
			return f[b].positive
		}
		return 1 - f[b].positive
	}
	for b := range f {
		hits, total = hits+f[b].selected*weight(b), total+f[b].rows*weight(b)
	}
	if !(total > 0) {
		return 0, 0, 0
	}
	rate = hits / total
	for b := range f {
		drawn := (f[b].selected*(1-rate)*(1-rate) + (f[b].rows-f[b].selected)*rate*rate) * weight(b)
		known := f[b].selected - rate*f[b].rows
		variance += drawn + known*known*f[b].unknown
	}
	return rate, variance / (total * total), total
}

// precision is Σ selected·π / Σ selected.
func (f *foreseen) precision() (rate, variance, total float64) {
	hits, known := 0.0, 0.0
	for b := range f {
		hits, total = hits+f[b].selected*f[b].positive, total+f[b].selected
		known += f[b].selected * f[b].selected * f[b].unknown
	}
	if !(total > 0) {
		return 0, 0, 0
	}
	rate = hits / total
	return rate, rate*(1-rate)/total + known/(total*total), total
}

// estimated are the measures that labels will show.
var estimated = [...]struct {
	name, words string
	of          func(*foreseen) (rate, variance, total float64)
}{
	{"fairness.equal_opportunity_estimated", "positives found",
		func(f *foreseen) (float64, float64, float64) { return f.rate(1) }},
	{"fairness.predictive_equality_estimated", "negatives selected",
		func(f *foreseen) (float64, float64, float64) { return f.rate(0) }},
	{"fairness.predictive_parity_estimated", "selected rightly", (*foreseen).precision},
}

// estimates are what labels of this window are expected to say, by group; none
// where the reference has no labels.
func (j *judge) estimates() (signals []report.Signal) {
	reference := j.Comparison.Reference.Profile()
	if j.Comparison.Reference.Schema().Target().Task != profile.BinaryTask || !labelled.known(reference) {
		return nil
	}
	for _, population := range j.populations {
		var everybody [profile.GroupScoreCells][2]uint64
		for _, i := range population.whole {
			for b, c := range reference.Outcomes.Groups[i].Cells {
				everybody[b][0], everybody[b][1] = everybody[b][0]+c[0], everybody[b][1]+c[1]
			}
		}
		whole := j.foresee(population.whole, &everybody)
		for _, i := range population.groups {
			if reference.Outcomes.Groups[i].Labelled < j.MinRows || j.Current.Groups[i].Rows == 0 {
				continue
			}
			group := j.foresee([]int{i}, &everybody)
			rest := whole.less(&group)
			for _, e := range estimated {
				signals = append(signals, j.estimate(e.name, e.words, i, e.of, &group, &rest))
			}
		}
	}
	return signals
}

// less is the others' rows. They keep the calibration of everybody, of whom they
// are most.
func (f *foreseen) less(part *foreseen) foreseen {
	out := *f
	for b := range out {
		out[b].rows -= part[b].rows
		out[b].selected = max(0, out[b].selected-part[b].selected)
	}
	return out
}

func (j *judge) estimate(name, words string, i int, of func(*foreseen) (float64, float64, float64), group, rest *foreseen) report.Signal {
	s := j.signal(name, j.plan.Groups[i].Name)
	s.Reference = j.Comparison.Reference.Profile().Outcomes.Groups[i].Labelled
	s.Current = j.Current.Groups[i].Rows
	s.Warnings = []report.Warning{{Code: report.WarnEstimated, Text: "without labels: assumes that rows of a score are positive as often as in the reference"}}
	a, va, na := of(group)
	b, vb, nb := of(rest)
	if na < float64(j.MinCount) || nb < float64(j.MinCount) || s.Current < j.MinRows {
		s.Undefined = true
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnSmallSample, Text: fmt.Sprintf(
			"group %s: %d rows, about %.0f to count %q over (rest: %.0f); %d and %d are needed", j.plan.Groups[i].Name, s.Current, na, words, nb, j.MinRows, j.MinCount)})
		return s
	}
	half := upperQuantile((1-Confidence)/2, math.Inf(1)) * math.Sqrt(va+vb)
	s.Value = math.Abs(a - b)
	s.Effect = report.Effect{
		Component: "gap", Size: a - b, Low: max(-1, a-b-half), High: min(1, a-b+half),
		Words: fmt.Sprintf("%s %s, the rest %s, by estimate", words, phrase.Percent(a), phrase.Percent(b)),
	}
	return s
}
