package guard

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// suspicious is the tail probability at which a window's coverage is called off
// its level: one window in a thousand, by chance.
const suspicious = .001

// coverage is how often prediction sets held the truth.
type coverage struct {
	level     float64
	n         int // labels in the rolling window
	share     float64
	ci        stat.Interval
	known     bool // n > 0
	judged    uint64
	labels    uint64  // ever
	hits      uint64  // of them
	low, high float64 // of the last full window
	fresh     float64 // the smallest low since it was last asked for; 1: none
}

// coverage reads how it stands; with ask, what is fresh is not so any more.
func (c *Conformal) coverage(ask bool) coverage {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &c.watch
	now := coverage{level: r.level, n: r.n, labels: r.labels, hits: r.hits, judged: r.judged, low: r.low, high: r.high, fresh: 1}
	now.share, now.ci, now.known = r.interval()
	if ask && r.fresh {
		now.fresh = min(1, r.lowest*float64(r.judged-r.asked))
		r.fresh, r.lowest, r.asked = false, 1, r.judged
	}
	return now
}

// status says whether coverage keeps its level: judged on full windows only.
func (c coverage) status() report.Status {
	switch {
	case c.judged == 0:
		return report.Insufficient
	case c.low <= suspicious:
		return report.Breach
	case c.high <= suspicious:
		return report.Warn
	}
	return report.OK
}

func (c coverage) text() string {
	if !c.known {
		return "no labels yet"
	}
	return fmt.Sprintf("%.1f %% (%.1f to %.1f) of the last %d, promised %.1f %%",
		100*c.share, 100*c.ci.Lower, 100*c.ci.Upper, c.n, 100*c.level)
}

// Evaluate makes a Conformal an evaluator: give it to monitor.WithEvaluators. For
// windows of one pane, of all rows, it gives the signal guard.coverage, the rolling
// coverage, which a monitor with a checkpoint carries over a restart. P is
// there when a window of labels has filled since the last pane, and is the
// probability of so little coverage where calibration still holds (times the
// windows, if several have filled), so that looking at every pane does not make an
// alarm of chance. See [Coverage.Window].
func (c *Conformal) Evaluate(x profile.Comparison) []report.Signal {
	if x.Window.Scale > 1 || x.Decisive { // labels are not known by segment
		return nil
	}
	now := c.coverage(true)
	s := report.Signal{
		Name: "guard.coverage", Unit: report.UnitOf("guard.coverage"),
		Subject: report.Subject{Kind: report.KindMetric, Name: "coverage"}, Window: x.Window,
		Value: now.share, Floor: now.level, Current: uint64(now.n), Evidence: report.Performance,
		Undefined: !now.known,
	}
	if !now.known {
		s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: "no label of a remembered prediction has come yet"}}
		return []report.Signal{s}
	}
	s.Effect = report.Effect{
		Component: "coverage", Words: now.text(), Size: now.share - now.level,
		Low: now.ci.Lower - now.level, High: now.ci.Upper - now.level,
	}
	if now.fresh < 1 {
		s.P, s.HasP = now.fresh, true
	}
	return []report.Signal{s}
}
