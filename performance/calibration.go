package performance

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Gap is the mean score less the share of positive rows: how much the model
// promises too much as a whole. Its interval is Student's.
type Gap struct{}

// Slope is the slope of [Cox], and Intercept its intercept.
type Slope struct{}

// Intercept is the intercept of [Cox].
type Intercept struct{}

// Name, Better and Of implement [BinaryMetric].
func (Gap) Name() string   { return "gap" }
func (Gap) Better() Better { return Zero }
func (Gap) Of(s Scores) Figure {
	t := s.Total()
	return average(t.Rows(), t.Score[0]+t.Score[1]-t.N[1], t.squaredError(), -1, 1)
}

// Name, Better and Of implement [BinaryMetric].
func (Slope) Name() string       { return "slope" }
func (Slope) Better() Better     { return Zero }
func (Slope) Of(s Scores) Figure { return FitCox(s).Slope }

// Name, Better and Of implement [BinaryMetric].
func (Intercept) Name() string       { return "intercept" }
func (Intercept) Better() Better     { return Zero }
func (Intercept) Of(s Scores) Figure { return FitCox(s).Intercept }

// Calibration reports whether the scores of a binary model are probabilities:
// "calibration.gap", "calibration.slope" and "calibration.intercept" with P of their
// change against the reference, two-sided; "calibration.ece" and its debiased form
// with the noise floor, and Spiegelhalter's z. A model that was never calibrated is
// no news: what counts is the change. All describe unless named in Decide: the Brier
// score, which decides, takes calibration in.
//
// Its zero value is ready. Charts returns the reliability curve.
type Calibration struct{ Rule }

// Evaluate returns nothing: calibration needs labels.
func (Calibration) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the signals of a window whose labels are mature.
func (k Calibration) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Early || c.Reference == nil || c.Current == nil {
		return nil
	}
	scores, ok := OutcomeScores(c.Current.Outcomes)
	if !ok {
		return nil
	}
	rule := k.Rule
	if rule.Decide == nil {
		rule.Decide = []string{}
	}
	signals := realise(rule, c, profile.BinaryTask, OutcomeScores, []BinaryMetric{Gap{}, Slope{}, Intercept{}})
	for i := range signals {
		rename(&signals[i])
	}
	whole, _ := OutcomeScores(c.Reference.Profile().Outcomes)
	for _, m := range []ECE{{}, {EqualMass: true, Debiased: true}} {
		d := decision{better: Lower, reference: m.Of(whole), now: m.Of(scores)}
		s := calibrationSignal(c, m.Name())
		d.describe(&s, m.Name())
		if !m.Debiased {
			s.Floor = m.Floor(scores)
		}
		signals = append(signals, s)
	}
	signals = append(signals, parts(c, scores, whole)...)
	z := Spiegelhalter(scores)
	s := calibrationSignal(c, "z")
	d := decision{better: Zero, reference: Spiegelhalter(whole), now: z}
	d.describe(&s, "z")
	s.Floor, s.Effect = 0, report.Effect{} // of n rows then and of others now: no change to speak of
	return append(signals, s)
}

// parts are those of the Brier score, of the window and of the reference.
func parts(c profile.Comparison, scores, whole Scores) (signals []report.Signal) {
	now, ok := Brier{}.Decompose(scores)
	was, known := Brier{}.Decompose(whole)
	if !ok {
		return nil
	}
	n, m := scores.Total(), whole.Total()
	for _, part := range []struct {
		name     string
		now, was float64
	}{
		{"brier_reliability", now.Reliability, was.Reliability}, {"brier_resolution", now.Resolution, was.Resolution},
		{"brier_uncertainty", now.Uncertainty, was.Uncertainty},
	} {
		s := calibrationSignal(c, part.name)
		s.Name = "performance." + part.name
		s.Unit, s.Value = report.UnitOf(s.Name), part.now
		s.Current, s.Reference = uint64(n.Rows()), uint64(m.Rows())
		if known {
			s.Floor = part.was
		}
		signals = append(signals, s)
	}
	return signals
}

func calibrationSignal(c profile.Comparison, name string) report.Signal {
	s := report.Signal{
		Name: "calibration." + name, Subject: report.Subject{Kind: report.KindMetric, Name: name}, Window: c.Window,
	}
	s.Unit = report.UnitOf(s.Name)
	return s
}

// rename makes a signal of a measure one of calibration.
func rename(s *report.Signal) {
	s.Name = "calibration." + s.Subject.Name
	s.Unit = report.UnitOf(s.Name)
}

// Charts returns the reliability curve of the window: by tenths of the score the
// share of rows that were positive, with Wilson's interval.
func (k Calibration) Charts(c profile.Comparison) []report.Chart {
	if c.Current == nil {
		return nil
	}
	scores, ok := OutcomeScores(c.Current.Outcomes)
	if !ok {
		return nil
	}
	chart := report.Chart{
		Kind: report.Curve, Name: "calibration.reliability", Title: "Reliability",
		Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
		XLabel: "mean score", YLabel: "share positive", Diagonal: true,
	}
	for _, b := range (Reliability{}).Of(scores) {
		f := proportion(b.Positive*b.N, b.N, "")
		chart.Points = append(chart.Points, report.ChartPoint{X: b.Score, Y: b.Positive, Low: f.Low, High: f.High, N: uint64(math.Round(b.N))})
	}
	if len(chart.Points) == 0 {
		return nil
	}
	if c.Early {
		chart.Notes = []string{fmt.Sprintf("%.0f %% of the labels are here", 100*c.Window.Maturity)}
	}
	return []report.Chart{chart}
}
