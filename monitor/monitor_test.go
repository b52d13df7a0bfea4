package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// applicant is what the test model takes.
type applicant struct {
	ID      string   `monitor:",id"`
	Age     float64  `monitor:"age,min=18,max=120"`
	Income  *float64 `monitor:"income"`
	Purpose string   `monitor:"purpose,oneof=car|home|study"`
	Member  bool     `monitor:"member"`
}

func schemaOf[T any](t testing.TB) *profile.Schema {
	t.Helper()
	s, err := profile.SchemaOf[T](profile.Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rowsOf yields n rows of applicants, the same for the same seed.
func rowsOf(seed uint64, n int) func(yield func(profile.Row, error) bool) {
	return func(yield func(profile.Row, error) bool) {
		random := rand.New(rand.NewPCG(seed, 2))
		for range n {
			values := []profile.Value{
				profile.Float(18 + 60*random.Float64()), profile.Float(random.NormFloat64()),
				profile.String([]string{"car", "home", "study"}[random.IntN(3)]), profile.Bool(random.IntN(2) == 0),
			}
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: random.Float64()}}, nil) {
				return
			}
		}
	}
}

func referenceOf(t testing.TB, s *profile.Schema) *profile.Reference {
	t.Helper()
	r, err := profile.Build(s, rowsOf(1, 5000))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shares is an evaluator that reports the share of each column's first cell.
type shares struct{}

func (shares) Evaluate(c profile.Comparison) (signals []report.Signal) {
	for p := range c.Inputs() {
		s := c.Signal("test.share", p)
		s.Value = float64(p.Current.Cells[0]) / float64(max(1, p.Current.Valid()))
		signals = append(signals, s)
	}
	return signals
}

func newMonitor(t testing.TB, options ...monitor.Option) *monitor.Monitor {
	t.Helper()
	m, err := monitor.New("credit", schemaOf[applicant](t), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown(context.Background()) })
	return m
}

func TestFlushConcludesWhatWasObserved(t *testing.T) {
	s := schemaOf[applicant](t)
	m := newMonitor(t, monitor.WithReference(referenceOf(t, s)), monitor.WithEvaluators(shares{}))
	for row := range rowsOf(2, 1000) {
		m.Observe(t.Context(), row)
	}
	if err := m.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := m.Report()
	if r.Rows != 1000 || r.Pane != 1 {
		t.Fatalf("report on %d rows, pane %d; want 1000 rows, pane 1", r.Rows, r.Pane)
	}
	if _, ok := r.Find("test.share", report.Subject{Kind: report.KindFeature, Name: "age"}, 1); !ok {
		t.Errorf("no signal on age in %v", r.Signals)
	}
}

func TestEventTimeIsReproducible(t *testing.T) {
	s := schemaOf[applicant](t)
	reference := referenceOf(t, s)
	run := func() string {
		m := newMonitor(t, monitor.WithReference(reference), monitor.WithEvaluators(shares{}), monitor.WithEventTime(),
			monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 50}))
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for row := range rowsOf(3, 3000) {
			at = at.Add(600 * time.Millisecond)
			row.Time = at
			m.Observe(t.Context(), row)
		}
		m.Flush(t.Context())
		return fmt.Sprintf("%+v", *m.Report())
	}
	a, b := run(), run()
	if a != b {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
	if !strings.Contains(a, "Pane:31") {
		t.Errorf("3000 rows in 30 minutes made: %.200s", a)
	}
}

func TestLearnsAReference(t *testing.T) {
	m := newMonitor(t, monitor.WithEvaluators(shares{}), monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Rows: 300}), monitor.WithLearning(monitor.Learning{Rows: 500, Panes: 5}))
	var n int
	for row := range rowsOf(4, 4000) {
		if n++; n == 100 && m.Report().Learning == nil {
			t.Fatal("it does not say that it is learning")
		}
		m.Observe(t.Context(), row)
	}
	r := m.Report()
	if r.Learning != nil {
		t.Fatalf("still learning after %d rows: %+v", n, r.Learning)
	}
	if m.Reference() == nil || len(r.Signals) == 0 {
		t.Fatalf("no reference or no signals: %+v", r)
	}
	if got := m.Reference().Profile().Rows; got < 1500 {
		t.Errorf("learned from %d rows; want 5 panes of at least 300", got)
	}
}

func TestWrapChangesNothingForTheCaller(t *testing.T) {
	s := schemaOf[applicant](t)
	m := newMonitor(t, monitor.WithReference(referenceOf(t, s)), monitor.WithEvaluators(shares{}))
	fail := errors.New("no")
	predict, err := monitor.Wrap(m, func(_ context.Context, a applicant) (float64, error) {
		switch {
		case a.Age < 0:
			panic("negative age")
		case a.Age > 100:
			return 0, fail
		}
		return a.Age / 100, nil
	}, monitor.LatencyEvery(1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := predict(t.Context(), applicant{Age: 50}); got != .5 || err != nil {
		t.Errorf("predict gave %v, %v", got, err)
	}
	if _, err := predict(t.Context(), applicant{Age: 101}); err != fail {
		t.Errorf("predict gave error %v", err)
	}
	func() {
		defer func() {
			if v := recover(); v != "negative age" {
				t.Errorf("panic was %v", v)
			}
		}()
		predict(t.Context(), applicant{Age: -1})
	}()
	m.Flush(t.Context())
	p := m.Profile(1)
	if p.Rows != 3 || p.Errors != 2 {
		t.Errorf("%d rows, %d errors; want 3 and 2", p.Rows, p.Errors)
	}
}
