package monitor_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// Rows are observed faster here than one drainer keeps up with, so that some are
// dropped: this is the caller's cost alone. bench/hotpath measures the whole.

func benchMonitor(b *testing.B) *monitor.Monitor {
	s := schemaOf[applicant](b)
	return newMonitor(b, monitor.WithReference(referenceOf(b, s)), quiet)
}

func BenchmarkObserve(b *testing.B) {
	m := benchMonitor(b)
	values := []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
	row := profile.Row{Values: values, Outcome: profile.Outcome{Score: .5}}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Observe(context.Background(), row)
		}
	})
}

// BenchmarkObserveWithID is BenchmarkObserve with rows that a label may come for.
func BenchmarkObserveWithID(b *testing.B) {
	m := benchMonitor(b)
	values := []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
	ids := make([]string, 1<<12)
	for i := range ids {
		ids[i] = fmt.Sprintf("application-%012d", i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		row := profile.Row{Values: values, Outcome: profile.Outcome{Score: .5}}
		for i := 0; pb.Next(); i++ {
			row.ID = ids[i%len(ids)]
			m.Observe(context.Background(), row)
		}
	})
}

// BenchmarkObserveAlone is what one caller pays, with and without an id.
func BenchmarkObserveAlone(b *testing.B) {
	values := []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
	for name, id := range map[string]string{"without id": "", "with id": "application-000000000042"} {
		b.Run(name, func(b *testing.B) {
			m := benchMonitor(b)
			row := profile.Row{ID: id, Values: values, Outcome: profile.Outcome{Score: .5}}
			b.ReportAllocs()
			for b.Loop() {
				m.Observe(context.Background(), row)
			}
		})
	}
}

func BenchmarkLabel(b *testing.B) {
	m := benchMonitor(b)
	ids := make([]string, 1<<12)
	for i := range ids {
		ids[i] = fmt.Sprintf("application-%012d", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Label(context.Background(), ids[i%len(ids)], profile.Positive())
	}
}

func BenchmarkWrap(b *testing.B) {
	for name, every := range map[string]int{"no latency": 0, "latency 1 in 16": 16, "latency": 1} {
		b.Run(name, func(b *testing.B) {
			wrapped, err := monitor.Wrap(benchMonitor(b), func(context.Context, applicant) (float64, error) { return .5, nil }, monitor.LatencyEvery(every))
			if err != nil {
				b.Fatal(err)
			}
			income := 3.
			in := applicant{Age: 30, Income: &income, Purpose: "car"}
			b.ReportAllocs()
			for b.Loop() {
				wrapped(context.Background(), in)
			}
		})
	}
}

// BenchmarkFlush closes, files and reports a pane of 1000 rows, without
// evaluators.
func BenchmarkFlush(b *testing.B) {
	m := benchMonitor(b)
	rows := make([]profile.Row, 0, 1000)
	for row := range rowsOf(9, cap(rows)) {
		rows = append(rows, row)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.ObserveRows(context.Background(), rows)
		m.Flush(context.Background())
	}
}

func BenchmarkTotals(b *testing.B) {
	m := benchMonitor(b)
	for row := range rowsOf(9, 5000) {
		m.Observe(context.Background(), row)
	}
	b.ReportAllocs()
	for b.Loop() {
		for range m.Totals() { //nolint:revive // reading is what is measured
		}
	}
}
