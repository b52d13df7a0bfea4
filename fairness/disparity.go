package fairness

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// disparities are fairlearn's figures of one population. They describe: among
// many groups some difference is always large.
func (j *judge) disparities(m *measure, population population, now []standing) []report.Signal {
	if !m.extremes {
		return nil
	}
	var rates []Rate
	for _, i := range j.supported(population) {
		rates = append(rates, rateOf(now[i].group))
	}
	e := ExtremesOfRates(rates...)
	var whole profile.Sum
	for _, i := range population.whole {
		whole.Merge(m.sum(j.Current, i, j.labels))
	}
	overall := func() (float64, bool) { return e.ToOverall(rateOf(whole).value()) }
	return []report.Signal{
		j.disparity(m.gap+"_difference", population, len(rates), e.Difference),
		j.disparity(m.gap+"_ratio", population, len(rates), e.Ratio),
		j.disparity(m.gap+"_to_overall", population, len(rates), overall),
	}
}

// supported are the groups of a population with enough rows.
func (j *judge) supported(population population) (groups []int) {
	for _, i := range population.groups {
		if j.labels.rows(j.Current, i) >= j.MinRows {
			groups = append(groups, i)
		}
	}
	return groups
}

func (j *judge) disparity(name string, population population, groups int, value func() (float64, bool)) report.Signal {
	s := j.signal(name, population.name)
	for _, i := range population.whole {
		s.Current += j.labels.rows(j.Current, i)
		s.Reference += j.labels.rows(j.Comparison.Reference.Profile(), i)
	}
	v, ok := value()
	if groups < 2 || !ok {
		s.Undefined = true
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnUndefined, Text: fmt.Sprintf(
			"%s: %d groups of at least %d rows to compare; two in which the measure is defined are needed", population.name, groups, j.MinRows)})
		return s
	}
	s.Value = v
	s.Effect = report.Effect{Component: "extremes", Size: v, Words: fmt.Sprintf(
		"over the %d of %d groups with at least %d rows", groups, len(population.groups), j.MinRows)}
	return s
}

// odds are the measures of both error rates together, by group and by population.
func (j *judge) odds() (signals []report.Signal) {
	for _, population := range j.populations {
		var whole Confusion
		for _, i := range population.whole {
			whole = whole.Plus(j.Current.Outcomes.Groups[i].Confusion)
		}
		for _, i := range population.groups {
			group := Confusion(j.Current.Outcomes.Groups[i].Confusion)
			rest := whole.Minus(group)
			if group.Rows() == 0 {
				continue
			}
			signals = append(signals,
				j.both("fairness.equalized_odds", i, group, rest, EqualizedOddsGap, true),
				j.both("fairness.equalized_odds_worst_ratio", i, group, rest, EqualizedOddsRatio, false),
				j.both("fairness.average_odds", i, group, rest, AverageOdds, true))
		}
		var groups []Confusion
		for _, i := range j.supported(population) {
			groups = append(groups, j.Current.Outcomes.Groups[i].Confusion)
		}
		odds := EqualizedOddsOf(groups...)
		signals = append(signals,
			j.disparity("fairness.equalized_odds_difference", population, len(groups), odds.Difference),
			j.disparity("fairness.equalized_odds_ratio", population, len(groups), odds.Ratio))
	}
	return signals
}

// both is a measure of both error rates of one group against the rest.
func (j *judge) both(name string, i int, group, rest Confusion, of func(a, b Confusion, level float64) (Gap, bool), absolute bool) report.Signal {
	m := measure{words: "positives and negatives decided"}
	s := sides{
		measure: &m, group: j.plan.Groups[i].Name, rows: group.Rows(), others: rest.Rows(), shrunk: math.NaN(),
		now: standing{group: smaller(group), rest: smaller(rest), ok: true},
	}
	out, ok := j.start(name, &s)
	out.Reference, out.Current = j.labels.rows(j.Comparison.Reference.Profile(), i), group.Rows()
	if !ok {
		return out
	}
	gap, ok := of(group, rest, Confidence)
	if !ok {
		out.Undefined = true
		out.Warnings = append(out.Warnings, report.Warning{Code: report.WarnUndefined, Text: s.nothing()})
		return out
	}
	out.Value = gap.Value
	if absolute {
		out.Value = math.Abs(gap.Value)
	}
	out.Effect = report.Effect{Component: "odds", Size: gap.Value, Low: gap.Low, High: gap.High}
	return out
}

// smaller is the smaller of the two denominators of a confusion.
func smaller(c Confusion) profile.Sum {
	return profile.Sum{N: min(c.TruePositive().Total, c.FalsePositive().Total)}
}
