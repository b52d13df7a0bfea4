package monitor_test

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = monitor.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil)))

// evaluate makes an evaluator of a function.
type evaluate func(profile.Comparison) []report.Signal

func (f evaluate) Evaluate(c profile.Comparison) []report.Signal { return f(c) }

// decide makes a decider of a function.
type decide func(*report.Report)

func (f decide) Decide(r *report.Report) { f(r) }

// exporter records what it is given; each of its functions may be nil.
type exporter struct {
	start    func(report.Source) error
	export   func(context.Context, *report.Report) error
	shutdown func(context.Context) error

	mu      sync.Mutex
	started int
	ended   int
	reports []*report.Report
}

func (e *exporter) Start(s report.Source) error {
	e.mu.Lock()
	e.started++
	e.mu.Unlock()
	if e.start != nil {
		return e.start(s)
	}
	return nil
}

func (e *exporter) Export(ctx context.Context, r *report.Report) error {
	e.mu.Lock()
	e.reports = append(e.reports, r)
	e.mu.Unlock()
	if e.export != nil {
		return e.export(ctx, r)
	}
	return nil
}

func (e *exporter) Shutdown(ctx context.Context) error {
	e.mu.Lock()
	e.ended++
	e.mu.Unlock()
	if e.shutdown != nil {
		return e.shutdown(ctx)
	}
	return nil
}

// exported returns the pane numbers of the reports exported so far.
func (e *exporter) exported() (panes []uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.reports {
		panes = append(panes, r.Pane)
	}
	return panes
}

// total returns the value of a total with these attributes, and 0 where there is
// none.
func total(s report.Source, name string, attributes ...report.Attribute) float64 {
	var sum float64
next:
	for t := range s.Totals() {
		if t.Name != name || len(t.Attributes) != len(attributes) {
			continue
		}
		for i, a := range attributes {
			if t.Attributes[i] != a {
				continue next
			}
		}
		sum += t.Value
	}
	return sum
}

func reason(value string) report.Attribute {
	return report.Attribute{Key: report.AttrReason, Value: value}
}

func dropped(s report.Source, why string) float64 {
	return total(s, report.TotalDropped, reason(why))
}

func failures(s report.Source, part string) float64 {
	return total(s, report.TotalFailures, reason(part))
}

// applicants is the reference that most tests compare with; it is built once.
var applicants = sync.OnceValues(func() (*profile.Reference, error) {
	s, err := profile.SchemaOf[applicant](profile.Binary(.5))
	if err != nil {
		return nil, err
	}
	return profile.Build(s, rowsOf(1, 5000))
})

func withReference(t testing.TB) monitor.Option {
	t.Helper()
	r, err := applicants()
	if err != nil {
		t.Fatal(err)
	}
	return monitor.WithReference(r)
}

// observe gives m the first n rows of a seed.
func observe(t testing.TB, m *monitor.Monitor, seed uint64, n int) {
	t.Helper()
	for row := range rowsOf(seed, n) {
		m.Observe(t.Context(), row)
	}
}

// observeAt is observe in event time: one row each step, the first at a time.
func observeAt(t testing.TB, m *monitor.Monitor, at time.Time, step time.Duration, n int) {
	t.Helper()
	for row := range rowsOf(9, n) {
		row.Time = at
		m.Observe(t.Context(), row)
		at = at.Add(step)
	}
}
