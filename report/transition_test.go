package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// A life of one incident, report by report, and what is told of it.
func TestLedgerTellsEachTransitionOnce(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	in := func(f func(*report.Incident)) *report.Report {
		i := report.Incident{ID: "x", Severity: report.Low, Opened: at}
		f(&i)
		return &report.Report{Incidents: []report.Incident{i}}
	}
	low := in(func(*report.Incident) {})
	high := in(func(i *report.Incident) { i.Severity, i.Page, i.Paged = report.High, true, 1 })
	reminded := in(func(i *report.Incident) { i.Severity, i.Page, i.Paged, i.Reminded = report.High, true, 1, 2 })
	acknowledged := in(func(i *report.Incident) { i.Severity, i.Paged, i.Reminded = report.High, 1, 2 })
	worse := in(func(i *report.Incident) {
		i.Severity, i.Page, i.Paged, i.Reminded, i.Worsened = report.High, true, 2, 2, 1
	})
	gone := in(func(i *report.Incident) {
		i.Severity, i.Page, i.Paged, i.Reminded, i.Worsened, i.Resolved = report.High, true, 2, 2, 1, at
	})
	back := in(func(i *report.Incident) {
		i.Severity, i.Page, i.Paged, i.Reminded, i.Worsened, i.Reopened = report.High, true, 2, 2, 1, 1
	})
	twice := in(func(i *report.Incident) {
		i.Severity, i.Page, i.Paged, i.Reminded, i.Worsened, i.Reopened, i.Resolved = report.High, true, 2, 2, 1, 1, at
	})
	for _, c := range []struct {
		name    string
		reports []*report.Report
		want    string
	}{
		{"a life", []*report.Report{low, high, reminded, acknowledged, worse, gone, back, twice},
			"x/opened/0, x/escalated/high page, x/reminded/2 page, x/worsened/1 page, x/resolved/0, x/reopened/1, x/resolved/1"},
		{"all at once", []*report.Report{twice}, "x/opened/0, x/resolved/0, x/reopened/1, x/resolved/1"},
		{"a page without more severity", []*report.Report{low, in(func(i *report.Incident) { i.Severity, i.Page, i.Paged = report.Low, true, 1 })},
			"x/opened/0, x/escalated/page-1 page"},
		{"older reports again", []*report.Report{gone, low, high, gone}, "x/opened/0, x/resolved/0"},
		{"nothing", []*report.Report{nil, {}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l report.Ledger
			var told []string
			for _, r := range c.reports {
				for range 2 { // the same report again is no news, nor after a restart
					for _, tr := range l.Take(r) {
						text := tr.Key
						if tr.Page {
							text += " page"
						}
						told = append(told, text)
					}
					l = again(t, l)
				}
			}
			if got := strings.Join(told, ", "); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// again is a ledger that has been written and read.
func again(t *testing.T, l report.Ledger) (read report.Ledger) {
	t.Helper()
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestLedgerIsBounded(t *testing.T) {
	var l report.Ledger
	for i := range 5000 {
		l.Take(&report.Report{Incidents: []report.Incident{{ID: fmt.Sprint(i)}}})
	}
	if l.Len() > 1025 {
		t.Errorf("%d incidents remembered", l.Len())
	}
}

func TestStatesAreText(t *testing.T) {
	for s := report.StateUnknown; s <= report.StateAlert; s++ {
		text, err := s.MarshalText()
		var back report.State
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%v is written as %q and read as %v", s, text, back)
		}
	}
	var s report.State
	if err := s.UnmarshalText([]byte("alarm")); err == nil || s.String() != "unknown" {
		t.Errorf("error %v, state %v", err, s)
	}
}

func TestStateOf(t *testing.T) {
	a := report.Subject{Kind: report.KindFeature, Name: "a"}
	signal := func(status report.Status) report.Signal {
		return report.Signal{Subject: a, Evidence: report.Drift, Status: status}
	}
	for _, c := range []struct {
		r    report.Report
		want report.State
	}{
		{report.Report{}, report.StateUnknown},
		{report.Report{Signals: []report.Signal{signal(report.Insufficient)}}, report.StateUnknown},
		{report.Report{Signals: []report.Signal{signal(report.Learning)}}, report.StateLearning},
		{report.Report{Signals: []report.Signal{signal(report.Learning), signal(report.OK)}}, report.StateOK},
		{report.Report{States: []report.Standing{{Subject: a, State: report.StateAlert}}}, report.StateAlert},
		{report.Report{States: []report.Standing{{State: report.StateAlert}}}, report.StateUnknown},
	} {
		if got := c.r.StateOf(a); got != c.want {
			t.Errorf("%+v: %v, want %v", c.r, got, c.want)
		}
	}
}
