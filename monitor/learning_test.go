package monitor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestLearningSaysHowFarItIs(t *testing.T) {
	mon := newMonitor(t, monitor.WithEventTime(), monitor.WithEvaluators(shares{}),
		monitor.WithPanes(monitor.Panes{Rows: 100}), monitor.WithLearning(monitor.Learning{Rows: 300, Panes: 4}))
	check := func(when, what string, done, need int) {
		t.Helper()
		p := mon.Report().Learning
		switch {
		case what == "" && p != nil:
			t.Errorf("%s: still learning: %+v", when, *p)
		case what != "" && (p == nil || !strings.Contains(p.What, what) || p.Done != done || p.Need != need):
			t.Errorf("%s: progress %+v; want %d of %d of %s", when, p, done, need, what)
		}
		if what != "" && (len(mon.Report().Signals) > 0 || mon.Reference() != nil) {
			t.Errorf("%s: it concludes while it learns", when)
		}
	}
	check("at first", "rows", 0, 300)
	observe(t, mon, 1, 200)
	mon.Flush(t.Context())
	check("after 200 rows", "rows", 200, 300)
	observe(t, mon, 2, 100)
	check("with cells", "panes", 0, 4)
	observe(t, mon, 3, 1) // the first pane holds the 300 and this one
	check("after a pane", "panes", 1, 4)
	if got := mon.Profile(1).Rows; got != 301 {
		t.Errorf("the first pane has %d rows; want the 300 held and one more", got)
	}
	observe(t, mon, 4, 300)
	check("in the end", "", 0, 0)
	if got := mon.Reference().Profile().Rows; got != 601 {
		t.Errorf("the reference has %d rows of 601", got)
	}
	if id := mon.Model().Reference; id == "" || id != mon.Reference().ID() {
		t.Errorf("the model's reference is %q", id)
	}
}

// TestHeldRowsKeepTheirTime: the pane that held rows count in lasts from the
// first of them, or the rate of rows would be wrong.
func TestHeldRowsKeepTheirTime(t *testing.T) {
	for _, event := range []bool{true, false} {
		clock := newClock()
		options := []monitor.Option{monitor.WithClock(clock), monitor.WithLearning(monitor.Learning{Rows: 500, Panes: 3}),
			monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 10})}
		if event {
			options = append(options, monitor.WithEventTime())
		}
		mon := newMonitor(t, options...)
		if !event {
			clock.wait(t)
		}
		for i := 0; mon.Profile(1) == nil; i++ { // 100 rows a minute, so panes are due while rows are held
			if event {
				observeAt(t, mon, noon.Add(time.Duration(i)*time.Minute), 600*time.Millisecond, 100)
			} else {
				observe(t, mon, 2, 100)
				for before := clock.Now(); clock.Now().Before(before.Add(time.Minute)); {
					clock.tick(t, 500*time.Millisecond)
				}
			}
			if i > 20 {
				t.Fatal("no pane closes")
			}
		}
		p := mon.Profile(1)
		if rate := float64(p.Rows) / p.End.Sub(p.Start).Minutes(); rate < 80 || rate > 120 || !p.Start.Equal(noon) || p.Rows < 500 {
			t.Errorf("event time %t: first pane from %v to %v with %d rows: %.0f a minute; it was 100", event, p.Start, p.End, p.Rows, rate)
		}
	}
}

func TestRowsHeldAtTheEndAreCounted(t *testing.T) {
	for _, c := range []struct {
		rows int
		lost float64
	}{{100, 100}, {250, 0}} {
		mon := newMonitor(t, monitor.WithClock(newClock()), monitor.WithLearning(monitor.Learning{Rows: 200, Panes: 3}))
		observe(t, mon, 1, c.rows)
		if err := mon.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		var in uint64
		if p := mon.Profile(1); p != nil {
			in = p.Rows
		}
		if got := dropped(mon, "learning"); got != c.lost || in+uint64(got) != uint64(c.rows) {
			t.Errorf("of %d rows %d are in a pane and %v counted as lost", c.rows, in, got)
		}
	}
}

func TestEmptyPanesTeachNothing(t *testing.T) {
	mon := newMonitor(t, monitor.WithEventTime(), monitor.WithLearning(monitor.Learning{Rows: 50, Panes: 3}))
	observeAt(t, mon, noon, time.Second, 50)
	for range 10 {
		mon.Flush(t.Context())
	}
	if p := mon.Report().Learning; p == nil || p.Done != 1 {
		t.Errorf("one pane with rows and nine without: %+v", p)
	}
}

// TestWhatIsHeldCountsAsObserved: rows pass through a blank batch before there
// are cells; nothing about them may change on the way.
func TestWhatIsHeldCountsAsObserved(t *testing.T) {
	rows := oddRows()
	column := func(options ...monitor.Option) *profile.Profile {
		mon := newMonitor(t, append(options, monitor.WithEventTime())...)
		mon.ObserveRows(t.Context(), rows)
		mon.Flush(t.Context())
		return mon.Profile(1)
	}
	learned := column(monitor.WithLearning(monitor.Learning{Rows: len(rows), Panes: 3}))
	straight := column(withReference(t))
	for i := range straight.Columns {
		a, b := &straight.Columns[i].Tally, &learned.Columns[i].Tally
		if a.Missing != b.Missing || a.Invalid != b.Invalid || a.Mismatched != b.Mismatched || a.Below != b.Below || a.Above != b.Above || a.Total() != b.Total() {
			t.Errorf("column %d: %+v when held, %+v else", i, b, a)
		}
	}
	if straight.Errors != learned.Errors {
		t.Errorf("%d errors when held, %d else", learned.Errors, straight.Errors)
	}
}

