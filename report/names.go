package report

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
