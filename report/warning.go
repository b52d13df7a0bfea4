package report

// Code identifies a kind of warning; it is stable and meant for programs.
type Code string

// The codes of the library. A user's own evaluator may add to them.
const (
	WarnUndefined   Code = "undefined"      // the value is not defined here, e.g. 0/0
	WarnSmallSample Code = "small-sample"   // fewer rows than the measure needs
	WarnInsensitive Code = "insensitive"    // the reference wanders too much to see much
	WarnNoBlocks    Code = "no-variability" // natural variability is not known
	WarnTruncated   Code = "truncated"      // something was capped; Text says what
	WarnEstimated   Code = "estimated"      // rests on an assumption; Text says which
	WarnEarly       Code = "early"          // many labels are still to come; Text says how many
	WarnFailed      Code = "failed"         // an evaluator panicked; Text says which
)

// Warning is something that does not prevent a conclusion but that a reader of
// it has to know.
type Warning struct {
	Code Code   `json:"code"`
	Text string `json:"text"`
}
