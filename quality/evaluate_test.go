package quality_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/quality"
	"github.com/tidemark-ml/tidemark/report"
)

// evaluator is what monitor calls one.
type evaluator interface {
	Evaluate(profile.Comparison) []report.Signal
}

func ptr(v float64) *float64 { return &v }

func testSchema() (*profile.Schema, error) {
	return profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "age", Min: ptr(0), Max: ptr(120)},
		profile.Feature{Name: "income"},
		profile.Feature{Name: "id", Required: true},
		profile.Feature{Name: "colour", Kind: profile.Categorical},
		profile.Feature{Name: "plan", Kind: profile.Categorical, OneOf: []string{"a", "b"}},
	)
}

// healthy draws one healthy row.
func healthy(r *rand.Rand) profile.Row {
	income := profile.Float(r.NormFloat64())
	if r.Float64() < .05 {
		income = profile.Missing()
	}
	return profile.Row{
		Values: []profile.Value{
			profile.Float(20 + 60*r.Float64()), income, profile.Float(float64(r.IntN(1000))),
			profile.String([]string{"red", "green", "blue"}[r.IntN(3)]), profile.String([]string{"a", "b"}[r.IntN(2)]),
		},
		Outcome: profile.Outcome{Score: r.Float64()}, Latency: time.Duration(1+r.IntN(9)) * time.Millisecond,
	}
}

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// healthyReference is built once: it is immutable.
var healthyReference = sync.OnceValues(func() (*profile.Reference, error) {
	s, err := testSchema()
	if err != nil {
		return nil, err
	}
	return profile.Build(s, func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(7, 7))
		for i := range 10_000 {
			row := healthy(r)
			row.Time = start.Add(time.Duration(i) * time.Second)
			if !yield(row, nil) {
				return
			}
		}
	})
})

