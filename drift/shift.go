package drift

import (
	"math"
	"sync"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Shift is the calibrated component test, the evaluator that decides whether a
// feature or what the model answers has drifted. Its zero value is the rule to
// use. It emits one "drift.shift" signal for each input and outcome column.
//
// A column is tested for the ways in which it can change, each with a share of
// the error probability: of numbers the location, the scale, the shape, a spike
// in one cell, the share missing and values out of range; of labels the shape,
// one cell, missing and never-seen categories; of a constant that it is one no
// more. The p-value of the column is the least p/share (weighted Bonferroni,
// valid under any dependence), and the component that attains it names the
// drift. Effects are standardised: a location of .5 is half a standard
// deviation of the reference on the scale of its ranks.
//
// What makes it fit for alarms is that the reference's own wandering is known:
//
//   - natural variability: variances τ² of every effect between time blocks of
//     the reference, per column, component and scale, are added to the sampling
//     variance 1/n + 1/m, with t and F tails for their uncertainty;
//   - season: where the reference has times and spans two weeks, windows shorter
//     than a day (of panes with times, UTC) are compared with what their hours of
//     weekdays or weekends let one expect, in columns where that explains a lot;
//   - tails: p is at least what a generalised Pareto tail, fitted to the replay
//     of the reference against itself and pooled over columns, allows;
//   - persistence: over several panes an effect counts only as far as most of
//     them agree on it;
//   - vetoes (p = 1): one pane alone alarms only on a gross change; nothing
//     alarms that some column of the reference has already shown; where the
//     reference's memory is too long for the window nothing alarms.
//
// Value is the persistent part of the winning effect, in absolute value, and
// Effect.Size the whole of it, signed. Critical says at which Value the column
// would have had which p-value: it is that of the winning component, so P ≤ alpha
// where Value ≥ Critical.At(alpha), up to its interpolation. Effect.Component and
// Words are empty where the winning component has no p-value below .01, vetoes
// aside. Effect.Detectable is the smallest shift that the window would have shown
// with probability .8.
//
// Without time blocks in the reference there is no P (HasP is false, with a
// warning), except with Once. A window of fewer than 50 rows is undefined.
//
// Evaluate is safe for concurrent use. What it derives from a reference it keeps
// in the reference, bounded by 19 sizes of panes, with and without its season (the first pane of a size costs
// some milliseconds per column). Sources: Rayner and Best,
// Smooth Tests (components); DerSimonian and Laird 1986 (τ²); Satterthwaite 1946
// (ν); Hosking and Wallis 1987 (tails). The simulations are in bench/detection.
type Shift struct {
	// MinEffect is the effect not worth an alarm, in standard deviations: the
	// null hypothesis is that the effect is at most this. 0 means .03; a
	// negative value means none.
	MinEffect float64
	// Panes is the number of panes in which one false incident is allowed. 0
	// means what the comparison says (its Horizon), or 720, a month of hourly
	// panes, where it does not.
	Panes float64
	// Once judges each window by itself instead of as one of a stream: natural
	// variability counts, but not persistence, replay and vetoes. It is what a
	// comparison of two files wants. A reference without time blocks then counts
	// as one that does not wander, with a warning.
	Once bool
}

const (
	defaultMinEffect = .03
	defaultPanes     = 720
	shiftName        = "drift.shift"
)

func (s Shift) minEffect() float64 {
	if s.MinEffect == 0 {
		return defaultMinEffect
	}
	return max(0, s.MinEffect)
}

func (s Shift) panes(cmp profile.Comparison) float64 {
	switch {
	case s.Panes > 0:
		return s.Panes
	case cmp.Horizon > 0:
		return cmp.Horizon
	}
	return defaultPanes
}

// Evaluate returns a signal for each feature and outcome column, in their order.
// Comparison.Panes are what persistence is measured on; a window without them
// counts as persistent. A window of a scale that is not among [report.Scales] is
// judged as one of the next smaller scale.
func (s Shift) Evaluate(cmp profile.Comparison) []report.Signal {
	if cmp.Reference == nil || cmp.Current == nil {
		return nil
	}
	j := s.judge(cmp)
	signals := make([]report.Signal, 0, len(j.plans))
	unit := report.UnitOf(shiftName)
	for i, p := range j.plans {
		v := j.column(i, cmp)
		pair := profile.Pair{
			Index: p.index, Axis: p.axis,
			Reference: &cmp.Reference.Profile().Columns[p.index], Current: &cmp.Current.Columns[p.index],
		}
		sig := report.Signal{
			Name: shiftName, Unit: unit, Subject: p.axis.Subject, Window: cmp.Window,
			Evidence: pair.Evidence(), Reference: uint64(p.valid), Current: uint64(j.window.valid()),
		}
		j.fill(&sig, i, &v)
		signals = append(signals, sig)
	}
	j.pool.Put(j)
	return signals
}

// judge returns a judge for the comparison, with the memory of an earlier one.
func (s Shift) judge(cmp profile.Comparison) *judge {
	c := calibrationOf(cmp.Reference)
	j, ok := c.pool.Get().(*judge)
	if !ok {
		j = new(judge)
	}
	j.calibration, j.minimum, j.once = c, s.minEffect(), s.Once
	j.natural, j.replay, j.excess, j.spare = nil, nil, weights{}, spare
	j.scale = float64(max(1, cmp.Window.Scale))
	j.index = 0
	for i, plan := range c.scales {
		if float64(plan.Panes) <= j.scale {
			j.index = i
		}
	}
	j.natural = c.at(float64(cmp.Current.Rows)/j.scale, j.seasonal(cmp))
	if j.natural == nil || s.Once {
		return j
	}
	j.replay = c.replayOf(j.natural, j.index)
	c.excessOf(j, s.panes(cmp))
	return j
}

// excessOf sets by how much the largest statistic of the reference's replay has
// to be exceeded, because live panes are more than the reference's: by the ratio
// of the logarithms of how many are looked at, as of normal tails, and by the
// power that the tail of the replay implies.
func (c *calibration) excessOf(j *judge, panes float64) {
	columns := float64(len(c.plans))
	known := float64(c.blocks) / float64(j.natural.widths[j.index])
	asked := panes / c.scales[j.index].Weight
	logs := math.Log(columns*asked) / max(1, math.Log(columns*known))
	more := max(1, asked/known)
	for k := range j.excess {
		tail := 0.0
		if j.replay != nil {
			tail = j.replay.tails[k].Shape
		}
		if j.index == 0 {
			tail = max(tail, heavyTail)
		}
		j.excess[k] = max(1, logs, math.Pow(more, tail))
	}
	j.spare = max(spare, math.Pow(more, ownTail))
}

// heavyTail is the least shape of the tail that one pane is judged by. Some
// thousand panes of a reference are too few to exclude it: excursions of more
// than a standard deviation, in one pane a month, look like nothing before.
const heavyTail = .3

// ownTail is the same for the largest excursion of a single column.
const ownTail = .45

// scratch is memory of judges that have finished.
type scratch = sync.Pool
