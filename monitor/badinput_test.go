package monitor_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// oddRows are one row of each kind of bad input.
func oddRows() []profile.Row {
	var rows []profile.Row
	values := func(v ...profile.Value) { rows = append(rows, profile.Row{Time: noon, Values: v}) }
	for _, age := range []profile.Value{
		profile.Float(math.NaN()), profile.Float(math.Inf(1)), profile.Float(math.Inf(-1)), profile.Float(math.Copysign(0, -1)),
		profile.Float(math.MaxFloat64), profile.Float(math.SmallestNonzeroFloat64), profile.Int(math.MinInt64), profile.Int(121),
		profile.String("forty"), profile.Bool(true), profile.Vector([]float32{1}), profile.Missing(),
		profile.ValueOf(struct{}{}), profile.ValueOf((*float64)(nil)), profile.ValueOf([]int{1}),
	} {
		values(age)
	}
	for _, purpose := range []profile.Value{
		profile.String("car"), profile.String(""), profile.String("\xff\xfe"), profile.String(strings.Repeat("x", 1<<20)),
		profile.String(strings.Repeat("é", 1<<10)), profile.Int(7), profile.Bool(true), profile.Float(1), profile.Vector(nil),
	} {
		values(profile.Float(30), profile.Missing(), purpose)
	}
	values()
	values(make([]profile.Value, 100)...)
	for _, score := range []float64{math.NaN(), math.Inf(1), -1, 2, math.Copysign(0, -1), math.MaxFloat64} {
		rows = append(rows, profile.Row{Time: noon, Outcome: profile.Outcome{Score: score}})
	}
	return append(rows,
		profile.Row{Time: noon, Outcome: profile.Outcome{Absent: true}},
		profile.Row{Time: noon, Outcome: profile.Outcome{Class: "?", Probabilities: []float64{math.NaN()}}},
		profile.Row{Time: noon, Err: errors.New("no")}, profile.Row{Time: noon, Err: &profile.PanicError{}},
		profile.Row{Time: noon, Latency: -time.Second}, profile.Row{Time: noon, Latency: math.MaxInt64},
		profile.Row{Time: noon, Truth: profile.Class("x"), ID: strings.Repeat("i", 1<<20)},
	)
}

func TestBadInputCountsAsWhatItIs(t *testing.T) {
	type counts struct{ missing, invalid, mismatched, unseen, below, above uint64 }
	f := profile.Float
	for _, c := range []struct {
		name   string
		column string
		values []profile.Value // of that column, one row each
		want   counts
		cells  uint64
	}{
		{"no finite number", "age", []profile.Value{f(math.NaN()), f(math.Inf(1)), f(math.Inf(-1))}, counts{invalid: 3}, 0},
		{"wrong type", "age", []profile.Value{profile.String("40"), profile.Bool(true), profile.Vector([]float32{1}), profile.ValueOf(struct{}{})}, counts{mismatched: 4}, 0},
		{"nil", "age", []profile.Value{{}, profile.ValueOf(nil), profile.ValueOf((*int)(nil)), profile.Vector(nil)}, counts{missing: 4}, 0},
		{"out of range", "age", []profile.Value{f(17), f(18), f(120), f(121), f(math.Copysign(0, -1)), f(math.MaxFloat64)}, counts{below: 2, above: 2}, 6},
		{"minus zero is zero", "income", []profile.Value{f(math.Copysign(0, -1)), f(0)}, counts{}, 2},
		{"whole numbers", "age", []profile.Value{profile.Int(40), profile.Int(math.MinInt64)}, counts{below: 1}, 2},
		{"not UTF-8", "purpose", []profile.Value{profile.String("\xff"), profile.String("a\xc3")}, counts{invalid: 2}, 0},
		{"a megabyte", "purpose", []profile.Value{profile.String(strings.Repeat("x", 1<<20)), profile.String("car")}, counts{unseen: 1}, 1},
		{"the empty string is a category", "purpose", []profile.Value{profile.String("")}, counts{unseen: 1}, 0},
		{"labels of other types", "purpose", []profile.Value{profile.Int(3), profile.Bool(true), f(1)}, counts{unseen: 2, mismatched: 1}, 0},
		{"truth values", "member", []profile.Value{profile.Bool(true), profile.Int(1), profile.Int(2), profile.String("true"), {}}, counts{mismatched: 2, missing: 1}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			mon := newMonitor(t, withReference(t), monitor.WithEventTime())
			i := map[string]int{"age": 0, "income": 1, "purpose": 2, "member": 3}[c.column]
			for _, v := range c.values {
				values := make([]profile.Value, 4)
				values[i] = v
				mon.Observe(t.Context(), profile.Row{Values: values})
			}
			mon.Flush(t.Context())
			got := mon.Profile(1).Columns[i].Tally
			have := counts{got.Missing, got.Invalid, got.Mismatched, got.Unseen, got.Below, got.Above}
			if have != c.want || got.InCells() != c.cells {
				t.Errorf("%+v and %d in cells; want %+v and %d", have, got.InCells(), c.want, c.cells)
			}
			if got.Total() != uint64(len(c.values)) {
				t.Errorf("%d values were counted as %d", len(c.values), got.Total())
			}
		})
	}
}

