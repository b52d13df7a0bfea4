package multivariate_test

import (
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// watch feeds a world through a monitor and returns the last report.
func watch(t *testing.T, m *monitor.Monitor, worlds ...world) *report.Report {
	t.Helper()
	for i, w := range worlds {
		for row := range w.seq(uint64(100 + i)) {
			m.Observe(t.Context(), row)
		}
	}
	r := m.Report()
	if err := m.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// A monitor without a reference learns pairs and components like everything else.
func TestLearned(t *testing.T) {
	w := world{d: 4, rho: rho(.6), rows: 1000 + 30*300 + 2*300}
	drifted := w
	drifted.rho, drifted.rows = rho(-.2, .6), 4*300
	m, err := monitor.New("learned", w.schema(), monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Rows: 300}),
		monitor.WithLearning(monitor.Learning{Rows: 1000, Panes: 30}), monitor.WithEvaluators(evaluators()...))
	if err != nil {
		t.Fatal(err)
	}
	r := watch(t, m, w, drifted)
	for _, s := range r.Signals {
		if s.Name == "drift.pair" && s.Subject.Name == "x00×x01" && s.Window.Scale == 1 && s.HasP && s.P < 1e-4 {
			return
		}
	}
	t.Errorf("the pair that changed is not found in %+v", r.Signals)
}

// Above 50 features pairs are followed on request: the most correlated ones.
func TestWide(t *testing.T) {
	w := world{d: 60, rho: rho(.5), rows: 6000}
	reference, err := profile.Build(w.schema(), w.seq(1), profile.WithPairs())
	if err != nil {
		t.Fatal(err)
	}
	w.rho, w.rows = rho(-.1, .5), 500
	c := comparison(reference, profiled(reference.Geometry(), w.seq(2)))
	s := multivariate.Pairs{Most: 1}.Evaluate(c)
	if len(s) != 2 || s[0].Subject.Name != "x00×x01" || s[0].P > 1e-4 {
		t.Errorf("signals %+v", s)
	}
	if s := (multivariate.Projections{}).Evaluate(c); len(s) != 0 {
		t.Errorf("%d signals of components that do not exist", len(s))
	}
}

// Profiles of a reference that was saved and loaded are judged alike.
func TestLoaded(t *testing.T) {
	w := world{d: 5, rho: rho(.5), rows: 4000}
	reference := w.reference(t, 1)
	data, err := reference.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	loaded := new(profile.Reference)
	if err := loaded.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	w.rho, w.rows = rho(.3), 400
	for _, e := range evaluators() {
		a := e.Evaluate(comparison(reference, profiled(reference.Geometry(), w.seq(2))))
		b := e.Evaluate(comparison(loaded, profiled(loaded.Geometry(), w.seq(2))))
		if len(a) != len(b) {
			t.Fatalf("%d signals and %d", len(a), len(b))
		}
		for i := range a {
			if a[i].P != b[i].P || a[i].Value != b[i].Value {
				t.Errorf("%s: %v, %v and loaded %v, %v", a[i].Name, a[i].Value, a[i].P, b[i].Value, b[i].P)
			}
		}
	}
}
