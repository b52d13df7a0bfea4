package fairness

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// judge makes the signals of one comparison.
type judge struct {
	Parity
	profile.Comparison
	labels      labels
	plan        *profile.GroupPlan
	populations []population
}

func newJudge(p Parity, c profile.Comparison, l labels) *judge {
	g := c.Reference.Geometry()
	return &judge{p.resolved(), c, l, g.Groups(), populationsOf(g)}
}

// scale is how many time blocks of the reference are as large as the window, but
// no more than gaps can be followed over: a wider window wanders less, so that of
// a narrower one is on the safe side.
func (j *judge) scale() int {
	panes := j.Comparison.Reference.Panes()
	if len(panes) == 0 {
		return 0
	}
	scale := int(math.Round(float64(j.Current.Rows) / float64(max(1, panes[0].Rows))))
	return max(1, min(scale, len(panes)/wishedBlocks))
}

// wishedBlocks is how many disjoint windows wandering is better learned from.
const wishedBlocks = 6

// subject is a group or a population.
func (j *judge) subject(name string) report.Subject {
	return report.Subject{Kind: report.KindGroup, Name: name}
}

func (j *judge) signal(name, group string) report.Signal {
	return report.Signal{Name: name, Unit: report.UnitOf(name), Subject: j.subject(group), Window: j.Window}
}

// sides are a group and the rest, now and in the reference.
type sides struct {
	measure      *measure
	group        string
	now, then    standing
	rows, others uint64 // now
	variation    variation
	shrunk       float64 // NaN where there is none
}

// evaluate returns the signals of measures about all groups, feature by feature.
func (j *judge) evaluate(measures []measure) (signals []report.Signal) {
	if len(measures) == 0 {
		return nil
	}
	now := gapsOf(j.Current, measures, j.labels, j.populations)
	then := gapsOf(j.Comparison.Reference.Profile(), measures, j.labels, j.populations)
	wander := variations(j.Comparison.Reference, measures, j.labels, j.populations, j.scale())
	for _, population := range j.populations {
		var all uint64
		for _, i := range population.whole {
			all += j.labels.rows(j.Current, i)
		}
		for m := range measures {
			shrunk := shrunken(&measures[m], now[m], population.groups)
			for k, i := range population.groups {
				rows := j.labels.rows(j.Current, i)
				if rows == 0 && j.labels.rows(j.Comparison.Reference.Profile(), i) == 0 {
					continue // a value that nobody has
				}
				s := sides{
					measure: &measures[m], group: j.plan.Groups[i].Name, now: now[m][i], then: then[m][i],
					rows: rows, others: all - min(all, rows), variation: wander[m][i], shrunk: math.NaN(),
				}
				if shrunk != nil {
					s.shrunk = shrunk[k]
				}
				signals = append(signals, j.about(&s)...)
			}
			signals = append(signals, j.disparities(&measures[m], population, now[m])...)
		}
	}
	return signals
}

func shrunken(m *measure, now []standing, groups []int) []float64 {
	if m.numbers || m.rate == "" {
		return nil
	}
	rates := make([]Rate, len(groups))
	for k, i := range groups {
		rates[k] = rateOf(now[i].group)
	}
	return Shrink(rates...)
}

// about returns the signals of one measure about one group.
func (j *judge) about(s *sides) (signals []report.Signal) {
	m := s.measure
	if m.rate != "" {
		signals = append(signals, j.rate(s))
	}
	if m.gap != "" {
		signals = append(signals, j.gap(s))
	}
	if m.ratio != "" {
		signals = append(signals, j.ratio(s))
	}
	if m.drift != "" {
		signals = append(signals, j.drift(s))
	}
	return signals
}

// start returns a signal with what all about these sides have in common; false
// where it must not have a value.
func (j *judge) start(name string, s *sides) (report.Signal, bool) {
	out := j.signal(name, s.group)
	out.Reference, out.Current = s.then.group.N, s.now.group.N
	if w, ok := j.support(s); !ok {
		out.Warnings = append(out.Warnings, w)
	}
	switch {
	case s.rows < leastRows:
		out.Undefined = true
	case !s.now.ok:
		out.Undefined = true
		out.Warnings = append(out.Warnings, report.Warning{Code: report.WarnUndefined, Text: s.nothing()})
	}
	return out, !out.Undefined
}

// rate is the measure of the group itself.
func (j *judge) rate(s *sides) report.Signal {
	out, ok := j.start(s.measure.rate, s)
	if !ok {
		return out
	}
	out.Value, _ = s.now.group.Mean()
	out.Floor, _ = s.now.rest.Mean()
	low, high := meanInterval(s.now.group)
	if !s.measure.numbers {
		low, high, _ = rateOf(s.now.group).Interval(Confidence)
	}
	out.Effect = report.Effect{Component: "rate", Size: out.Value, Low: low, High: high, Words: s.rateWords()}
	return out
}

// gap is the difference to the rest.
func (j *judge) gap(s *sides) report.Signal {
	out, ok := j.start(s.measure.gap, s)
	if !ok {
		return out
	}
	c := s.contrast()
	gap := s.difference()
	least := j.least(s)
	out.Value = math.Abs(gap.Value)
	se, _ := c.spread(0)
	out.Floor = math.Sqrt(2/math.Pi) * se
	out.Effect = report.Effect{
		Component: "gap", Size: gap.Value, Low: gap.Low, High: gap.High, Words: s.gapWords(),
		Detectable: least + reach*se,
	}
	if s.measure.decides && !j.DriftOnly {
		out.P, out.HasP, out.Critical, out.Evidence = c.p(-least, least), true, c.critical(least), report.Fairness
	}
	return out
}

