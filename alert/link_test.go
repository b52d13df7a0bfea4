package alert

import (
	"fmt"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func TestKin(t *testing.T) {
	amount := feature("amount")
	in := func(s report.Subject, segment string) report.Subject { s.Segment = segment; return s }
	of := func(kind report.Kind, name string) report.Subject { return report.Subject{Kind: kind, Name: name} }
	for _, c := range []struct {
		a, b report.Subject
		want bool
	}{
		{amount, in(amount, "tenant=acme"), true},
		{in(amount, "tenant=b"), in(amount, "tenant=acme"), true},
		{amount, of(report.KindPair, "amount×age"), true},
		{of(report.KindPair, "age×amount"), amount, true},
		{amount, of(report.KindPair, "amounts×age"), false},
		{feature("sex"), of(report.KindGroup, "sex=f"), true},
		{feature("se"), of(report.KindGroup, "sex=f"), false},
		{feature("age"), of(report.KindSlice, "age in [18, 25)"), true},
		{amount, feature("age"), false},
		{amount, of(report.KindPrediction, "amount"), false},
	} {
		if kin(c.a, c.b) != c.want || kin(c.b, c.a) != c.want {
			t.Errorf("%s and %s: want kin %v, both ways", c.a, c.b, c.want)
		}
	}
}

// Another segment of what alarms belongs to it, however much later.
func TestKinJoin(t *testing.T) {
	d := stand{policy: &Policy{}}
	acme := drift("a", 1e-9, 1)
	acme.Subject.Segment = "tenant=acme"
	for range 20 {
		d.next(drift("a", 1e-9, 1))
	}
	d.next(drift("a", 1e-9, 1), acme)
	same(t, "incidents", len(d.last.Incidents), 1)
	same(t, "subjects", len(d.last.Incidents[0].Subjects), 2)
}

// scene of two features: a alarms from pane 11 on; b is the effect of each pane,
// and alarms in the last.
func cooccur(b func(pane uint64) float64, panes uint64) *report.Report {
	d := stand{policy: &Policy{}}
	for d.pane < panes {
		a := drift("a", .5, .01)
		if d.pane >= 10 {
			a = drift("a", 1e-9, 1)
		}
		p := .5
		if d.pane == panes-1 {
			p = 1e-9
		}
		d.next(a, drift("b", p, b(d.pane)))
	}
	return d.last
}

// What moved when the incident opened, and took longer to be sure of, joins it.
func TestWhatMovedAtTheSameTimeJoins(t *testing.T) {
	step := func(at uint64) func(uint64) float64 {
		return func(pane uint64) float64 {
			if pane >= at {
				return .25
			}
			return .02 * float64(pane%3-1)
		}
	}
	for _, c := range []struct {
		name  string
		b     func(uint64) float64
		panes uint64
		want  int
	}{
		{"at the same pane, found 20 later", step(10), 30, 1},
		{"found 60 later: beyond the trail before", step(10), 71, 1},
		{"ten panes later", step(20), 30, 2},
		{"three panes later, found at once", step(13), 14, 2},
		{"long before", step(0), 30, 2},
		{"in every other pane", func(pane uint64) float64 { return .25 * float64(pane%2) }, 30, 2},
		{"the other way at first", func(pane uint64) float64 {
			if pane < 16 {
				return -.25
			}
			return .25
		}, 30, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := cooccur(c.b, c.panes)
			same(t, "incidents", len(r.Incidents), c.want)
			if c.want == 2 {
				all := chronological(r.Incidents)
				same(t, "related", all[1].Related, []string{all[0].ID})
			}
		})
	}
}

// One change at its source that comes in two steps: the second moves what moved
// before further still, and much else. That is one cause, and worth a page.
func TestWhatMovesAgainTakesOthersAlong(t *testing.T) {
	for _, c := range []struct {
		size float64
		want int
	}{{3, 1}, {1.1, 2}} {
		d := stand{policy: &Policy{}}
		for range 60 {
			d.next(drift("a", 1e-9, 1), drift("b", .5, .01), drift("c", .5, -.02))
		}
		before := d.last
		if err := d.policy.Acknowledge(before.Incidents[0].ID, "ada", "", before.At); err != nil {
			t.Fatal(err)
		}
		d.next(drift("a", 1e-20, c.size), drift("b", .5, .01), drift("c", .5, -.02))
		d.next(drift("a", 1e-20, c.size), drift("b", 1e-9, 1), drift("c", 1e-9, -2))
		same(t, fmt.Sprint("incidents where a moved to ", c.size), len(d.last.Incidents), c.want)
		if c.want == 1 {
			tr := Transitions(before, d.last)
			if len(tr) != 1 || tr[0].Change != Worsened || !tr[0].Page {
				t.Errorf("transitions %v, want one that it worsened, and pages though it was acknowledged", tr)
			}
		}
	}
}

// An alarm of the output names the open incident of the inputs.
func TestRelatedInputs(t *testing.T) {
	d := stand{policy: &Policy{}}
	score := drift("score", 1e-9, .6)
	score.Subject.Kind, score.Evidence = report.KindPrediction, report.Prediction
	for range 6 {
		d.next(drift("a", 1e-9, 1))
	}
	d.next(drift("a", 1e-9, 1), score)
	same(t, "incidents", len(d.last.Incidents), 2)
	first, second := d.last.Incidents[0], d.last.Incidents[1]
	same(t, "the output comes first", first.Subjects[0].Kind, report.KindPrediction)
	same(t, "related", first.Related, []string{second.ID})
}

func TestTrailsAreBounded(t *testing.T) {
	d := stand{policy: &Policy{}}
	many := func(prefix string) {
		var signals []report.Signal
		for i := range maxTrails + 10 {
			signals = append(signals, drift(fmt.Sprint(prefix, i), .5, .1))
		}
		d.next(signals...)
	}
	many("a")
	same(t, "trails", len(d.policy.state.trails), maxTrails)
	for range trailLength {
		d.next()
	}
	many("b")
	many("b")
	for _, tr := range d.policy.state.trails {
		if tr.subject.Name[0] != 'b' {
			t.Fatal("a subject that has not been seen for so long is still followed")
		}
	}
}
