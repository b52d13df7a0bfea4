package monitor_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func TestTotalsAreCatalogued(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	mon.ObserveRows(t.Context(), oddRows())
	known := map[string]bool{}
	for _, e := range report.Catalogue() {
		known[e.Name] = true
	}
	seen := map[string]bool{}
	for total := range mon.Totals() {
		if !known[total.Name] {
			t.Errorf("%s is not in the catalogue", total.Name)
		}
		id := fmt.Sprint(total.Name, total.Attributes)
		if seen[id] {
			t.Errorf("%s is there twice", id)
		}
		seen[id] = true
		if total.Kind == report.Histogram && len(total.Counts) != len(total.Bounds)+1 {
			t.Errorf("%s has %d counts for %d bounds", id, len(total.Counts), len(total.Bounds))
		}
	}
	for _, name := range []string{report.TotalPredictions, report.TotalDropped, report.TotalFailures, report.TotalPanes} {
		var some bool
		for id := range seen {
			some = some || len(id) > len(name) && id[:len(name)] == name
		}
		if !some {
			t.Errorf("there is no %s", name)
		}
	}
}

func TestTotalsStopWhenTheReaderDoes(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	var n int
	for range mon.Totals() {
		if n++; n == 3 {
			break
		}
	}
	for range mon.History() {
		break
	}
}

// counters returns the value of every counter and bucket.
func counters(s report.Source) map[string]float64 {
	out := map[string]float64{}
	for total := range s.Totals() {
		id := fmt.Sprint(total.Name, total.Attributes)
		switch total.Kind {
		case report.Counter:
			out[id] = total.Value
		case report.Histogram:
			for i, n := range total.Counts {
				out[fmt.Sprint(id, i)] = float64(n)
			}
		}
	}
	return out
}

// TestCountersNeverDecrease: over learning, panes, flushes and shutdown. A series
// once there stays.
func TestCountersNeverDecrease(t *testing.T) {
	for name, options := range map[string][]monitor.Option{
		"reference": {withReference(t)}, "learning": {monitor.WithLearning(monitor.Learning{Rows: 200, Panes: 3})},
	} {
		mon := newMonitor(t, append(options, monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Rows: 70}))...)
		before := counters(mon)
		check := func(when string) {
			t.Helper()
			now := counters(mon)
			for _, id := range slices.Sorted(maps.Keys(before)) {
				if v, ok := now[id]; !ok || v < before[id] {
					t.Fatalf("%s, %s: %s went from %v to %v", name, when, id, before[id], v)
				}
			}
			before = now
		}
		for i := range 600 {
			observe(t, mon, uint64(i), 1)
			if i%7 == 0 {
				check("observing")
			}
			if i%150 == 149 {
				mon.Flush(t.Context())
				check("flushed")
			}
		}
		mon.ObserveRows(t.Context(), oddRows())
		mon.Shutdown(t.Context())
		check("shut down")
	}
}

// TestReadersNeverSeeAPaneVanish reads totals while panes close.
func TestReadersNeverSeeAPaneVanish(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithClock(newClock()))
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		var last float64
		for {
			select {
			case <-stop:
				return
			default:
			}
			now := total(mon, report.TotalMissing, report.Attribute{Key: report.AttrFeature, Value: "purpose"})
			if now < last {
				t.Errorf("a counter went from %v to %v", last, now)
				return
			}
			last = now
		}
	}()
	for range 60 {
		for range 20 {
			mon.Observe(t.Context(), profile.Row{})
		}
		mon.Flush(t.Context())
	}
	close(stop)
	<-done
}

func TestPredictionsAddUp(t *testing.T) {
	rows := oddRows()
	absent := 1.0
	for row := range rowsOf(1, 100) {
		rows = append(rows, row)
	}
	sum := func(mon *monitor.Monitor) (n float64) {
		for total := range mon.Totals() {
			if total.Name == report.TotalPredictions {
				n += total.Value
			}
		}
		return n
	}
	for name, target := range map[string]profile.Target{
		"binary": profile.Binary(.5), "multiclass": profile.Multiclass("a", "b"), "regression": profile.Regression(),
	} {
		s, err := profile.NewSchema(target, profile.Feature{Name: "age"}, profile.Feature{Name: "purpose", Kind: profile.Categorical})
		if err != nil {
			t.Fatal(err)
		}
		mon, err := monitor.New("m", s, monitor.WithEventTime(), monitor.WithLearning(monitor.Learning{Rows: 50, Panes: 3}))
		if err != nil {
			t.Fatal(err)
		}
		mon.ObserveRows(t.Context(), rows)
		if target.Task == profile.MulticlassTask {
			for _, class := range []string{"a", "b", "nobody's class"} {
				mon.Observe(t.Context(), profile.Row{Outcome: profile.Outcome{Class: class}})
			}
		}
		mon.Flush(t.Context())
		if got, want := sum(mon), float64(mon.Report().Rows)-absent; got != want {
			t.Errorf("%s: %v predictions of %v rows with an answer", name, got, want)
		}
		mon.Shutdown(t.Context())
	}
}

func TestClassesOfTheThreshold(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	for _, score := range []float64{0, .25, .4999, .5, .75, 1} {
		mon.Observe(t.Context(), profile.Row{Outcome: profile.Outcome{Score: score}, Latency: time.Millisecond})
	}
	mon.Flush(t.Context())
	for class, want := range map[string]float64{"negative": 3, "positive": 3} {
		if got := total(mon, report.TotalPredictions, report.Attribute{Key: report.AttrClass, Value: class}); got != want {
			t.Errorf("%v predictions are %s, want %v", got, class, want)
		}
	}
	if got := total(mon, report.TotalDuration); got < .00599 || got > .00601 {
		t.Errorf("six milliseconds add up to %v s", got)
	}
}

// TestCellsAddUp: what a feature's totals count is every row.
func TestCellsAddUp(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithEventTime())
	mon.ObserveRows(t.Context(), oddRows())
	mon.Flush(t.Context())
	for _, feature := range []string{"age", "income", "purpose", "member"} {
		var sum, shares float64
		for total := range mon.Totals() {
			if len(total.Attributes) == 0 || total.Attributes[0].Value != feature {
				continue
			}
			switch total.Name {
			case report.TotalCells, report.TotalMissing, report.TotalInvalid:
				sum += total.Value
			case report.TotalOutOfRange:
				if feature == "purpose" || feature == "member" { // a number out of range has a cell
					sum += total.Value
				}
			case report.TotalReferenceShare:
				shares += total.Value
			}
		}
		if want := float64(mon.Report().Rows); sum != want {
			t.Errorf("%s: %v values counted in %v rows", feature, sum, want)
		}
		if shares < .999999 || shares > 1.000001 {
			t.Errorf("%s: the reference's shares add up to %v", feature, shares)
		}
	}
}
