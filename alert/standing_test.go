package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// A subject goes from learning over ok and warning to alert, recovers, and is ok
// again; the model is where the gravest of its subjects is.
func TestStates(t *testing.T) {
	const warn = 2.5 * .1 / 720
	d := stand{policy: &Policy{}}
	var got []string
	for _, c := range []struct {
		p        float64
		times    int
		learning bool
	}{{.5, 2, true}, {.5, 1, false}, {warn, 1, false}, {.5, 3, false}, {1e-9, 2, false}, {.5, 6, false}} {
		for range c.times {
			d.pane++
			at := epoch.Add(time.Duration(d.pane) * time.Hour)
			s := drift("a", c.p, 1)
			s.Window = report.Window{Scale: 1, Pane: d.pane, Start: at.Add(-time.Hour), End: at}
			r := &report.Report{Pane: d.pane, At: at, Signals: []report.Signal{s}}
			if c.learning {
				r.Learning = &report.Progress{}
			}
			d.policy.Decide(r)
			same(t, "the model", r.State, r.StateOf(feature("a")))
			text := r.State.String()
			if len(r.States) > 0 {
				text += fmt.Sprint(" since ", r.States[0].Since.Sub(epoch).Hours())
				same(t, "incident", r.States[0].Incident != "", r.State > report.StateWarning)
			}
			got = append(got, text)
			d.last = r
		}
	}
	same(t, "states", strings.Join(got, ", "), "learning, learning, ok, "+
		"warning since 4, warning since 4, warning since 4, ok, "+
		"alert since 8, alert since 8, "+
		"recovering since 10, recovering since 10, recovering since 10, recovering since 10, recovering since 10, ok")
	same(t, "resolved", d.last.Incidents[0].State, report.StateOK)
}

// Without anything to compare a warning stays, and nothing else is known.
func TestStateWithoutEvidence(t *testing.T) {
	d := stand{policy: &Policy{}}
	same(t, "nothing yet", d.next().State, report.StateUnknown)
	d.next(drift("a", 2.5*.1/720, 1))
	for range 5 {
		d.next()
	}
	same(t, "nothing to compare", d.last.State, report.StateWarning)
	same(t, "another subject", d.last.StateOf(feature("b")), report.StateUnknown)
}

func TestStatesAreListedGravestFirst(t *testing.T) {
	d := stand{policy: &Policy{}}
	d.next(drift("b", 1e-9, 1), drift("a", 1e-9, 1))
	d.next(drift("b", .5, 1), drift("a", 1e-9, 1), drift("c", 2.5*.1/720*3, 1))
	var got []string
	for _, s := range d.last.States {
		got = append(got, s.Subject.Name+" "+s.State.String())
	}
	same(t, "states", got, []string{"a alert", "b recovering"})
}
