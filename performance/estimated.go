package performance

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Estimated estimates performance without labels, at the close of every window:
// "estimated.NAME", by [CBPE] (binary), or [DLE] and the confusion of the reference
// (multiclass, regression). By default accuracy and mean absolute error decide, as
// evidence of performance, one-sided for worse. Every signal carries a warning that
// names the assumption: that the truth depends on what the model answers as it did.
//
// The interval is of what will be realised: it takes in the drawing of truths, the
// labelled rows that rates are known from, and what realised and estimated figures
// of the reference's own time blocks differ by beyond both.
//
// It checks itself. When the labels of a window come, the estimate for exactly those
// rows is held against what is realised ("estimated.error", in standard errors).
// One that is off by more than three and by more than MinEffect mutes the estimates
// (a warning, no evidence) until the labels agree again within two. Labels that came
// late also renew the calibration: once [Estimated.Renew] of them are known, rates
// are those of the last 64 windows or so.
//
// Its zero value is ready; use a pointer, one for each monitor: the check is state.
// Of all rows and of each segment it is kept by itself, and a monitor with a
// checkpoint carries it over a restart (MarshalBinary). It is not safe for concurrent
// use.
type Estimated struct {
	Rule
	Metrics   []BinaryMetric // of a binary model; nil means [EstimatedMetrics]
	Worth     Value          // see [Binary]
	Calibrate Calibrate
	// Renew is the number of late labels from which rates are theirs and no more
	// the reference's; 0 means 5,000, a negative value never.
	Renew int

	checks byReference[selfCheck]
	check  *selfCheck // of the reference that is being looked at
}

// EstimatedMetrics are the measures of a binary model that are estimated.
func EstimatedMetrics() []BinaryMetric {
	return []BinaryMetric{
		Accuracy{}, BalancedAccuracy{}, Precision{}, Recall{}, Specificity{}, F{}, MCC{}, AUC{}, AveragePrecision{}, Brier{}, LogLoss{},
	}
}

// estimator is a measure without labels.
type estimator struct {
	named
	key string
	// of is the figure of what is observed, labels aside; its SE, of which rows came,
	// is asked for where whole is set.
	of func(observed) Figure
	// note says what else went into it; empty for nothing.
	note func(observed) string
	// parts are the variances of the realised figure about the estimate.
	parts func(rows []float64) (draw, know float64)
	// gap is the realised figure of labelled rows less their estimate, with those rows
	// by score cell.
	gap func(observed) (gap float64, rows []float64, ok bool)
}

// Evaluate returns the estimates for a window.
func (e *Estimated) Evaluate(c profile.Comparison) (signals []report.Signal) {
	if c.Reference == nil || c.Current == nil || c.Reference.Profile().Outcomes == nil {
		return nil
	}
	e.follow(c.Reference)
	score := c.Reference.Schema().Len()
	for _, m := range e.estimators(c.Reference) {
		if c.Decisive && !e.decides(m.Name()) {
			continue
		}
		signals = append(signals, e.signal(c, m, score))
	}
	if c.Reference.Schema().Target().Task == profile.MulticlassTask {
		signals = append(signals, e.macro(c))
	}
	return signals
}

// follow turns to what is known of a reference.
func (e *Estimated) follow(r *profile.Reference) {
	e.check = e.checks.of(r.ID())
	e.check.bind(r, e.Calibrate)
}

// estimators are those of the task; none where the reference cannot tell.
func (e *Estimated) estimators(r *profile.Reference) (all []estimator) {
	if r.Schema().Target().Task != profile.BinaryTask {
		if m, ok := lossEstimator(r); ok {
			all = append(all, m)
		}
		return all
	}
	c := e.cbpe(r)
	if c == nil {
		return nil
	}
	metrics := e.Metrics
	if metrics == nil {
		metrics = EstimatedMetrics()
	}
	if e.Worth != (Value{}) {
		metrics = append(slices.Clip(metrics), e.Worth)
	}
	for _, m := range metrics {
		all = append(all, e.scoreEstimator(c, m, r.Schema().Len()))
	}
	return all
}