// TestMinusZeroSharesItsCell: −0 and 0 are one number.
func TestMinusZeroSharesItsCell(t *testing.T) {
	cellOf := func(v float64) (cells []uint64) {
		mon := newMonitor(t, withReference(t), monitor.WithEventTime())
		mon.Observe(t.Context(), profile.Row{Values: []profile.Value{{}, profile.Float(v)}})
		mon.Flush(t.Context())
		return mon.Profile(1).Columns[1].Cells
	}
	a, b := cellOf(0), cellOf(math.Copysign(0, -1))
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("0 is in %v, −0 in %v", a, b)
		}
	}
}

func TestEveryRowIsInEveryColumn(t *testing.T) {
	for name, options := range map[string][]monitor.Option{
		"event time": {monitor.WithEventTime()}, "clock": {monitor.WithClock(newClock())},
	} {
		mon := newMonitor(t, append(options, withReference(t), monitor.WithEvaluators(shares{}))...)
		rows := oddRows()
		for _, row := range rows {
			mon.Observe(t.Context(), row)
		}
		mon.ObserveRows(t.Context(), rows)
		mon.ObserveRows(t.Context(), nil)
		if err := mon.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := mon.Profile(1)
		n := uint64(2 * len(rows))
		if p.Rows != n || p.Errors != 4 {
			t.Errorf("%s: %d rows of %d, %d errors of 4", name, p.Rows, n, p.Errors)
		}
		for i := range 4 {
			if got := p.Columns[i].Total(); got != n {
				t.Errorf("%s: column %d has %d values for %d rows", name, i, got, n)
			}
		}
		if got := dropped(mon, "surplus_value"); got != 2*96 {
			t.Errorf("%s: %v surplus values counted, want 192", name, got)
		}
		if got := dropped(mon, "clipped_label"); got != 4 {
			t.Errorf("%s: %v labels cut, want 4", name, got)
		}
		finiteReport(t, mon)
	}
}

// finiteReport fails where anything a source shows is NaN or ±Inf.
func finiteReport(t *testing.T, s report.Source) {
	t.Helper()
	check := func(what string, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s is %v", what, v)
		}
	}
	r := s.Report()
	for i := range r.Signals {
		if !r.Signals[i].Finite() {
			t.Errorf("signal %+v", r.Signals[i])
		}
		for _, v := range r.Signals[i].Critical {
			check("a critical value of "+r.Signals[i].Name, v)
		}
	}
	for _, in := range r.Incidents {
		for i := range in.Evidence {
			if !in.Evidence[i].Finite() {
				t.Errorf("evidence %+v", in.Evidence[i])
			}
		}
	}
	for _, d := range r.Distributions {
		check("low of "+d.Subject.Name, d.Low)
		check("high of "+d.Subject.Name, d.High)
	}
	for total := range s.Totals() {
		check(total.Name, total.Value)
	}
	for series := range s.History() {
		for _, p := range series.Points {
			check("history of "+series.Name, p.Value)
			check("threshold of "+series.Name, p.Threshold)
		}
	}
}