// reach is the distance in standard errors at which a gap is found with
// probability .8 where twenty groups share an error probability of a thousandth:
// Φ⁻¹(1−2.5e-5) + Φ⁻¹(.8).
const reach = 4.9

// ratio is the quotient with the rest.
func (j *judge) ratio(s *sides) report.Signal {
	out, ok := j.start(s.measure.ratio, s)
	if !ok {
		return out
	}
	ratio, ok := Ratio(rateOf(s.now.group), rateOf(s.now.rest), Confidence)
	if !ok {
		out.Undefined = true
		out.Warnings = append(out.Warnings, report.Warning{Code: report.WarnUndefined, Text: s.nothing()})
		return out
	}
	out.Value, out.Floor = ratio.Value, 1
	out.Effect = report.Effect{
		Component: "ratio", Size: ratio.Value, Low: ratio.Low, High: ratio.High, Words: s.ratioWords(ratio.Value),
	}
	if s.measure.ratio == selection.ratio {
		out.P, out.HasP = s.ratioP(j.MinRatio), true
	}
	return out
}

// ratioP is the probability of a ratio so far from 1 if the true one were between
// least and its inverse, both sides counted.
func (s *sides) ratioP(least float64) float64 {
	sign := 1.0
	if s.now.gap < 0 {
		sign = -1
	}
	p := 0.0
	for _, ratio := range [...]float64{least, 1 / least} {
		c := contrast{terms: []term{{s.now.group, 1}, {s.now.rest, -ratio}}}
		p += c.tail(sign, 0)
	}
	return min(1, p)
}

// drift is the gap now less that in the reference.
func (j *judge) drift(s *sides) report.Signal {
	out, ok := j.start(s.measure.drift, s)
	if !ok {
		return out
	}
	before := j.Comparison.Reference.Profile()
	if !s.then.ok || !j.enough(s.then) {
		out.Undefined = true
		out.Warnings = append(out.Warnings, report.Warning{Code: report.WarnSmallSample, Text: s.unknownBefore(j.labels.known(before))})
		return out
	}
	c := s.contrast()
	c.terms = append(c.terms, term{s.then.group, -1}, term{s.then.rest, 1})
	now, then := s.difference(), s.then.difference()
	change := now.combine(then, 1, -1)
	least := j.least(s)
	out.Value = math.Abs(change.Value)
	se, _ := c.spread(0)
	out.Floor = math.Sqrt(2/math.Pi) * se
	out.P, out.HasP, out.Critical = c.p(-least, least), true, c.critical(least)
	out.Evidence = report.Fairness
	out.Effect = report.Effect{
		Component: "drift", Size: change.Value, Low: change.Low, High: change.High, Words: s.driftWords(),
		Detectable: least + reach*se,
	}
	if s.variation.blocks == 0 {
		out.Warnings = append(out.Warnings, j.wandering())
	}
	return out
}

// wandering is the warning where it is not known how much gaps wander.
func (j *judge) wandering() report.Warning {
	const text = "the reference has no time blocks that count groups, so how much gaps wander by themselves is not known"
	if j.Once {
		return report.Warning{Code: report.WarnEstimated, Text: text + "; P assumes that they do not"}
	}
	return report.Warning{Code: report.WarnNoBlocks, Text: text}
}

// least is the difference not worth an alarm, in the unit of the measure.
func (j *judge) least(s *sides) float64 {
	if !s.measure.numbers {
		return j.MinDifference
	}
	whole := s.then.group
	whole.Merge(s.then.rest)
	if whole.N < 2 {
		whole = s.now.group
		whole.Merge(s.now.rest)
	}
	v, _ := whole.Variance()
	return j.MinDifference * math.Sqrt(v)
}

// contrast is the gap now.
func (s *sides) contrast() contrast {
	return contrast{
		terms: []term{{s.now.group, 1}, {s.now.rest, -1}}, numbers: s.measure.numbers, variation: s.variation,
	}
}

// difference is the gap with its interval: Newcombe's of rates, Welch's of means.
func (s *sides) difference() Gap { return s.now.difference() }

func (s standing) difference() Gap {
	if !s.numbers {
		gap, _ := Difference(rateOf(s.group), rateOf(s.rest), Confidence)
		return gap
	}
	c := contrast{terms: []term{{s.group, 1}, {s.rest, -1}}, numbers: true}
	se, df := c.spread(0)
	half := upperQuantile((1-Confidence)/2, df) * se
	return Gap{s.gap, s.gap - half, s.gap + half}
}

// meanInterval is Student's.
func meanInterval(s profile.Sum) (low, high float64) {
	mean, _ := s.Mean()
	v, ok := s.Variance()
	if !ok {
		return mean, mean
	}
	half := upperQuantile((1-Confidence)/2, float64(s.N-1)) * math.Sqrt(v/float64(s.N))
	return mean - half, mean + half
}

// enough reports whether a gap rests on enough rows of the group and of the rest.
func (j *judge) enough(s standing) bool { return s.group.N >= j.MinCount && s.rest.N >= j.MinCount }

// support is the small-sample warning; ok where there is enough.
func (j *judge) support(s *sides) (w report.Warning, ok bool) {
	if s.rows >= j.MinRows && s.others >= j.MinRows && j.enough(s.now) {
		return w, true
	}
	return report.Warning{Code: report.WarnSmallSample, Text: s.smallWords(j.MinRows, j.MinCount)}, false
}