// compared returns a comparison of n rows, changed by change, with a reference
// of 10,000 healthy ones in blocks of 200.
func compared(t *testing.T, seed uint64, n int, change func(i int, row *profile.Row)) profile.Comparison {
	t.Helper()
	reference, err := healthyReference()
	if err != nil {
		t.Fatal(err)
	}
	now := rand.New(rand.NewPCG(seed, 8))
	rows := make([]profile.Row, n)
	for i := range rows {
		rows[i] = healthy(now)
		rows[i].Time = start.Add(time.Duration(20_000+i) * time.Second)
		change(i, &rows[i])
	}
	p, err := reference.Geometry().Fill(profile.WithSketches, profile.Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	begin := start.Add(20_000 * time.Second)
	return profile.Comparison{
		Reference: reference, Current: p,
		Window: report.Window{Start: begin, End: begin.Add(time.Duration(n) * time.Second), Scale: 1, Pane: 1},
	}
}

func signalOf(t *testing.T, e evaluator, c profile.Comparison, name, subject string) report.Signal {
	t.Helper()
	for _, s := range e.Evaluate(c) {
		if s.Name == name && s.Subject.Name == subject {
			if !s.Finite() {
				t.Errorf("%s of %q is not finite: %+v", name, subject, s)
			}
			return s
		}
	}
	t.Fatalf("no %s of %q", name, subject)
	return report.Signal{}
}

// TestFaultsAreSeen plants one fault at a time and asks for the value of the
// signal that must show it, and whether it counts as evidence beyond doubt.
func TestFaultsAreSeen(t *testing.T) {
	set := func(at int, v profile.Value, every int) func(int, *profile.Row) {
		return func(i int, row *profile.Row) {
			if i%every == 0 {
				row.Values[at] = v
			}
		}
	}
	tests := []struct {
		fault     string
		evaluator evaluator
		signal    string
		subject   string
		change    func(int, *profile.Row)
		value     float64
		p         float64 // at most; NaN where it must not be evidence
	}{
		{"missing", quality.Completeness{}, "quality.missing", "age", set(0, profile.Missing(), 4), .25, 1e-9},
		{"required missing once", quality.Completeness{}, "quality.missing", "id", set(2, profile.Missing(), 1000), .001, 0},
		{"NaN", quality.Validity{}, "quality.invalid", "income", set(1, profile.Float(math.NaN()), 20), .05, 1e-9},
		{"infinity", quality.Validity{}, "quality.invalid", "age", set(0, profile.Float(math.Inf(1)), 10), .1, 1e-9},
		{"text for a number", quality.Validity{}, "quality.type_mismatch", "age", set(0, profile.String("old"), 10), .1, 1e-9},
		{"not UTF-8", quality.Validity{}, "quality.invalid", "colour", set(3, profile.String("\xff"), 10), .1, 1e-9},
		{"below min once", quality.Domain{}, "quality.out_of_range", "age", set(0, profile.Float(-1), 1000), .001, 0},
		{"above max", quality.Domain{}, "quality.out_of_range", "age", set(0, profile.Float(121), 100), .01, 0},
		{"undeclared value", quality.Domain{}, "quality.out_of_range", "plan", set(4, profile.String("c"), 1000), .001, 0},
		{"unseen category", quality.Domain{}, "quality.unseen", "colour", set(3, profile.String("pink"), 10), .1, 1e-9},
		{"outliers", quality.Outliers{}, "quality.outliers", "income", set(1, profile.Float(1e6), 10), .1, 1e-9},
		{"stuck", quality.Cardinality{}, "quality.constant", "income", set(1, profile.Float(3), 1), 1, math.NaN()},
		{"stuck label", quality.Cardinality{}, "quality.constant", "colour", set(3, profile.String("red"), 1), 1, math.NaN()},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			c := compared(t, 1, 1000, test.change)
			s := signalOf(t, test.evaluator, c, test.signal, test.subject)
			if math.Abs(s.Value-test.value) > 1e-9 {
				t.Errorf("value %v, want %v", s.Value, test.value)
			}
			if !math.IsNaN(test.p) && (!s.HasP || s.P > test.p) {
				t.Errorf("p %v (%v), want at most %v", s.P, s.HasP, test.p)
			}
			if test.p == 0 && s.Evidence != report.Quality {
				t.Errorf("a broken rule is evidence %q", s.Evidence)
			}
			clean := signalOf(t, test.evaluator, compared(t, 2, 1000, func(int, *profile.Row) {}), test.signal, test.subject)
			if clean.HasP && clean.P < 1e-4 {
				t.Errorf("healthy data give p %v, value %v", clean.P, clean.Value)
			}
		})
	}
}

// TestShareKeepsItsLevel: under no change a share's p-value is below alpha in
// about alpha of all windows, the discrete ones in less.
func TestShareKeepsItsLevel(t *testing.T) {
	const windows = 300
	var below, beyond int
	for seed := range uint64(windows) {
		s := signalOf(t, quality.Completeness{}, compared(t, 100+seed, 400, func(int, *profile.Row) {}), "quality.missing", "income")
		if s.P < .05 {
			below++
		}
		if limit, ok := s.Critical.At(.01); !ok || s.Value > limit {
			beyond++
		}
	}
	if share := float64(below) / windows; share > .09 {
		t.Errorf("p below .05 in %.3f of healthy windows", share)
	}
	if share := float64(beyond) / windows; share > .03 {
		t.Errorf("beyond the critical value at .01 in %.3f of healthy windows", share)
	}
}

func TestLargerWindowsAreLeftToDrift(t *testing.T) {
	c := compared(t, 1, 300, func(int, *profile.Row) {})
	c.Window.Scale = 4
	for _, e := range []evaluator{
		quality.Completeness{}, quality.Validity{}, quality.Domain{}, quality.Cardinality{},
		quality.Outliers{}, quality.Volume{}, quality.Freshness{}, quality.Operation{},
	} {
		if got := e.Evaluate(c); len(got) != 0 {
			t.Errorf("%T gave %d signals on a window of four panes", e, len(got))
		}
	}
}

