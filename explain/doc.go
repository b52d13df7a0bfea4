// Package explain says why: which feature's drift matters, whether the model is
// worse or only its inputs are others, where it is worst, and, of a whole report,
// what is wrong in one sentence.
//
// # Evaluators
//
//	Attribution   ranks of features by what they contribute; decides
//	Impact        what drift of each feature does to the mean score and loss
//	Mix           a change of the loss split, exactly, into mix and within
//	Slices        where the model is worst, and where it has become worse
//
// All but Attribution describe. Impact needs a reference with scores by cell, Mix
// and Slices labels, Slices also the window before: it picks there and tests here.
//
// # The sentence
//
// [Diagnose] reads a decided report and says: data broken upstream (and in which
// segment), concept drifted (and in which slice), only the mix changed, inputs
// drifted. [Summary] is the same for a monitor's report. It reads the signals that
// are in the report, so that it is as good as they are: without labels it cannot
// tell a changed mix from a changed concept, and says that inputs drifted.
//
// # Training–serving skew
//
// [Reconcile] compares features as served with the same features from the offline
// store, id by id, in bounded memory. It stands by itself; its signals may be added
// to a report.
//
// # Guarantees
//
// Evaluators are values without state and safe for concurrent use. Words hold
// declared values, labels that the reference knows, cell edges and counts; of
// sensitive features neither edges nor undeclared labels.
package explain
