// Package performance answers "is it still right?": with labels, which come late
// and not all, and without.
//
// # Realised
//
// [Binary], [Multiclass] and [Regression] read labelled rows, counted by score cell
// and by the time of the prediction ([profile.Outcomes]), and report one signal for
// each measure: value, 95 % interval, change against the reference, and, where the
// reference has time blocks with labels, a p-value that takes the reference's own
// wandering into account ([Rule]). Measures of one model are many names for few
// facts, so that by default one or two of them decide:
//
//	binary      Brier score, ROC AUC
//	multiclass  accuracy
//	regression  mean absolute error, bias
//
// [Limit] declares what is not acceptable whatever the reference says.
//
// # Kernels
//
// Every measure is a small struct with a method Of, which takes rows by score cell
// ([Scores]), decisions by class ([Classes]) or sums of errors ([Errors]) and
// returns a [Figure]. The same kernels serve single rows ([SampleScores]), cells of
// a monitor ([OutcomeScores]), rows weighted for labels still to come and expected
// ones without labels. Counts of replicas add up exactly, so figures of merged
// outcomes are those of one process.
//
// # Undefined
//
// 0/0 (precision where nothing was decided positive) and the AUC of one class are
// undefined and say so; they are never 0.
//
// # Pitfalls
//
// An interval here is that of independent rows. It says how well this window is
// known, not how much windows differ: that is what the reference's time blocks tell,
// and what P takes in. A window of few positives knows little of recall: look at
// [report.Effect.Detectable] before taking silence for health.
package performance