func TestEmptyWindowIsUndefined(t *testing.T) {
	c := compared(t, 1, 0, nil)
	for _, e := range []evaluator{
		quality.Completeness{}, quality.Validity{}, quality.Domain{}, quality.Cardinality{},
		quality.Outliers{}, quality.Volume{}, quality.Freshness{}, quality.Operation{},
	} {
		for _, s := range e.Evaluate(c) {
			if !s.Undefined && s.Name != "quality.distinct" {
				t.Errorf("%s of %v is %v on an empty window", s.Name, s.Subject, s.Value)
			}
		}
	}
}

func TestOperation(t *testing.T) {
	c := compared(t, 1, 1000, func(i int, row *profile.Row) {
		if i%20 == 0 {
			row.Err = &profile.PanicError{}
		}
	})
	s := signalOf(t, quality.Operation{}, c, "operation.error_rate", "")
	if s.Value != .05 || !s.HasP || s.P > 1e-10 || s.Evidence != report.Operational {
		t.Errorf("5 %% errors: %+v", s)
	}
	if !strings.Contains(s.Effect.Words, "5 %") {
		t.Errorf("words: %q", s.Effect.Words)
	}
	if s := signalOf(t, quality.Operation{Tolerated: .1}, c, "operation.error_rate", ""); s.P < .5 {
		t.Errorf("5 %% errors where 10 %% are tolerated: p %v", s.P)
	}
	p50 := signalOf(t, quality.Operation{}, c, "operation.latency_p50", "")
	p99 := signalOf(t, quality.Operation{}, c, "operation.latency_p99", "")
	if math.Abs(p50.Value-.005) > .001 || p99.Value < .0085 || p99.Value > .0091 {
		t.Errorf("latencies of 1 to 9 ms: median %v, p99 %v", p50.Value, p99.Value)
	}
	if s := signalOf(t, quality.Operation{}, c, "operation.throughput", ""); s.Value != 1 {
		t.Errorf("one row a second: %v", s.Value)
	}
}

func TestVolume(t *testing.T) {
	normal := signalOf(t, quality.Volume{}, compared(t, 1, 500, func(int, *profile.Row) {}), "quality.volume", "")
	if math.Abs(normal.Value-1) > 1e-9 || math.Abs(normal.Floor-1) > .02 {
		t.Errorf("one row a second: %v, reference %v", normal.Value, normal.Floor)
	}
	c := compared(t, 1, 500, func(int, *profile.Row) {})
	c.Window.End = c.Window.Start
	if s := signalOf(t, quality.Volume{}, c, "quality.volume", ""); !s.Undefined {
		t.Errorf("a window without duration has volume %v", s.Value)
	}
}

func TestFreshness(t *testing.T) {
	c := compared(t, 1, 100, func(int, *profile.Row) {})
	c.Window.End = c.Window.End.Add(time.Minute)
	if s := signalOf(t, quality.Freshness{}, c, "quality.freshness", ""); math.Abs(s.Value-61) > 1e-6 {
		t.Errorf("newest row 61 s before the end: %v", s.Value)
	}
	none := compared(t, 1, 100, func(_ int, row *profile.Row) { row.Time = time.Time{} })
	if s := signalOf(t, quality.Freshness{}, none, "quality.freshness", ""); !s.Undefined {
		t.Errorf("rows without time are %v s old", s.Value)
	}
}

func TestDistinctCountsLabels(t *testing.T) {
	c := compared(t, 1, 1000, func(i int, row *profile.Row) {
		row.Values[3] = profile.String(strings.Repeat("x", 1+i%40))
	})
	s := signalOf(t, quality.Cardinality{}, c, "quality.distinct", "colour")
	if s.Floor != 3 || math.Abs(s.Value-40) > 2 {
		t.Errorf("40 labels against 3: %v against %v", s.Value, s.Floor)
	}
}
