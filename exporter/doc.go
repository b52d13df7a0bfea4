// Package exporter sends what a monitor concludes to OpenTelemetry, to a log and
// to files.
//
// Each exporter implements [report.Exporter] and reads a [report.Source]; it
// recomputes nothing and knows no monitor.
//
//	exporter.New(otel.GetMeterProvider())    // metrics, to the provider you have
//	exporter.New(provider)                   // metrics, to one of NewProvider
//	exporter.NewLogs(provider)               // transitions of incidents, as log events
//	exporter.NewSlog(slog.Default())         // the same, as log records
//	exporter.NewJSONLines(file)              // every report and transition, for programs
//
// # Metrics
//
// Nothing is recorded value by value. The provider's reader collects when it
// likes, and one callback then reads the source: what can be added over replicas
// (predictions, cells of features, missing values, …) as observable counters, and
// the signals of the newest window of each scale as observable gauges. Names and
// units are those of [report.Catalogue]:
//
//	ml.model.predictions                 counter    {prediction}
//	ml.model.prediction.duration         histogram  s              of NewProvider
//	ml.model.prediction.duration.bucket  counter    {prediction}   any other provider; le
//	ml.model.prediction.duration.sum     counter    s              any other provider
//	ml.model.prediction.score            histogram  1              of NewProvider
//	ml.model.prediction.score.bucket     counter    {prediction}   any other provider; le
//	ml.model.prediction.score.sum        updown     1              any other provider
//	ml.feature.bin.observations          counter    {observation}  ml.reference.id
//	ml.feature.bin.reference.proportion  gauge      1              ml.reference.id
//	ml.feature.missing                   counter    {value}
//	ml.feature.invalid                   counter    {value}
//	ml.feature.out_of_range              counter    {value}
//	ml.feature.unseen                    counter    {value}
//	ml.monitor.dropped                   counter    {observation}  reason
//	ml.monitor.failures                  counter    {failure}      reason
//	ml.monitor.panes                     counter    {pane}
//	ml.monitor.series.capped             counter    {series}       reason
//	ml.labels                            counter    {label}        ml.label.fate
//	ml.labels.waiting                    gauge      {label}
//	ml.labels.unfollowed                 counter    {prediction}   reason
//	ml.outcome.observations              counter    {prediction}   ml.score.bin, ml.decision, ml.truth
//	ml.outcome.score                     counter    1              ml.score.bin, ml.decision, ml.truth
//	ml.outcome.below                     counter    {prediction}   ml.score.bin, ml.decision
//	ml.outcome.error                     counter    1              ml.decision (over, under)
//	ml.outcome.error.squared             counter    1
//	ml.kpi                               counter    1              ml.kpi.name, ml.sign
//	ml.kpi.count                         counter    {value}        ml.kpi.name
//	ml.rollout.requests                  counter    {request}      ml.rollout.arm
//	ml.rollout.labels                    counter    {label}        ml.rollout.arm
//	ml.rollout.dropped                   counter    {observation}  reason
//	ml.rollout.decision                  gauge      1              ml.rollout.decision
//	ml.rollout.share                     gauge      1
//	ml.rollout.shadowed                  counter    {request}      reason
//	ml.rollout.stuck                     gauge      {call}
//	ml.rollout.disagreed                 counter    {request}
//	ml.rollout.triggers                  counter    {trigger}      ml.rollout.trigger
//	ml.guard.calls                       counter    {call}         ml.guard.name, ml.guard.outcome, reason
//	ml.guard.abandoned                   counter    {call}         ml.guard.name, reason
//	ml.guard.events                      counter    {event}        ml.guard.name, reason
//	ml.guard.running                     gauge      {call}         ml.guard.name
//	ml.guard.waiting                     gauge      {call}         ml.guard.name
//	ml.guard.breaker.state               gauge      {state}        ml.guard.name
//	ml.guard.breaker.transitions         counter    {transition}   ml.guard.name, ml.guard.breaker.state.name
//	ml.guard.coverage.labels             counter    {label}        ml.guard.name, reason
//	ml.guard.coverage                    gauge      1              ml.guard.name
//	ml.review.candidates                 counter    {case}         reason
//	ml.review.chosen                     counter    {case}         reason
//	ml.review.items                      counter    {item}         reason
//	ml.review.verdicts                   counter    {verdict}      reason
//	ml.review.failures                   counter    {failure}      reason
//	ml.review.open                       gauge      {item}
//	ml.review.age                        gauge      s
//	ml.feature.drift.score               gauge      {score}        ml.drift.method
//	ml.feature.drift.threshold           gauge      {score}        ml.drift.method
//	ml.feature.drift.detectable          gauge      {score}        ml.drift.method
//	ml.feature.distinct.count            gauge      {value}
//	ml.model.quality.score               gauge      {score}        ml.quality.metric
//	ml.model.operation.score             gauge      {score}        ml.operation.metric
//	ml.model.performance.score           gauge      {score}        ml.performance.metric, ml.basis
//	ml.model.fairness.score              gauge      {score}        ml.fairness.metric
//	ml.model.calibration.score           gauge      {score}        ml.calibration.metric
//	ml.model.concept.score               gauge      {score}        ml.concept.metric
//	ml.model.kpi.score                   gauge      {score}        ml.kpi.metric
//	ml.model.labels.score                gauge      {score}        ml.labels.metric
//	ml.model.explain.score               gauge      {score}        ml.explain.metric
//	ml.model.signal.score                gauge      {score}        ml.signal.name
//	ml.model.status                      gauge      {status}       the gravest of the subject's signals
//	ml.model.incidents                   gauge      {incident}     ml.incident.severity
//
// Every series has ml.model.name and ml.model.version. Gauges of signals have
// ml.subject.kind, ml.window.scale, and ml.feature.name (or ml.subject.name for
// what is no feature, and ml.segment). ml.basis tells a realised performance from
// one estimated without labels; on whatever gauge, ml.basis="early" is a window
// many of whose labels are still to come. A query for mature figures asks for
// ml.basis="realised", or on the other gauges for its absence.
//
// # Guarantees
//
//   - No NaN, no ±Inf, no negative count: such a value is left out and counted in
//     ml.monitor.failures with reason export_value.
//   - No instrument has more series than the limit ([DefaultSeriesLimit]). The
//     source yields the most important features first; a feature is exported
//     whole or not at all, and what is left out is counted in
//     ml.monitor.series.capped. Of gauges, those of segments are left out first.
//   - The series of a counter never ends before [OTel.Unregister], except that
//     cells start anew under a new ml.reference.id. A gauge ends with its signal:
//     an undefined value is absent, not 0.
//   - Export never waits for a collection, and a panic of the source inside a
//     collection is an error of that collection.
//   - After Shutdown the provider goes on serving the final values.
//
// # Pitfalls
//
// Scores are those of one replica: do not add or average them. Add the cells, and
// compute the score from the sums.
//
// The .bucket counters are cumulative over le, as Prometheus has it:
// histogram_quantile works on them as they are.
package exporter
