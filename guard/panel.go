package guard

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/report"
)

// Panel implements [report.Paneler].
func (g *Guard[In, Out]) Panel() report.Panel {
	s := g.Stats()
	p := report.Panel{Title: "Guard: " + g.policy.Name, State: "passing", Status: report.OK}
	if g.breaker.active {
		p.State = "breaker " + s.Breaker.String()
		p.Status, p.Text = g.breakerStatus(s.Breaker)
	}
	p.Facts = append(p.Facts, report.Fact{Name: "calls answered by the model", Value: share(s.Answered, s.Finished())})
	if g.limit != nil && g.limit.slots != nil {
		full := report.OK
		if s.Running == cap(g.limit.slots) {
			full = report.Warn
		}
		p.Facts = append(p.Facts, report.Fact{Name: "in the model now", Value: fmt.Sprintf("%d of %d", s.Running, cap(g.limit.slots)), Status: full})
	}
	if stuck := s.Abandoned - s.Returned; g.policy.Timeout > 0 {
		p.Facts = append(p.Facts, report.Fact{Name: "left behind, not returned", Value: fmt.Sprint(stuck)})
	}
	if g.watch != nil {
		c := g.watch.conformal.coverage(false)
		p.Facts = append(p.Facts, report.Fact{Name: "coverage of prediction sets", Value: c.text(), Status: c.status()})
		if c.status() == report.Breach {
			p.Status, p.Text = report.Breach, "Prediction sets hold the truth less often than promised: calibrate again on recent labels, or set Adapt."
		}
	}
	p.Tables = []report.Table{g.table(s)}
	return p
}

func (g *Guard[In, Out]) breakerStatus(s State) (report.Status, string) {
	switch s {
	case Opened:
		return report.Breach, "The model failed too often and is not called until the cooldown is over."
	case Held:
		return report.Breach, fmt.Sprintf("An incident is open: one call in %d reaches the model.", g.policy.Breaker.ProbeEvery)
	case HalfOpen:
		return report.Warn, "The model is being probed."
	}
	return report.OK, ""
}

func (g *Guard[In, Out]) table(s Stats) report.Table {
	t := report.Table{Title: "Calls", Columns: []string{"why", "answered by the fallback", "returned an error"}}
	for r := BadInput; r < reasons; r++ {
		if s.Fallback[r]+s.Errors[r] > 0 {
			t.Rows = append(t.Rows, []string{r.String(), fmt.Sprint(s.Fallback[r]), fmt.Sprint(s.Errors[r])})
		}
	}
	return t
}

func share(k, n uint64) string {
	if n == 0 {
		return "none yet"
	}
	return fmt.Sprintf("%d of %d (%.2f %%)", k, n, 100*float64(k)/float64(n))
}
