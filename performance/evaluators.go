package performance

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Evaluator is what a monitor calls one; those of this package that read labels
// have a method EvaluateOutcomes as well.
type Evaluator interface {
	Evaluate(profile.Comparison) []report.Signal
}

// Evaluators are those that most models should have, each ready as it is: of other
// tasks than the model's they say nothing. They are made anew by each call, as some
// have state: one list for each monitor. [Concept], which follows rows, is not
// among them.
func Evaluators() []Evaluator {
	return []Evaluator{
		Binary{}, Multiclass{}, Regression{}, Calibration{}, Maturity{}, Early{}, &Estimated{}, Reweighed{}, &CUSUM{}, KPI{},
	}
}
