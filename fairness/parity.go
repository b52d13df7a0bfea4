package fairness

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Parity is the evaluator: it compares every protected group, and every
// intersection of two, with the rest of the population. Its zero value is the
// rule to use; where no feature is declared a group it says nothing.
//
// Without labels ([Parity.Evaluate]) it reports, by group:
//
//	fairness.selection_rate      share decided positive, Wilson interval
//	fairness.demographic_parity  the difference of it to the rest; decides
//	fairness.disparate_impact    the ratio (the four-fifths rule)
//	fairness.score_gap           difference of the mean score to the rest
//	…_estimated                  what labels are expected to show, see below
//
// and with labels ([Parity.EvaluateOutcomes]):
//
//	fairness.true_positive_rate, false_positive_rate, precision
//	fairness.equal_opportunity   difference of true positive rates; decides
//	fairness.predictive_equality difference of false positive rates; decides
//	fairness.predictive_parity   difference of precisions
//	fairness.true_positive_rate_ratio, false_positive_rate_ratio, precision_ratio
//	fairness.equalized_odds, equalized_odds_worst_ratio, average_odds
//	fairness.calibration_gap     mean score less share of positives
//	fairness.error_gap           difference of the mean loss to the rest
//	                             (regression) or of the share of wrong classes
//	                             (multiclass); decides
//
// Each deciding difference has a drift ("fairness.demographic_parity_drift"): the
// gap now less the gap in the reference, which decides too. Feature by feature,
// and for each pair of crossed features, fairlearn's disparities describe:
// fairness.demographic_parity_difference, _ratio and _to_overall, the same of
// equal_opportunity, and equalized_odds_difference and _ratio.
//
// The rest of the population are all other rows with an answer: not the best
// group, which among many is best by luck.
//
// Value of a difference is its absolute value, Effect.Size has its sign (group
// less rest), Effect.Low and High its interval with 95 % confidence. P of a
// deciding signal is that of a difference so large if the true one were at most
// MinDifference: by the likelihood ratio with half a count taken off, which holds
// in the tails that an alarm budget lives in; for means by Welch's t. How much
// gaps wander between time blocks of the reference is added to the variance.
// P stands for one signal; the decider sees to there being many.
//
// Figures of fewer than MinRows rows, or fewer than MinCount in the denominator,
// of the group or of the rest, carry a small-sample warning, and of fewer than
// ten rows no value. A small group's selection rate comes with the rate to bet on
// (see [Shrink]).
//
// Where the reference has labels of the group, estimates tell before labels do:
// rows of a score are taken to be positive as often as they were in the
// reference. They describe and carry an estimated warning, as they are blind to
// exactly that changing.
//
// Names of groups are declared values; whatever else is in a column is counted
// as "sex=(other)" or "sex=(missing)". Evaluate is safe for concurrent use.
type Parity struct {
	// MinDifference is the difference not worth an alarm: of rates, or of means
	// in standard deviations of the reference. 0 means .03, a negative value none.
	MinDifference float64
	// MinRatio is the ratio that a disparate impact has to be below, or its
	// inverse above, to have a small P. 0 means .8, the four-fifths rule.
	MinRatio float64
	// MinRows is how many rows the group and the rest need each, MinCount how
	// many the denominator of a rate. 0 means 100 and 10.
	MinRows, MinCount uint64
	// DriftOnly is for a model whose gaps are known and accepted: they then
	// describe, and only their change from the reference decides.
	DriftOnly bool
	// Once judges drift of gaps against a reference without time blocks as if
	// gaps did not wander, with a warning: what a comparison of two files wants.
	Once bool
}

const (
	defaultMinDifference = .03
	defaultMinRatio      = .8
	defaultMinRows       = 100
	defaultMinCount      = 10
	leastRows            = 10 // for any figure at all
)

// resolved returns p with defaults in place.
func (p Parity) resolved() Parity {
	if p.MinDifference == 0 {
		p.MinDifference = defaultMinDifference
	}
	p.MinDifference = max(0, p.MinDifference)
	if !(p.MinRatio > 0 && p.MinRatio <= 1) {
		p.MinRatio = defaultMinRatio
	}
	if p.MinRows == 0 {
		p.MinRows = defaultMinRows
	}
	if p.MinCount == 0 {
		p.MinCount = defaultMinCount
	}
	return p
}

// Evaluate returns what can be said without labels of this window.
func (p Parity) Evaluate(c profile.Comparison) []report.Signal {
	if c.Reference == nil || c.Current == nil || len(c.Current.Groups) != len(c.Reference.Geometry().Groups().Groups) {
		return nil
	}
	j := newJudge(p, c, unlabelled)
	signals := j.evaluate(unlabelledMeasures(c.Reference.Schema().Target().Task))
	return append(signals, j.estimates()...)
}

// EvaluateOutcomes returns what the labels of this window say. Of an early
// window the signals describe and carry a warning.
func (p Parity) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Reference == nil || c.Current == nil || c.Current.Outcomes == nil {
		return nil
	}
	if len(c.Current.Outcomes.Groups) != len(c.Reference.Geometry().Groups().Groups) {
		return nil
	}
	task := c.Reference.Schema().Target().Task
	j := newJudge(p, c, labelled)
	signals := j.evaluate(labelledMeasures(task))
	if task == profile.BinaryTask {
		signals = append(signals, j.odds()...)
	}
	if c.Early {
		for i := range signals {
			describeEarly(&signals[i], c.Window.Maturity)
		}
	}
	return signals
}

func describeEarly(s *report.Signal, maturity float64) {
	s.Evidence, s.P, s.HasP, s.Critical = report.Describes, 0, false, report.Critical{}
	s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnEarly, Text: fmt.Sprintf(
		"%.0f %% of the labels are known; those to come may differ", 100*maturity)})
}
