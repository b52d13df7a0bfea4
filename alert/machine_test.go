package alert

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// A scene is one pane per word: the features that alarm ("ab"), none ("-"), or
// nothing to compare ("?"); "- x5" is five times "-". What follows is, for
// each incident, oldest first, its subjects, how often it reopened, and the pane
// at which it was resolved.
func TestLifecycle(t *testing.T) {
	for _, c := range []struct{ name, scene, want string }{
		{"nothing happens", "- x50", ""},
		{"one pane opens", "a", "a open"},
		{"it is extended", "a a - - a", "a open"},
		{"five quiet panes are not enough", "a - x5", "a open"},
		{"six are", "a - x6", "a resolved 7"},
		{"an alarm starts the count anew", "a - x5 a - x5", "a open"},
		{"at the same pane: one incident", "abc", "abc open"},
		{"two panes later: joins", "a - b", "ab open"},
		{"three panes later: another", "a - - b", "a open, b open"},
		{"joining does not prolong the joining", "a b - c", "ab open, c open"},
		{"every subject must be quiet", "ab b x9", "ab open"},
		{"comes back within 24 panes", "a - x6 - x22 a", "a reopened 1 open"},
		{"at the 24th pane still", "a - x6 - x23 a", "a reopened 1 open"},
		{"and at the 25th it is new", "a - x6 - x24 a", "a resolved 7, a open"},
		{"twice", "a - x6 a - x6 a - x6", "a reopened 2 resolved 21"},
		{"another subject does not reopen", "a - x6 b", "a resolved 7, b open"},
		{"nothing to compare is not quiet", "a ? x6", "a open"},
		{"quiet panes are counted over gaps", "a - - ? - - ? - -", "a resolved 9"},
		{"nothing left to compare", "a ? x23", "a open"},
		{"nothing left to compare at last", "a ? x24", "a resolved 25"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := stand{policy: &Policy{}}
			play(&d, c.scene)
			same(t, "incidents", story(d.last), c.want)
		})
	}
}

// play shows all of three features in each pane.
func play(d *stand, scene string) {
	last := ""
	for word := range strings.FieldsSeq(scene) {
		times := 1
		if n, ok := strings.CutPrefix(word, "x"); ok {
			fmt.Sscan(n, &times)
			times, word = times-1, last
		}
		last = word
		for range times {
			d.next(scenery(word)...)
		}
	}
}

func scenery(word string) []report.Signal {
	var signals []report.Signal
	for i, name := range []string{"a", "b", "c"} {
		s := drift(name, .5, .05)
		if strings.Contains(word, name) {
			s = drift(name, 1e-9*float64(i+1), 1)
		}
		s.Undefined = word == "?"
		signals = append(signals, s)
	}
	return signals
}

func story(r *report.Report) string {
	var lines []string
	for _, in := range chronological(r.Incidents) {
		var line string
		for _, s := range in.Subjects {
			line += s.Name
		}
		if in.Reopened > 0 {
			line += fmt.Sprintf(" reopened %d", in.Reopened)
		}
		if in.Open() {
			line += " open"
		} else {
			line += fmt.Sprintf(" resolved %d", int(in.Resolved.Sub(epoch)/time.Hour))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func TestLifecycleParameters(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy *Policy
		scene  string
		want   string
	}{
		{"no joining", &Policy{Join: -1}, "a b", "a open, b open"},
		{"long joining", &Policy{Join: 5}, "a - - - - b", "ab open"},
		{"resolved at once", &Policy{Resolve: -1}, "a -", "a resolved 2"},
		{"never reopened", &Policy{Reopen: -1}, "a - x6 a", "a resolved 7, a open"},
		{"nothing remembered", &Policy{Reopen: -1, Remember: -1}, "a - x6", ""},
		{"one remembered", &Policy{Reopen: -1, Remember: 1, Resolve: 1}, "a - - b - - c -", "c resolved 8"},
		{"two listed", &Policy{MaxEvidence: 2}, "abc", "ab open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := stand{policy: c.policy}
			play(&d, c.scene)
			same(t, "incidents", story(d.last), c.want)
		})
	}
}

// Scale 64 is looked at every 16 panes: in between it is neither quiet nor
// alarming, and one quiet look covers sixteen panes.
func TestLargeWindowsAreQuietOnlyWhenLookedAt(t *testing.T) {
	for _, c := range []struct {
		name  string
		later float64
		want  string
	}{
		{"alarms again: one incident", 1e-9, "a open"},
		{"quiet look", .5, "a resolved 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := stand{policy: &Policy{}, pane: 63}
			d.next(scaled(drift("a", 1e-9, 1), 64))
			for range 15 {
				d.next(drift("a", .5, 0)) // scale 1 is quiet all along
				same(t, "in between", d.last.Incidents[0].Open(), true)
			}
			d.next(scaled(drift("a", c.later, 1), 64), drift("a", .5, 0))
			got := d.last.Incidents[0]
			same(t, "open", got.Open(), c.later < .1)
			same(t, "incidents", len(d.last.Incidents), 1)
		})
	}
}

