package monitor

import (
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Evaluator turns a comparison into signals. It is called by one goroutine, in
// pane order, must not keep the comparison's profiles, and never sets a status:
// that is the decider's.
type Evaluator interface {
	Evaluate(profile.Comparison) []report.Signal
}

// Decider gives every signal of a report its status and threshold and the
// report its incidents. It is called by one goroutine, in pane order.
type Decider interface {
	Decide(*report.Report)
}

// Summarizer writes the one sentence of a report: what, if anything, is wrong and
// on what evidence. It is asked after the decider, and must not change the report.
type Summarizer interface {
	Summarize(*report.Report) string
}

// Accepter is a Decider that wants to know when a new reference is accepted:
// what was open against the old one no longer is.
type Accepter interface {
	Accept(at time.Time, why string)
}

// Validator is a Decider that can say what is wrong with its parameters. [New]
// fails with what it returns.
type Validator interface {
	Validate() error
}

// Budgeter is a Decider that allows one false incident among so many panes.
// Evaluators find the number in the comparison.
type Budgeter interface {
	Horizon() float64
}
