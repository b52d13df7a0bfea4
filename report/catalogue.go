package report

import (
	"slices"
	"strings"
)

// Prefix begins the name of every total. OpenTelemetry has no convention for
// the monitoring of models yet; should it get one, this constant changes.
const Prefix = "ml."

// Names of the totals.
const (
	TotalPredictions    = Prefix + "model.predictions"
	TotalDuration       = Prefix + "model.prediction.duration"
	TotalScore          = Prefix + "model.prediction.score"
	TotalCells          = Prefix + "feature.bin.observations"
	TotalReferenceShare = Prefix + "feature.bin.reference.proportion"
	TotalMissing        = Prefix + "feature.missing"
	TotalInvalid        = Prefix + "feature.invalid"
	TotalOutOfRange     = Prefix + "feature.out_of_range"
	TotalUnseen         = Prefix + "feature.unseen"
	TotalDropped        = Prefix + "monitor.dropped"
	TotalFailures       = Prefix + "monitor.failures"
	TotalPanes          = Prefix + "monitor.panes"
	TotalSeriesCapped   = Prefix + "monitor.series.capped"
	TotalLabels         = Prefix + "labels"
	TotalLabelsWaiting  = Prefix + "labels.waiting"
	TotalUnfollowed     = Prefix + "labels.unfollowed"
	TotalOutcomes       = Prefix + "outcome.observations"
	TotalOutcomeScore   = Prefix + "outcome.score"
	TotalOutcomeBelow   = Prefix + "outcome.below"
	TotalOutcomeError   = Prefix + "outcome.error"
	TotalOutcomeSquares = Prefix + "outcome.error.squared"
	TotalKPI            = Prefix + "kpi"
	TotalKPICount       = Prefix + "kpi.count"
)

// Names of the totals of a rollout.
const (
	TotalRolloutRequests  = Prefix + "rollout.requests"
	TotalRolloutLabels    = Prefix + "rollout.labels"
	TotalRolloutDropped   = Prefix + "rollout.dropped"
	TotalRolloutDecision  = Prefix + "rollout.decision"
	TotalRolloutShare     = Prefix + "rollout.share"
	TotalRolloutShadowed  = Prefix + "rollout.shadowed"
	TotalRolloutStuck     = Prefix + "rollout.stuck"
	TotalRolloutDisagreed = Prefix + "rollout.disagreed"
	TotalRolloutTriggers  = Prefix + "rollout.triggers"
)

// Names of the totals of guards and review queues.
const (
	TotalGuardCalls       = Prefix + "guard.calls"
	TotalGuardAbandoned   = Prefix + "guard.abandoned"
	TotalGuardEvents      = Prefix + "guard.events"
	TotalGuardRunning     = Prefix + "guard.running"
	TotalGuardWaiting     = Prefix + "guard.waiting"
	TotalGuardBreaker     = Prefix + "guard.breaker.state"
	TotalGuardTransitions = Prefix + "guard.breaker.transitions"
	TotalGuardLabels      = Prefix + "guard.coverage.labels"
	TotalGuardCoverage    = Prefix + "guard.coverage"
	TotalReviewCandidates = Prefix + "review.candidates"
	TotalReviewChosen     = Prefix + "review.chosen"
	TotalReviewItems      = Prefix + "review.items"
	TotalReviewVerdicts   = Prefix + "review.verdicts"
	TotalReviewFailures   = Prefix + "review.failures"
	TotalReviewOpen       = Prefix + "review.open"
	TotalReviewAge        = Prefix + "review.age"
)

// Names of what exporters make of signals.
const (
	GaugeDrift       = Prefix + "feature.drift.score"
	GaugeThreshold   = Prefix + "feature.drift.threshold"
	GaugeDetectable  = Prefix + "feature.drift.detectable"
	GaugeDistinct    = Prefix + "feature.distinct.count"
	GaugeQuality     = Prefix + "model.quality.score"
	GaugeOperation   = Prefix + "model.operation.score"
	GaugePerformance = Prefix + "model.performance.score"
	GaugeFairness    = Prefix + "model.fairness.score"
	GaugeCalibration = Prefix + "model.calibration.score"
	GaugeConcept     = Prefix + "model.concept.score"
	GaugeKPI         = Prefix + "model.kpi.score"
	GaugeLabels      = Prefix + "model.labels.score"
	GaugeExplain     = Prefix + "model.explain.score"
	GaugeSignal      = Prefix + "model.signal.score"
	GaugeStatus      = Prefix + "model.status"
	GaugeIncidents   = Prefix + "model.incidents"
)

