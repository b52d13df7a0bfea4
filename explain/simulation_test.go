package explain_test

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/quality"
	"github.com/tidemark-ml/tidemark/report"
)

var (
	runs = flag.Int("runs", 6, "simulated reports of each fault")
	seed = flag.Uint64("seed", 20261126, "of simulations")
)

const (
	paneRows  = 2000
	reference = 30 // panes
)

type evaluator interface {
	Evaluate(profile.Comparison) []report.Signal
}

type outcomeEvaluator interface {
	EvaluateOutcomes(profile.Comparison) []report.Signal
}

var evaluators = []evaluator{
	drift.Shift{}, quality.Completeness{}, quality.Validity{}, quality.Domain{}, quality.Cardinality{},
	performance.Binary{}, explain.Impact{}, explain.Mix{}, explain.Slices{},
}

// reportOf evaluates a window of the last two panes as a monitor with defaults
// does, segments included, and decides it.
func reportOf(r *profile.Reference, panes []*profile.Profile) *report.Report {
	g := r.Geometry()
	current := g.New(profile.CountsOnly)
	current.Outcomes = g.NewOutcomes(profile.WithSketches)
	var packed []*profile.Pane
	for _, p := range panes[len(panes)-2:] {
		if err := current.Merge(p); err != nil {
			panic(err)
		}
		packed = append(packed, p.Pack())
	}
	before := g.NewOutcomes(profile.WithSketches)
	for _, p := range panes[:2] {
		if err := before.Merge(p.Outcomes); err != nil {
			panic(err)
		}
	}
	c := profile.Comparison{
		Reference: r, Current: current, Panes: packed, Window: report.Window{Scale: 2, Pane: uint64(len(panes))},
		PreviousOutcomes: before,
	}
	out := &report.Report{Pane: uint64(len(panes))}
	for _, e := range evaluators {
		out.Signals = append(out.Signals, e.Evaluate(c)...)
		if o, ok := e.(outcomeEvaluator); ok {
			out.Signals = append(out.Signals, o.EvaluateOutcomes(c)...)
		}
	}
	for i, segment := range g.Segments().Segments {
		within := r.Segment(i)
		if within == nil || i >= len(current.Segments) {
			continue
		}
		s := profile.Comparison{Reference: within, Current: current.Segments[i], Window: c.Window}
		for _, p := range packed {
			s.Panes = append(s.Panes, p.Segment(i))
		}
		for _, sig := range (drift.Shift{}).Evaluate(s) {
			sig.Subject.Segment = segment.Name
			out.Signals = append(out.Signals, sig)
		}
	}
	(&alert.Policy{}).Decide(out)
	return out
}

// want is what the diagnosis has to say first.
var want = map[fault]struct {
	kind          explain.Kind
	name, segment string
	words         string
}{
	none:     {explain.KindHealthy, "", "", "Nothing to report"},
	unit:     {explain.KindUpstream, "amount", "", "Data broken upstream: amount "},
	upstream: {explain.KindUpstream, "income", "tenant=acme", "Data broken upstream for tenant=acme: income missing "},
	concept:  {explain.KindConcept, "region=north", "", "Concept drifted in one slice: region=north"},
	mixture:  {explain.KindMix, "channel", "", "Only the mix of inputs changed: channel=web "},
}

// runsEach is how many runs share a reference, which takes longest to make.
const runsEach = 20

// Planted causes are named first, with the right sentence.
func TestPlantedCausesAreNamedFirst(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	schema := lender(t)
	faults := []fault{none, unit, upstream, concept, mixture}
	right := map[fault]int{}
	var ref *profile.Reference
	for run := range *runs {
		r := rand.New(rand.NewPCG(*seed, uint64(run)))
		if run%runsEach == 0 {
			ref = build(t, schema, applicants(r, reference*paneRows, none), profile.BlockRows(paneRows))
		}
		for _, f := range faults {
			var panes []*profile.Profile
			for range 4 {
				panes = append(panes, observe(ref.Geometry(), applicants(r, paneRows, f)))
			}
			d := explain.Diagnose(reportOf(ref, panes))
			w, says := want[f], d.Sentence
			if len(d.Causes) > 0 { // what is worse comes before
				says = d.Causes[0].Sentence
			}
			if d.Kind == w.kind && strings.HasPrefix(says, w.words) && strings.Contains(d.Sentence, says) &&
				(len(d.Causes) == 0 || d.Causes[0].Subject.Name == w.name && d.Causes[0].Subject.Segment == w.segment) {
				right[f]++
			} else {
				t.Logf("%s, run %d: %s: %s", f, run, d.Kind, d.Sentence)
			}
			if run == 0 {
				t.Logf("%s: %s", f, d.Sentence)
			}
		}
	}
	for _, f := range faults {
		t.Logf("%s: %d of %d named first", f, right[f], *runs)
		if float64(right[f]) < .95*float64(*runs) {
			t.Errorf("%s: named first in %d of %d runs; want 95 %%", f, right[f], *runs)
		}
	}
}
