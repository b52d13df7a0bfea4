package rollout

import (
	"fmt"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Verdict is what a trial has come to.
type Verdict uint8

// The verdicts. All but Continue are final.
const (
	// Continue: nothing is decided yet.
	Continue Verdict = iota
	// Rollback: the candidate is worse in some metric by more than its tolerance.
	Rollback
	// Promote: the candidate is worse by less than its margin in every metric.
	Promote
	// Inconclusive: the horizon came first. Keep the base.
	Inconclusive
	// Void: keys did not reach the arms in the ratio they should have, so nothing
	// the trial says can be trusted. Keep the base and look for lost requests.
	Void
	// Killed: somebody called Kill.
	Killed
)

var verdictNames = [...]string{"continue", "rollback", "promote", "inconclusive", "void", "killed"}

// String returns the lower-case name.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("verdict(%d)", uint8(v))
}

// MarshalText implements [encoding.TextMarshaler].
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("rollout: verdict %q is none of %v", text, verdictNames)
}

// status is how a verdict is coloured.
func (v Verdict) status() report.Status {
	switch v {
	case Promote:
		return report.OK
	case Rollback, Void, Killed:
		return report.Breach
	case Inconclusive:
		return report.Warn
	}
	return report.Learning
}

// Decision is what a trial has come to and why: plain data, nothing in it NaN or
// infinite.
type Decision struct {
	Verdict   Verdict   `json:"verdict"`
	At        time.Time `json:"at"`
	Base      string    `json:"base"`
	Candidate string    `json:"candidate"`
	// Step counts from 1; Share is that of the keys that go to the candidate now.
	Step  int     `json:"step"`
	Share float64 `json:"share"`
	// Requests are those of base and candidate, Keys their distinct keys (fewer
	// than there are once there are tens of thousands), Labelled the answers whose
	// label has come.
	Requests [2]uint64 `json:"requests"`
	Keys     [2]uint64 `json:"keys"`
	Labelled [2]uint64 `json:"labelled"`
	// RatioP is the probability of a ratio of keys as far off as this, χ² at one
	// look; RatioE is the e-value that voids a trial at 1,000.
	RatioP float64 `json:"ratio_p"`
	RatioE float64 `json:"ratio_e"`
	// Reasons are sentences for people: what decided, or what is waited for.
	Reasons  []string  `json:"reasons"`
	Findings []Finding `json:"findings"`
}

// Finding is what a trial knows of one metric.
type Finding struct {
	Metric string    `json:"metric"`
	Unit   string    `json:"unit,omitempty"`
	N      [2]uint64 `json:"n"` // values of base and candidate
	// Base and Candidate are means or rates over all steps. Difference is
	// candidate - base within steps, which is not the difference of the two where
	// the traffic changed while the share did.
	Base       float64 `json:"base_value"`
	Candidate  float64 `json:"candidate_value"`
	Difference float64 `json:"difference"`
	// Low and High bound the difference with 95 % confidence over all looks
	// together, where Bounded; both are 0 before there is enough.
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Bounded bool    `json:"bounded"`
	// EWorse and EFine are the e-values of a rate that it is worse by more than
	// the tolerance, and by less than the margin; 0 for a mean.
	EWorse float64 `json:"e_worse,omitempty"`
	EFine  float64 `json:"e_fine,omitempty"`
	// Worse and Fine say whether that is proven.
	Worse bool `json:"worse"`
	Fine  bool `json:"fine"`
}

// Final reports whether the trial has ended.
func (d *Decision) Final() bool { return d.Verdict != Continue }

// String is one sentence.
func (d *Decision) String() string {
	return fmt.Sprintf("%s: %s against %s at %.3g %% after %d and %d requests: %s",
		d.Verdict, d.Candidate, d.Base, 100*d.Share, d.Requests[Candidate], d.Requests[Base], strings.Join(d.Reasons, "; "))
}
