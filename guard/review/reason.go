package review

import (
	"fmt"
	"strings"
)

// Reasons is a set of reasons for which people should look at a case.
type Reasons uint8

// The reasons.
const (
	Uncertain    Reasons = 1 << iota // the model's answer was uncertain
	Outlying                         // an input is unlike the reference, or breaks the schema
	WorstSlice                       // it belongs to a slice, segment or group that is in breach
	Disagreement                     // a shadow, or another model, answered otherwise
	Random                           // none: a random sample of all, which every estimate needs

	every = Uncertain | Outlying | WorstSlice | Disagreement | Random
)

const reasonCount = 5

var reasonNames = [reasonCount]string{"uncertain", "outlying", "worst_slice", "disagreement", "random"}

// String returns the names, with | between them.
func (r Reasons) String() string {
	var names []string
	for i, name := range reasonNames {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

// Quotas is how many cases of each reason a release takes at most; 0 means none.
type Quotas struct{ Uncertain, Outlying, WorstSlice, Disagreement, Random int }

func (q Quotas) list() [reasonCount]int {
	return [...]int{q.Uncertain, q.Outlying, q.WorstSlice, q.Disagreement, q.Random}
}

const maxQuota = 10_000

func (q Quotas) validate() error {
	total := 0
	for i, n := range q.list() {
		if n < 0 || n > maxQuota {
			return fmt.Errorf("review: quota %s is %d; 0 to %d are possible", reasonNames[i], n, maxQuota)
		}
		total += n
	}
	if total == 0 {
		return fmt.Errorf("review: every quota is 0, so nothing would be reviewed; set at least Random")
	}
	return nil
}

// Why is a reason for which a case was a candidate.
type Why struct {
	Reason string `json:"reason"`
	// Probability is that of a case of this reason to be taken because of it: the
	// quota over the candidates of the release, at most 1.
	Probability float64 `json:"probability"`
	// Chosen is set where it was.
	Chosen bool `json:"chosen,omitempty"`
}
