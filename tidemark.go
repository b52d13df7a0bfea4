package tidemark

import (
	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/quality"
)

// Defaults returns what most services should start with: the calibrated
// component test, which decides, and the familiar distances, which describe;
// data quality and operation; performance by labels and without them, calibration,
// concept drift and business figures, groups against the rest of the population,
// what drift and slices do to score and loss, all of which say nothing until there
// are labels or groups; the sentence at the top; and a policy of at most one false
// incident per model and month. Each monitor needs Defaults of its own: a policy and
// some evaluators keep state.
func Defaults() monitor.Option {
	return monitor.Options(
		monitor.WithEvaluators(Evaluators()...),
		monitor.WithFollowers(&performance.Concept{}),
		monitor.WithDecider(&alert.Policy{}),
		monitor.WithSummarizer(explain.Summary{}),
	)
}

// Evaluators returns those of Defaults, for use with another policy or with
// monitor.Compare.
func Evaluators() []monitor.Evaluator {
	evaluators := []monitor.Evaluator{
		drift.Shift{}, drift.PSI{}, drift.JS{}, drift.Hellinger{}, drift.KLCurrentReference{}, drift.KS{},
		drift.Wasserstein{}, drift.CvM{}, drift.Energy{}, drift.TV{},
		drift.LInf{}, drift.ChiSquare{}, drift.G{}, drift.CramersV{},
		multivariate.Pairs{}, multivariate.Projections{}, multivariate.Embedding{},
		quality.Completeness{}, quality.Validity{}, quality.Domain{}, quality.Cardinality{},
		quality.Outliers{}, quality.Volume{}, quality.Freshness{}, quality.Operation{},
		fairness.Parity{}, explain.Attribution{}, explain.Impact{}, explain.Mix{}, explain.Slices{},
	}
	for _, e := range performance.Evaluators() {
		evaluators = append(evaluators, e)
	}
	return evaluators
}