func (e *Estimated) cbpe(r *profile.Reference) *CBPE {
	if e.check.renewed != nil {
		return e.check.renewed
	}
	return referenceCBPE(r, e.Calibrate)
}

func (e *Estimated) scoreEstimator(c *CBPE, m BinaryMetric, score int) estimator {
	return estimator{
		named: m, key: fmt.Sprintf("%T%+v %d", m, m, e.Calibrate),
		of: func(o observed) Figure {
			rows := o.cells(score)
			if o.whole {
				return c.drawn(m, rows)
			}
			f := m.Of(c.Expected(rows))
			f.N = sum(rows)
			return f
		},
		parts: func(rows []float64) (draw, know float64) {
			_, draw, know = c.parts(m, rows)
			return draw, know
		},
		gap: func(o observed) (float64, []float64, bool) {
			s, ok := OutcomeScores(o.outcomes)
			if !ok {
				return 0, nil, false
			}
			rows := labelledView(o).cells(score)
			real, guess := m.Of(s), m.Of(c.Expected(rows))
			return real.Value - guess.Value, rows, real.Defined() && guess.Defined()
		},
	}
}

// lossEstimator is that of the error of a regression, or of the accuracy of a
// multiclass model.
func lossEstimator(r *profile.Reference) (estimator, bool) {
	type key struct{}
	l, _ := r.Memo(key{}, func() any { return newLossDLE(r) }).(*lossDLE)
	if l == nil {
		return estimator{}, false
	}
	sign, shift, m := 1.0, 0.0, named(MAE{})
	if r.Schema().Target().Task == profile.MulticlassTask {
		sign, shift, m = -1, 1, ClassAccuracy{}
	}
	return estimator{
		named: m, key: m.Name(),
		of: func(o observed) Figure {
			f := l.of(o)
			if f.Defined() {
				f.Value = shift + sign*f.Value
			}
			return f
		},
		note: func(o observed) string {
			if add, axis := l.slices.refine(o); axis >= 0 {
				return fmt.Sprintf("; by %s, %+.2g", r.Geometry().Axis(axis).Subject.Name, sign*add)
			}
			return ""
		},
		parts: func(rows []float64) (draw, know float64) {
			_, draw, know = l.score.parts(rows)
			return draw, know
		},
		gap: func(o observed) (float64, []float64, bool) {
			if o.outcomes == nil {
				return 0, nil, false
			}
			view := labelledView(o)
			f := l.of(view)
			real, ok := o.outcomes.Loss.Mean()
			return sign * (real - f.Value), view.cells(l.axis), ok && f.Defined()
		},
	}, true
}

// lossDLE is the mean loss by score, refined by features.
type lossDLE struct {
	score  *DLE
	axis   int
	slices *sliceDLE
}

func newLossDLE(r *profile.Reference) *lossDLE {
	o, axis := r.Profile().Outcomes, r.Schema().Len()
	losses := o.Losses[axis]
	switch {
	case o.Regression != nil:
		losses = make([]profile.Sum, len(o.Regression))
		for i, c := range o.Regression {
			losses[i] = profile.Sum{N: c.N, Sum: c.AbsoluteSum(), Squares: c.SquareSum()}
		}
	case len(losses) < 2:
		return nil
	default:
		losses = losses[:len(losses)-1] // the last is of rows in no cell
	}
	return &lossDLE{NewDLE(losses), axis, newSliceDLE(o.Slices)}
}

func (l *lossDLE) of(o observed) Figure {
	f, _, _ := l.score.parts(o.cells(l.axis))
	if f.Defined() {
		add, _ := l.slices.refine(o)
		f.Value = max(0, f.Value+add)
	}
	return f
}