// Attribute keys of totals.
const (
	AttrModel     = Prefix + "model.name"
	AttrVersion   = Prefix + "model.version"
	AttrReference = Prefix + "reference.id"
	AttrFeature   = Prefix + "feature.name"
	AttrBin       = Prefix + "feature.bin"
	AttrMethod    = Prefix + "drift.method"
	AttrMetric    = Prefix + "quality.metric"
	AttrClass     = Prefix + "prediction.class"
	AttrError     = "error.type"
	AttrReason    = "reason"
	AttrScale     = Prefix + "window.scale"
	AttrStatus    = Prefix + "status"
	AttrSubject   = Prefix + "subject.kind"
	AttrFate      = Prefix + "label.fate"
	AttrScoreBin  = Prefix + "score.bin"
	AttrTruth     = Prefix + "truth"
	AttrDecided   = Prefix + "decision"
	AttrKPI       = Prefix + "kpi.name"
	AttrSign      = Prefix + "sign"
	AttrArm       = Prefix + "rollout.arm"
	AttrDecision  = Prefix + "rollout.decision"
	AttrTrigger   = Prefix + "rollout.trigger"
	AttrGuard     = Prefix + "guard.name"
	AttrOutcome   = Prefix + "guard.outcome"
	AttrState     = Prefix + "guard.breaker.state.name"
)

// Attribute keys of what exporters make of signals and incidents.
const (
	AttrSubjectName = Prefix + "subject.name"
	AttrSegment     = Prefix + "segment"
	AttrOperation   = Prefix + "operation.metric"
	AttrPerformance = Prefix + "performance.metric"
	AttrFairness    = Prefix + "fairness.metric"
	AttrCalibration = Prefix + "calibration.metric"
	AttrConcept     = Prefix + "concept.metric"
	AttrKPIMetric   = Prefix + "kpi.metric"
	AttrLabels      = Prefix + "labels.metric"
	AttrExplain     = Prefix + "explain.metric"
	AttrBasis       = Prefix + "basis" // realised, estimated or early
	AttrSignal      = Prefix + "signal.name"
	AttrSeverity    = Prefix + "incident.severity"
	AttrIncident    = Prefix + "incident.id"
	AttrKey         = Prefix + "incident.key"
	AttrPage        = Prefix + "incident.page"
	AttrSubjects    = Prefix + "incident.subjects"
	AttrRule        = Prefix + "incident.rule"
	AttrOwner       = Prefix + "incident.owner"
	AttrRunbook     = Prefix + "incident.runbook"
)

// Entry describes one name of the catalogue.
type Entry struct {
	Name string
	Unit string // UCUM, as OpenTelemetry writes it
	Text string // what it means, one sentence
}

// Catalogue lists every signal and every total of the library, sorted by name
// within signals, then totals. A user's own evaluator may emit other names.
func Catalogue() []Entry {
	return append(slices.Clone(signalEntries[:]), totalCatalogue()...)
}

// UnitOf returns the unit of a catalogued name, and "" for any other.
func UnitOf(name string) string {
	// Signals ask at every evaluation, so they are looked up in place.
	if i, ok := slices.BinarySearchFunc(signalEntries[:], name, byName); ok {
		return signalEntries[i].Unit
	}
	for _, e := range totalCatalogue() {
		if e.Name == name {
			return e.Unit
		}
	}
	return ""
}

func byName(e Entry, name string) int { return strings.Compare(e.Name, name) }

