// Package report is the plain data that a monitor concludes: signals, reports
// and incidents, and the two interfaces through which they leave the process.
//
// It is the vocabulary that the rest of the library shares and it has no
// behaviour of its own. Evaluators (packages drift, quality, …) return
// [Signal] values; a decider (package alert) gives each its [Status] and
// threshold and groups what belongs together into [Incident] values; the
// monitor publishes the whole as an immutable [Report]. Exporters and pages
// read a [Source] and recompute nothing.
//
// Guarantees:
//   - No field of a published Signal is NaN or ±Inf. What is not defined (a
//     ratio 0/0, the drift of an empty window) has Undefined set, a Warning that
//     says why, and Status [Insufficient].
//   - A published Report is never changed again and may be read concurrently.
//   - Nothing here holds a row, a prediction id or an undeclared category.
//
// [Catalogue] lists every signal and total the library emits, with its unit and
// meaning.
package report