func TestVariabilityIsLearnedFromLivePanes(t *testing.T) {
	s := schemaOf[applicant](t)
	short, err := profile.Build(s, rowsOf(1, 600)) // three time blocks: too few to know
	if err != nil {
		t.Fatal(err)
	}
	mon := newMonitor(t, monitor.WithReference(short), monitor.WithEventTime(), monitor.WithEvaluators(shares{}),
		monitor.WithPanes(monitor.Panes{Rows: 50}), monitor.WithLearning(monitor.Learning{Panes: 5}), monitor.WithDecider(&alert.Policy{}))
	observe(t, mon, 1, 4*50)
	r := mon.Report()
	if r.Learning == nil || r.Learning.Done != 4 || r.Learning.Need != 5 || len(r.Signals) == 0 {
		t.Fatalf("after four panes: %+v with %d signals; want progress 4 of 5, and signals", r.Learning, len(r.Signals))
	}
	if mon.Reference().Live() {
		t.Error("the variability is from live panes already")
	}
	observe(t, mon, 2, 50)
	if got := mon.Reference(); mon.Report().Learning != nil || !got.Live() || len(got.Panes()) != 5 {
		t.Errorf("after five panes: learning %+v, %d live panes", mon.Report().Learning, len(got.Panes()))
	}
	if mon.Reference().ID() != mon.Model().Reference {
		t.Error("learning variability changed the reference's id")
	}
}

// shift is a signal that breaches where there are more old applicants than in the
// reference by half.
var shift = evaluate(func(c profile.Comparison) []report.Signal {
	for p := range c.Inputs() {
		s := c.Signal("drift.shift", p)
		s.Evidence, s.HasP, s.P, s.Effect.Size = report.Drift, true, .5, .1
		share := func(c *profile.Column) float64 {
			return float64(c.Cells[len(c.Cells)-1]) / float64(max(1, c.Valid()))
		}
		if s.Value = share(p.Current) - share(p.Reference); s.Value > .5 {
			s.P, s.Effect.Size = 1e-12, 1
		}
		return []report.Signal{s}
	}
	return nil
})

func TestAcceptReference(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithEvaluators(shift), monitor.WithDecider(&alert.Policy{}),
		monitor.WithPanes(monitor.Panes{Rows: 100}), monitor.WithLearning(monitor.Learning{Panes: 3}))
	observe(t, mon, 1, 300)
	second := 0
	old := func(n int) {
		for range n {
			second++
			mon.Observe(t.Context(), profile.Row{Time: noon.Add(time.Duration(second) * time.Second), Values: []profile.Value{profile.Float(119)}})
		}
	}
	old(300)
	before := mon.Model().Reference
	if in := mon.Report().Incidents; len(in) != 1 || !in[0].Open() {
		t.Fatalf("incidents are %+v", in)
	}
	if err := mon.AcceptReference(3); err != nil {
		t.Fatal(err)
	}
	r := mon.Report()
	if r.Incidents[0].Open() {
		t.Error("the incident is open after the reference was accepted")
	}
	if len(r.Events) == 0 || r.Events[0].Kind != "accepted" || !strings.Contains(r.Events[0].Text, "300 rows") {
		t.Errorf("events are %+v", r.Events)
	}
	if got := mon.Reference(); mon.Model().Reference == before || got.Profile().Rows != 300 || got.ID() != r.Model.Reference {
		t.Errorf("reference %s with %d rows; the report has %s, before it was %s", got.ID(), got.Profile().Rows, r.Model.Reference, before)
	}
	if mon.Profile(3) == nil || mon.Profile(4) != nil {
		t.Error("panes from before the accepted ones are kept")
	}
	old(200)
	if in := mon.Report().Incidents; len(in) != 1 || in[0].Open() {
		t.Errorf("after the next pane incidents are %+v", in)
	}
}

func TestAcceptReferenceErrors(t *testing.T) {
	learning := newMonitor(t, monitor.WithEventTime())
	if err := learning.AcceptReference(1); err == nil || !strings.Contains(err.Error(), "being learned") {
		t.Errorf("while learning: %v", err)
	}
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	mon.Flush(t.Context())
	for scale, want := range map[int]string{-1: "1 to 1", 0: "1 to 1", 2: "1 to 1", 65: "at most 64"} {
		if err := mon.AcceptReference(scale); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d panes: %v; want an error with %q", scale, err, want)
		}
	}
	if err := mon.AcceptReference(1); !errors.Is(err, profile.ErrNoRows) {
		t.Errorf("an empty pane: %v", err)
	}
}