// signalEntries are the signals, sorted by name. It is never changed.
var signalEntries = [...]Entry{
	{"calibration.ece", "1", "Expected calibration error, ten bins of equal width, in [0, 1]."},
	{"calibration.ece_equal_mass_debiased", "1", "Expected calibration error, 15 bins of equal mass, less its noise floor, in [0, 1]."},
	{"calibration.gap", "1", "Mean score less the share of positives."},
	{"calibration.intercept", "{score}", "Intercept of the logit of the truth on the logit of the score, slope 1; 0 where calibrated."},
	{"calibration.slope", "{score}", "Slope of the logit of the truth on the logit of the score; 1 where calibrated, below where scores are too extreme."},
	{"calibration.z", "{score}", "Spiegelhalter's z of calibration, standard normal where calibrated."},
	{"concept.cusum", "{score}", "Cumulative sum of a performance measure over panes, in standard deviations, the larger of both sides."},
	{"concept.error", "{score}", "Decimal logarithm of the evidence that errors have become more frequent than in the reference."},
	{"drift.chi_square", "{score}", "Pearson's two-sample χ² on the cells of the reference."},
	{"drift.cramer_von_mises", "{score}", "Two-sample Cramér–von Mises statistic on cells."},
	{"drift.cramers_v", "{score}", "Bias-corrected Cramér's V of window against reference, in [0, 1]."},
	{"drift.embedding", "{score}", "Largest standardised effect on the measures of an embedding: axes, norm, cosine to the centroid."},
	{"drift.embedding_wasserstein", "{score}", "Mean Wasserstein-1 distance along the axes of an embedding, in standard deviations."},
	{"drift.energy", "{score}", "Energy distance in reference standard deviations."},
	{"drift.g", "{score}", "Likelihood-ratio statistic G on the cells of the reference."},
	{"drift.hellinger", "{score}", "Hellinger distance, in [0, 1]."},
	{"drift.js", "{score}", "Jensen–Shannon distance, base 2, in [0, 1]."},
	{"drift.kl", "{score}", "Kullback–Leibler divergence of the window from the reference, nats."},
	{"drift.ks", "{score}", "Kolmogorov–Smirnov distance D, in [0, 1]."},
	{"drift.linf", "{score}", "Largest difference of any cell's share, in [0, 1]."},
	{"drift.mahalanobis", "{score}", "Mean squared distance of rows from the middle of all features together, in that of the reference."},
	{"drift.multivariate", "{score}", "Largest standardised effect on the spread of all features together."},
	{"drift.pair", "{score}", "Change of the correlation of two features, in [0, 2]."},
	{"drift.pairs", "{score}", "Change of the correlation of the pair of features that changed most surely, in [0, 2]."},
	{"drift.psi", "{score}", "Population stability index, natural logarithm, ten cells."},
	{"drift.psi_debiased", "{score}", "Population stability index less its noise floor, at least 0."},
	{"drift.shift", "{score}", "Size of the winning component of the calibrated component test; the signal that decides."},
	{"drift.tv", "{score}", "Total variation distance, in [0, 1]."},
	{"drift.wasserstein", "{score}", "Wasserstein-1 distance in reference standard deviations."},
	{"estimated.accuracy", "1", "Accuracy estimated without labels."},
	{"estimated.average_precision", "1", "Average precision estimated without labels."},
	{"estimated.balanced_accuracy", "1", "Balanced accuracy estimated without labels."},
	{"estimated.brier", "1", "Brier score estimated without labels."},
	{"estimated.error", "{score}", "Realised less estimated accuracy or error of one window of labelled rows, in standard errors."},
	{"estimated.f1", "1", "F1 estimated without labels."},
	{"estimated.log_loss", "{score}", "Log loss estimated without labels."},
	{"estimated.macro_f1", "1", "Mean F1 of the classes estimated without labels."},
	{"estimated.mae", "{score}", "Mean absolute error estimated without labels."},
	{"estimated.mcc", "{score}", "Matthews correlation estimated without labels."},
	{"estimated.precision", "1", "Precision estimated without labels."},
	{"estimated.recall", "1", "Recall estimated without labels."},
	{"estimated.roc_auc", "1", "Area under the ROC curve estimated without labels."},
	{"estimated.specificity", "1", "Specificity estimated without labels."},
	{"estimated.value", "{score}", "Mean worth of a prediction estimated without labels."},
	{"explain.attribution", "{score}", "Mean absolute attribution of a feature."},
	{"explain.attribution_ndcg", "1", "Discounted gain of the current ranks of attributions against the reference's, in [0, 1]; decides."},
	{"explain.impact", "{score}", "How far drift of one feature alone would move the mean score, in standard deviations."},
	{"explain.loss_change", "{score}", "Change of the mean loss from the reference, absolute."},
	{"explain.loss_impact", "{score}", "How far drift of one feature alone would move the mean loss, in standard deviations."},
	{"explain.mix", "{score}", "Part of the loss's change that another mix of a feature's values makes, absolute."},
	{"explain.slice", "{score}", "Mean loss of a slice less that of all other rows."},
	{"explain.slice_drift", "{score}", "Growth of a slice's excess loss since the reference."},
	{"explain.within", "{score}", "Part of the loss's change at the same values of a feature, absolute."},
	{"fairness.average_odds", "1", "Mean of the differences of true and of false positive rates, group less rest, absolute."},
	{"fairness.calibration_gap", "{score}", "Mean score of a group less the mean of its truths."},
	{"fairness.demographic_parity", "1", "Difference of a group's selection rate to the rest, absolute; decides."},
	{"fairness.demographic_parity_difference", "1", "Largest less smallest selection rate of a feature's groups."},
	{"fairness.demographic_parity_drift", "1", "Change of a group's demographic parity from the reference, absolute; decides."},
	{"fairness.demographic_parity_ratio", "{score}", "Smallest over largest selection rate of a feature's groups."},
	{"fairness.demographic_parity_to_overall", "1", "Largest distance of a group's selection rate from that of all rows."},
	{"fairness.disparate_impact", "{score}", "Selection rate of a group over that of the rest (four-fifths rule)."},
	{"fairness.equal_opportunity", "1", "Difference of a group's true positive rate to the rest, absolute; decides."},
	{"fairness.equal_opportunity_difference", "1", "Largest less smallest true positive rate of a feature's groups."},
	{"fairness.equal_opportunity_drift", "1", "Change of a group's equal opportunity from the reference, absolute; decides."},
	{"fairness.equal_opportunity_estimated", "1", "Equal opportunity as the reference's calibration lets one expect it, before labels."},
	{"fairness.equal_opportunity_ratio", "{score}", "Smallest over largest true positive rate of a feature's groups."},
	{"fairness.equal_opportunity_to_overall", "1", "Largest distance of a group's true positive rate from that of all rows."},
	{"fairness.equalized_odds", "1", "The larger of a group's differences of true and of false positive rates to the rest, absolute."},
	{"fairness.equalized_odds_difference", "1", "The larger of the differences of true and of false positive rates over a feature's groups."},
	{"fairness.equalized_odds_ratio", "{score}", "The smaller of the ratios of true and of false positive rates over a feature's groups."},
	{"fairness.equalized_odds_worst_ratio", "{score}", "Ratio to the rest of a group's true or false positive rate, whichever is further from 1."},
	{"fairness.error_gap", "{score}", "Difference of a group's mean loss, or share of wrong classes, to the rest, absolute; decides."},
	{"fairness.error_gap_drift", "{score}", "Change of a group's error gap from the reference, absolute; decides."},
	{"fairness.error_rate", "1", "Share of a group's rows given a wrong class."},
	{"fairness.false_positive_rate", "1", "Share of a group's negatives decided positive."},
	{"fairness.false_positive_rate_ratio", "{score}", "False positive rate of a group over that of the rest."},
	{"fairness.precision", "1", "Share of a group's rows decided positive that are."},
	{"fairness.precision_ratio", "{score}", "Precision of a group over that of the rest."},
	{"fairness.predictive_equality", "1", "Difference of a group's false positive rate to the rest, absolute; decides."},
	{"fairness.predictive_equality_drift", "1", "Change of a group's predictive equality from the reference, absolute; decides."},
	{"fairness.predictive_equality_estimated", "1", "Predictive equality as the reference's calibration lets one expect it, before labels."},
	{"fairness.predictive_parity", "1", "Difference of a group's precision to the rest, absolute."},
	{"fairness.predictive_parity_estimated", "1", "Predictive parity as the reference's calibration lets one expect it, before labels."},
	{"fairness.score_gap", "{score}", "Difference of a group's mean score to the rest, absolute."},
	{"fairness.selection_rate", "1", "Share of a group's rows decided positive."},
	{"fairness.true_positive_rate", "1", "Share of a group's positives decided positive."},
	{"fairness.true_positive_rate_ratio", "{score}", "True positive rate of a group over that of the rest."},
	{"guard.coverage", "1", "Share of labelled predictions whose prediction set holds the truth."},
	{"kpi.rate", "{score}", "Sum of a business figure a prediction."},
	{"kpi.value", "{score}", "Mean of the values of a business figure."},
	{"labels.lag_p50", "s", "Median time from prediction to label, of the labels that came."},
	{"labels.lag_p95", "s", "95 % quantile of the time from prediction to label, of the labels that came."},
	{"labels.maturity", "1", "Share of followed predictions whose truth is known."},
	{"monitor.compare", "{failure}", "A comparison that could not be made; its warning says why."},
	{"monitor.decider", "{failure}", "A decider that panicked; its warning says which."},
	{"monitor.evaluator", "{failure}", "An evaluator that panicked; its warning says which."},
	{"operation.error_rate", "1", "Share of predictions that returned an error or panicked."},
	{"operation.latency_p50", "s", "Median duration of a prediction."},
	{"operation.latency_p95", "s", "95 % quantile of the duration of a prediction."},
	{"operation.latency_p99", "s", "99 % quantile of the duration of a prediction."},
	{"operation.throughput", "{prediction}/s", "Predictions a second."},
	{"performance.accuracy", "1", "Share of right decisions."},
	{"performance.accuracy_unweighted", "1", "Accuracy of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.average_precision", "1", "Step sum under the precision-recall curve."},
	{"performance.balanced_accuracy", "1", "Mean of recall and specificity."},
	{"performance.bias", "{score}", "Mean of score less truth, in the target's unit."},
	{"performance.bias_unweighted", "{score}", "Mean of score less truth of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.brier", "1", "Mean squared error of probabilities."},
	{"performance.brier_reliability", "1", "Part of the Brier score that calibration would save."},
	{"performance.brier_resolution", "1", "Part of the Brier score that telling rows apart has saved."},
	{"performance.brier_uncertainty", "1", "Brier score of the base rate alone."},
	{"performance.brier_unweighted", "1", "Brier score of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.f", "1", "F measure with a weight of its own."},
	{"performance.f1", "1", "Harmonic mean of precision and recall."},
	{"performance.log_loss", "{score}", "Mean of the negative logarithm of the probability given to the truth."},
	{"performance.macro_f1", "1", "Mean F1 of the classes."},
	{"performance.macro_precision", "1", "Mean precision of the classes."},
	{"performance.macro_recall", "1", "Mean recall of the classes."},
	{"performance.macro_roc_auc", "1", "Mean over the classes of the area under the ROC curve against the rest."},
	{"performance.mae", "{score}", "Mean absolute error, in the target's unit."},
	{"performance.mae_unweighted", "{score}", "Mean absolute error of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.mape", "1", "Mean absolute error relative to the truth, rows whose truth is 0 left out."},
	{"performance.mcc", "{score}", "Matthews correlation of decision and truth, in [-1, 1]."},
	{"performance.median_ae", "{score}", "Median absolute error, in the target's unit."},
	{"performance.micro_f1", "1", "F1 of all decisions together, which is the accuracy."},
	{"performance.precision", "1", "Share of the decisions for a class that are right."},
	{"performance.precision_unweighted", "1", "Precision of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.quantile_loss", "{score}", "Mean pinball loss, in the target's unit."},
	{"performance.r2", "{score}", "Coefficient of determination, at most 1."},
	{"performance.recall", "1", "Share of the rows of a class that are found."},
	{"performance.recall_unweighted", "1", "Recall of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.rmse", "{score}", "Root mean squared error, in the target's unit."},
	{"performance.roc_auc", "1", "Area under the ROC curve."},
	{"performance.roc_auc_unweighted", "1", "Area under the ROC curve of the rows labelled so far, beside that weighted for those still to come."},
	{"performance.specificity", "1", "Share of the negative rows that are found."},
	{"performance.top_2", "1", "Share of rows whose true class is among the two most probable."},
	{"performance.top_3", "1", "Share of rows whose true class is among the three most probable."},
	{"performance.value", "{score}", "Mean worth of a prediction by its decision and truth."},
	{"performance.weighted_f1", "1", "F1 of the classes, averaged by their rows."},
	{"quality.constant", "{value}", "1 where a feature that varied in the reference has one value only."},
	{"quality.distinct", "{value}", "Estimated number of distinct values."},
	{"quality.freshness", "s", "Time since the newest row at the close of the pane."},
	{"quality.invalid", "1", "Share of values that are NaN, infinite or not decodable."},
	{"quality.missing", "1", "Share of values that are missing."},
	{"quality.out_of_range", "1", "Share of values outside the declared range or list."},
	{"quality.outliers", "1", "Share of values beyond the reference's outer fences."},
	{"quality.type_mismatch", "1", "Share of values of another kind than the schema's."},
	{"quality.unseen", "1", "Share of values in categories the reference never showed."},
	{"quality.volume", "{row}/s", "Rows a second, against the reference or the panes before."},
	{"review.agreement", "1", "Share of all cases on which model and reviewers agree, estimated from reviewed ones."},
	{"review.queue_age", "s", "90 % quantile of how long the open items have waited for reviewers."},
	{"review.reviewer_agreement", "1", "Share of pairs of verdicts on the same case that agree."},
	{"reweighed.accuracy", "1", "Accuracy estimated without labels, for the population at hand."},
	{"reweighed.f1", "1", "F1 estimated without labels, for the population at hand."},
	{"reweighed.roc_auc", "1", "Area under the ROC curve estimated without labels, for the population at hand."},
	{"rollout.coverage", "1", "Share of live values in cells where the reference has none."},
	{"skew.mismatch", "1", "Share of rows in which a feature as served differs from the offline store's."},
	{"skew.unmatched", "1", "Share of rows whose other side, served or offline, did not come in time."},
	{"validation.changed", "{row}", "Answers to a frozen validation set that are not as expected."},
	{"validation.loss", "1", "Mean loss of the answers to a frozen validation set."},
}