// signal is one estimate, judged.
func (e *Estimated) signal(c profile.Comparison, m estimator, score int) report.Signal {
	d := decide(e.Rule, c, m.named, "estimated "+m.key, m.of)
	s := report.Signal{
		Name: "estimated." + m.Name(), Subject: report.Subject{Kind: report.KindMetric, Name: m.Name()}, Window: c.Window,
	}
	s.Unit = report.UnitOf(s.Name)
	d.fill(&s, m.Name())
	rows := profileView(c.Current).cells(score)
	if !s.Undefined {
		draw, know := m.parts(rows)
		se := math.Sqrt(draw + know + e.wander(c, m))
		f := Figure{Value: s.Value}.spread(se, d.scale)
		s.Low, s.High = f.Low, f.High
		if d.reference.Defined() {
			s.Effect.Low, s.Effect.High = d.relative(f.Low-d.reference.Value), d.relative(f.High-d.reference.Value)
		}
	}
	text := e.assumption()
	if m.note != nil {
		text += m.note(profileView(c.Current))
	}
	s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnEstimated, Text: text})
	switch limit, ok := e.limit(m.Name()); {
	case e.check.muted != "":
		s.Critical = report.Critical{}
	case ok && !s.Undefined:
		d.now.Low, d.now.High = s.Low, s.High
		d.declared(&s, limit, report.Performance)
	case e.decides(m.Name()):
		s.Evidence = report.Performance
	}
	return s
}

// estimatedHeadlines decide by default.
var estimatedHeadlines = []string{"accuracy", "mae"}

// decides reports whether a measure may be evidence.
func (e *Estimated) decides(name string) bool {
	_, limited := e.limit(name)
	return limited || e.Decide == nil && slices.Contains(estimatedHeadlines, name) || slices.Contains(e.Decide, name)
}

func (e *Estimated) assumption() string {
	text := "no labels: assumes that the truth depends on the model's answers as it did in the reference"
	if e.check.renewed != nil {
		text = "no labels: assumes that the truth depends on the model's answers as it did in recent labels"
	}
	if e.check.muted != "" {
		text += "; muted, as " + e.check.muted
	}
	return text
}

// wander is the variance of the realised figure about the estimate between time
// blocks of the reference beyond the drawing of truths.
func (e *Estimated) wander(c profile.Comparison, m estimator) float64 {
	scale, ok := blocksLike(c)
	whole := c.Reference.Profile().Outcomes
	if !ok || whole == nil {
		return 0
	}
	rows := labelledView(profileView(c.Reference.Profile())).cells(c.Reference.Schema().Len())
	draw, _ := m.parts(rows)
	unit := math.Sqrt(draw * sum(rows))
	if !(unit > 0) {
		return 0
	}
	for ; scale >= 1; scale /= 2 {
		v := c.Reference.Variation("estimated gap "+m.key, scale, func(p *profile.Profile) (float64, uint64) {
			gap, rows, ok := m.gap(profileView(p))
			if !ok {
				return 0, 0
			}
			return gap / unit, uint64(sum(rows))
		})
		if v.Known() {
			return v.Tau2 * unit * unit
		}
	}
	return 0
}

// macro estimates the mean F1 of the classes: decisions of the window, spread over
// truths as those of the reference were.
func (e *Estimated) macro(c profile.Comparison) report.Signal {
	s := report.Signal{
		Name: "estimated.macro_f1", Subject: report.Subject{Kind: report.KindMetric, Name: "macro_f1"}, Window: c.Window,
		Warnings: []report.Warning{{Code: report.WarnEstimated, Text: "no labels: assumes that decisions for a class are as often right, and as often for which other class, as in the reference"}},
	}
	s.Unit = report.UnitOf(s.Name)
	classes, ok := OutcomeClasses(c.Reference.Profile().Outcomes)
	decided := profileView(c.Current).cells(c.Reference.Schema().Len() + 1)
	d := decision{better: Higher, now: undefined("no decisions in this window")}
	if d.reference = (Average{}).Of(classes); ok && sum(decided) > 0 {
		d.now = Average{}.Of(classes.redecided(decided))
	}
	d.describe(&s, "macro_f1")
	return s
}

// redecided are the classes with other numbers of decisions for each.
func (c Classes) redecided(decided []float64) Classes {
	q := len(c.Names)
	out := Classes{Names: c.Names, Confusion: make([]float64, q*q)}
	for d := range q {
		row := c.Confusion[d*q : (d+1)*q]
		if total := sum(row); total > 0 && d < len(decided) {
			for y, n := range row {
				out.Confusion[d*q+y] = n / total * decided[d]
			}
		}
	}
	return out
}
