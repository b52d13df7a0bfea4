package alert

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func TestTransitions(t *testing.T) {
	in := func(id string, severity report.Severity, reopened int, resolved bool) report.Incident {
		i := report.Incident{ID: id, Severity: severity, Reopened: reopened, Opened: epoch}
		i.Page = Pages(&i)
		if i.Page {
			i.Paged = 1
		}
		if resolved {
			i.Resolved = epoch
		}
		return i
	}
	of := func(incidents ...report.Incident) *report.Report { return &report.Report{Incidents: incidents} }
	low, high := report.Low, report.High
	for _, c := range []struct {
		name          string
		before, after *report.Report
		want          string
	}{
		{"no reports", nil, nil, ""},
		{"nothing known before", nil, of(in("x", high, 0, false)), "x opened, page"},
		{"opened low", of(), of(in("x", low, 0, false)), "x opened"},
		{"nothing new", of(in("x", high, 0, false)), of(in("x", high, 0, false)), ""},
		{"graver", of(in("x", low, 0, false)), of(in("x", high, 0, false)), "x escalated, page"},
		{"graver, still no page", of(in("x", report.Info, 0, false)), of(in("x", low, 0, false)), "x escalated"},
		{"resolved", of(in("x", high, 0, false)), of(in("x", high, 0, true)), "x resolved"},
		{"stays resolved", of(in("x", high, 0, true)), of(in("x", high, 0, true)), ""},
		{"reopened", of(in("x", high, 0, true)), of(in("x", high, 1, false)), "x reopened"},
		{"reopened and resolved in between", of(in("x", high, 0, true)), of(in("x", high, 1, true)), "x reopened; x resolved"},
		{"opened and resolved in between", of(), of(in("x", low, 0, true)), "x opened; x resolved"},
		{"forgotten", of(in("x", low, 0, true)), of(), ""},
		{"newest first in, oldest first out", of(), of(in("y", low, 0, false), in("x", low, 0, false)), "x opened; y opened"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, tr := range Transitions(c.before, c.after) {
				text := fmt.Sprintf("%s %s", tr.Incident.ID, tr.Change)
				if tr.Page {
					text += ", page"
				}
				got = append(got, text)
			}
			same(t, "transitions", strings.Join(got, "; "), c.want)
		})
	}
}