func totalCatalogue() []Entry {
	return []Entry{
		{TotalCells, "{observation}", "Values per coarse cell of a feature."},
		{TotalReferenceShare, "1", "Share of the reference in a coarse cell."},
		{TotalInvalid, "{value}", "Values that are NaN, infinite, of the wrong type or not decodable."},
		{TotalMissing, "{value}", "Values that were missing."},
		{TotalOutOfRange, "{value}", "Values outside the declared range or list."},
		{TotalUnseen, "{value}", "Values in categories the reference never showed."},
		{TotalDuration, "s", "Duration of predictions."},
		{TotalScore, "1", "What the model answered."},
		{TotalPredictions, "{prediction}", "Predictions, by class and error."},
		{TotalDropped, "{observation}", "Observations not counted in any profile, by reason."},
		{TotalFailures, "{failure}", "Failures of evaluators, exporters and user functions, by reason."},
		{TotalPanes, "{pane}", "Panes closed."},
		{TotalLabels, "{label}", "Labels received, by what became of them."},
		{TotalLabelsWaiting, "{label}", "Labels that wait for their prediction now."},
		{TotalUnfollowed, "{prediction}", "Predictions with an id whose label is not waited for, by reason."},
		{TotalOutcomes, "{prediction}", "Predictions whose truth is known, by truth, decision and tenth of the score."},
		{TotalOutcomeScore, "1", "Sum of the scores of these predictions."},
		{TotalOutcomeBelow, "{prediction}", "Those of these predictions that came true negative in lower cells of the score: of it AUC is made."},
		{TotalOutcomeError, "1", "Sum of the errors of these predictions, over and under the truth."},
		{TotalOutcomeSquares, "1", "Sum of the squared errors of these predictions."},
		{TotalKPI, "1", "Sum of the positive, or of the negative, values of a business figure."},
		{TotalKPICount, "{value}", "Values of a business figure."},
		{TotalSeriesCapped, "{series}", "Series not exported because of the cardinality limit."},
		{TotalRolloutRequests, "{request}", "Requests of a canary, by arm."},
		{TotalRolloutLabels, "{label}", "Labels joined by a canary or a shadow, by arm."},
		{TotalRolloutDropped, "{observation}", "What a rollout could not count, by reason."},
		{TotalRolloutDecision, "1", "1 for the verdict a canary has come to, 0 for the others."},
		{TotalRolloutShare, "1", "Share of keys that go to the candidate."},
		{TotalRolloutShadowed, "{request}", "Requests shadowed, by what came of them."},
		{TotalRolloutStuck, "{call}", "Calls of a shadowed candidate that are past their deadline now."},
		{TotalRolloutDisagreed, "{request}", "Shadowed requests on which the candidate would have acted differently."},
		{TotalRolloutTriggers, "{trigger}", "Retraining triggers fired, by kind."},
		{TotalGuardCalls, "{call}", "Guarded calls, by what became of them and why."},
		{TotalGuardAbandoned, "{call}", "Guarded calls left behind in the model, and of those the ones that returned or panicked since."},
		{TotalGuardEvents, "{event}", "Other things a guard did: calls that waited, fallbacks that failed, answers that could not be read."},
		{TotalGuardRunning, "{call}", "Calls in the model now, those left behind included."},
		{TotalGuardWaiting, "{call}", "Calls waiting to reach the model now."},
		{TotalGuardBreaker, "{state}", "State of the breaker: 0 closed, 1 half open, 2 open, 3 held open by an incident."},
		{TotalGuardTransitions, "{transition}", "How often the breaker entered a state."},
		{TotalGuardLabels, "{label}", "Labels for which coverage of the prediction set is known, and those for which it is not, by reason."},
		{TotalGuardCoverage, "1", "Rolling share of prediction sets that hold the truth."},
		{TotalReviewCandidates, "{case}", "Cases that might have been chosen for review, by reason."},
		{TotalReviewChosen, "{case}", "Cases chosen for review, by reason."},
		{TotalReviewItems, "{item}", "Review items by what became of them."},
		{TotalReviewVerdicts, "{verdict}", "Verdicts of reviewers by what became of them."},
		{TotalReviewFailures, "{failure}", "Failures of review sinks and journals."},
		{TotalReviewOpen, "{item}", "Open review items."},
		{TotalReviewAge, "s", "90 % quantile of the age of open review items."},
		{GaugeDrift, "{score}", "Drift score by method, newest window of each scale."},
		{GaugeThreshold, "{score}", "The value at which that score would have been a breach."},
		{GaugeDetectable, "{score}", "Smallest shift the newest window could have shown, in reference standard deviations."},
		{GaugeDistinct, "{value}", "Estimated number of distinct values of a feature."},
		{GaugeQuality, "{score}", "Data quality by metric."},
		{GaugeOperation, "{score}", "Operational signals by metric."},
		{GaugePerformance, "{score}", "Performance of the model by metric and basis: realised, estimated without labels, or early."},
		{GaugeFairness, "{score}", "Fairness of the model by metric and group."},
		{GaugeCalibration, "{score}", "Calibration of the model by metric."},
		{GaugeConcept, "{score}", "Evidence that the relation of inputs to truth has changed, by metric."},
		{GaugeKPI, "{score}", "Business figures of a window by name."},
		{GaugeLabels, "{score}", "How complete and how late labels are, by metric."},
		{GaugeExplain, "{score}", "What a change comes from, by metric and subject."},
		{GaugeSignal, "{score}", "Signals of no other family, by name."},
		{GaugeStatus, "{status}", "Status of a subject: 1 learning, 2 insufficient, 3 ok, 4 warning, 5 breach."},
		{GaugeIncidents, "{incident}", "Open incidents by severity."},
	}
}