// Quality and drift of one feature are followed apart: either keeps it open.
func TestKindsOfEvidenceAreFollowedApart(t *testing.T) {
	d := stand{policy: &Policy{}}
	missing := func(p float64) report.Signal {
		s := drift("a", p, .3)
		s.Name, s.Evidence = "quality.missing", report.Quality
		return s
	}
	d.next(drift("a", 1e-9, 1), missing(1e-9))
	for range 6 {
		d.next(drift("a", .5, 0))
	}
	same(t, "open while missing is not looked at", d.last.Incidents[0].Open(), true)
	for range 6 {
		d.next(missing(.5))
	}
	same(t, "open", d.last.Incidents[0].Open(), false)
}

func TestOrderOfIncidents(t *testing.T) {
	d := stand{policy: &Policy{Resolve: 2}}
	play(&d, "a - - b - - a - - - c")
	same(t, "incidents", story(d.last), "a reopened 1 resolved 9, b resolved 6, c open")
	var names []string
	for _, in := range d.last.Incidents {
		names = append(names, in.Subjects[0].Name)
	}
	same(t, "open first, then newest first", names, []string{"c", "b", "a"})
}

func TestEvidenceIsTheStrongestThereWas(t *testing.T) {
	d := stand{policy: &Policy{}}
	d.next(drift("a", 1e-7, .3), drift("b", 1e-9, .3))
	d.next(drift("a", 1e-12, .9), drift("b", 1e-5, .3))
	r := d.next(drift("a", 1e-6, .3), drift("b", .5, 0))
	in := r.Incidents[0]
	same(t, "subjects", in.Subjects, []report.Subject{feature("a"), feature("b")})
	same(t, "p", []float64{in.Evidence[0].P, in.Evidence[1].P}, []float64{1e-12, 1e-9})
	same(t, "severity", in.Severity, report.High)
	same(t, "cause", in.Cause, "a: mean up 0.9 sd; b moved with it")
	same(t, "pane", in.Pane, 1)
	same(t, "updated", in.Updated, r.At)
}

// A published report does not change when the incident does.
func TestReportsStay(t *testing.T) {
	d := stand{policy: &Policy{}}
	first := d.next(drift("a", 1e-9, .3), drift("b", .5, 0))
	before := fmt.Sprint(first.Incidents, first.Events)
	d.next(drift("a", 1e-12, .9), drift("b", 1e-9, 2))
	d.policy.Accept(d.last.At, "test")
	d.next()
	same(t, "first report", fmt.Sprint(first.Incidents, first.Events), before)
}

func TestIdentity(t *testing.T) {
	id := func(model, replica string, pane uint64) string {
		d := stand{policy: &Policy{Replicas: len(replica)}, pane: pane}
		d.next(drift("a", 1e-9, 1))
		r := *d.last
		r.Model.Name, r.Pane = model, pane
		p := &Policy{Replicas: len(replica)}
		p.Decide(&r)
		return r.Incidents[0].ID
	}
	same(t, "id on two replicas", id("m", "r1", 5), id("m", "replica2", 5))
	if id("m", "r", 5) == id("m", "r", 6) || id("m", "r", 5) == id("n", "r", 5) {
		t.Error("another pane or model has the same id")
	}
}

// Panes that are counted anew neither stop the clock nor repeat an id.
func TestPanesCountedAnew(t *testing.T) {
	d := stand{policy: &Policy{Reopen: -1, Resolve: 1}, pane: 9}
	play(&d, "a -")
	d.pane = 9
	play(&d, "a -")
	same(t, "incidents", len(d.last.Incidents), 2)
	if a, b := d.last.Incidents[0], d.last.Incidents[1]; a.ID == b.ID || a.Open() || b.Open() {
		t.Errorf("want two resolved incidents with ids of their own, got %s and %s", a.ID, b.ID)
	}
}

func TestBoundsHold(t *testing.T) {
	d := stand{policy: &Policy{Panes: 20, Join: -1, Reopen: 1000}}
	for pane := range 130 {
		d.next(drift(fmt.Sprint("f", pane), 0, 1))
	}
	same(t, "open incidents", len(d.last.Incidents), maxOpen)
	var all []report.Signal
	for i := range maxMembers + 100 {
		all = append(all, drift(fmt.Sprint("g", i), 0, 1))
	}
	all = append(all, drift(strings.Repeat("long", maxName), 0, 1))
	d.next(all...)
	members, open := d.policy.state.followed()
	same(t, "members, open", []int{members, open}, []int{maxMembers, maxOpen})
	same(t, "capped", d.policy.Capped(), 130+100+1)
	same(t, "events", len(d.last.Events), maxEvents)
	if !slices.ContainsFunc(d.last.Incidents, func(in report.Incident) bool { return len(in.Evidence) == 32 }) {
		t.Error("want an incident with 32 pieces of evidence")
	}
}
