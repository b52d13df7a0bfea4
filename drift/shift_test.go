package drift_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// model is a small model with synthetic rows: a normal number, a category, a
// constant, a sensitive number, and a uniform score.
type model struct {
	mean, sd     float64
	missing      float64 // share of the number
	stuck        float64 // share of the number at 9.5, beyond the range
	category     string  // replaces this share of the categories
	replaced     float64
	varies       float64 // this share of the constant
	random       *rand.Rand
	rowsPerBlock int
}

func newModel(seed uint64) *model {
	return &model{sd: 1, random: rand.New(rand.NewPCG(seed, 1)), rowsPerBlock: 500}
}

func schema(t testing.TB) *profile.Schema {
	t.Helper()
	s, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount"},
		profile.Feature{Name: "purpose", Kind: profile.Categorical},
		profile.Feature{Name: "fee"},
		profile.Feature{Name: "age", Sensitive: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m *model) row() profile.Row {
	r := m.random
	amount := profile.Float(m.mean + m.sd*r.NormFloat64())
	if r.Float64() < m.stuck {
		amount = profile.Float(9.5)
	}
	if r.Float64() < m.missing {
		amount = profile.Missing()
	}
	purpose := []string{"car", "home", "study", "other"}[min(3, int(r.ExpFloat64()))]
	if r.Float64() < m.replaced {
		purpose = m.category
	}
	fee := 3.0
	if m.varies > 0 && r.Float64() < m.varies {
		fee = 4
	}
	return profile.Row{
		Values:  []profile.Value{amount, profile.String(purpose), profile.Float(fee), profile.Float(40 + 10*(m.mean+r.NormFloat64()))},
		Outcome: profile.Outcome{Score: r.Float64()},
	}
}

func (m *model) reference(t testing.TB, blocks int, options ...profile.BuildOption) *profile.Reference {
	t.Helper()
	rows := make([]profile.Row, blocks*m.rowsPerBlock)
	for i := range rows {
		rows[i] = m.row()
	}
	options = append([]profile.BuildOption{profile.BlockRows(m.rowsPerBlock)}, options...)
	ref, err := profile.Build(schema(t), profile.Rows(rows), options...)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// window draws panes of n rows and merges them.
func (m *model) window(t testing.TB, ref *profile.Reference, panes, n int) profile.Comparison {
	t.Helper()
	g := ref.Geometry()
	c := profile.Comparison{Reference: ref, Current: g.New(profile.CountsOnly), Window: report.Window{Scale: panes}}
	for range panes {
		rows := make([]profile.Row, n)
		for i := range rows {
			rows[i] = m.row()
		}
		p, err := g.Fill(profile.CountsOnly, profile.Rows(rows))
		if err != nil {
			t.Fatal(err)
		}
		pane := p.Pack()
		c.Panes = append(c.Panes, pane)
		if err := pane.AddTo(c.Current); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func shiftOf(t testing.TB, signals []report.Signal, name string) report.Signal {
	t.Helper()
	for _, s := range signals {
		if s.Subject.Name == name {
			return s
		}
	}
	t.Fatalf("no signal of %q", name)
	return report.Signal{}
}

func TestShiftNamesTheComponent(t *testing.T) {
	ref := newModel(1).reference(t, 60)
	tests := []struct {
		name      string
		change    func(*model)
		subject   string
		component string
		words     string
	}{
		{"mean up", func(m *model) { m.mean = .5 }, "amount", "location", "level up 0."},
		{"mean down", func(m *model) { m.mean = -.5 }, "amount", "location", "level down 0."},
		{"scale up", func(m *model) { m.sd = 1.4 }, "amount", "scale", "scale up ×1."},
		{"scale down", func(m *model) { m.sd = .7 }, "amount", "scale", "scale down ×0."},
		{"missing", func(m *model) { m.missing = .05 }, "amount", "missing", "missing 0 % → "},
		{"sentinel", func(m *model) { m.stuck = .05 }, "amount", "range", ""},
		{"new category", func(m *model) { m.category, m.replaced = "boat", .03 }, "purpose", "unseen", "new category: "},
		{"share", func(m *model) { m.category, m.replaced = "study", .1 }, "purpose", "shape", "shape changed"},
		{"constant", func(m *model) { m.varies = .2 }, "fee", "range", "constant value now varies: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := newModel(2)
			test.change(m)
			s := shiftOf(t, drift.Shift{}.Evaluate(m.window(t, ref, 4, 500)), test.subject)
			if !s.HasP || s.P > 1e-6 {
				t.Errorf("P = %v (has %v), want below 1e-6", s.P, s.HasP)
			}
			if s.Effect.Component != test.component && !(test.component == "shape" && s.Effect.Component == "spike") {
				t.Errorf("component %q, want %q", s.Effect.Component, test.component)
			}
			if test.component != "shape" && !strings.HasPrefix(s.Effect.Words, test.words) {
				t.Errorf("words %q, want a beginning of %q", s.Effect.Words, test.words)
			}
			if s.Value <= s.Floor {
				t.Errorf("value %v is not above the floor %v", s.Value, s.Floor)
			}
			if limit, ok := s.Critical.At(1e-4); ok && s.Value < limit {
				t.Errorf("P = %v but the value %v is below its critical value %v at 1e-4", s.P, s.Value, limit)
			}
		})
	}
}

func TestShiftIsQuietWithoutChange(t *testing.T) {
	ref := newModel(3).reference(t, 60)
	m := newModel(4)
	for range 50 {
		for _, s := range (drift.Shift{}).Evaluate(m.window(t, ref, 2, 500)) {
			if !s.Finite() || s.Undefined {
				t.Fatalf("%v: %+v", s.Subject, s)
			}
			if s.HasP && s.P < 1e-4 {
				t.Errorf("%v: P = %v without a change (%s)", s.Subject, s.P, s.Effect.Words)
			}
		}
	}
}

// One pane by itself opens nothing, unless the change is gross.
func TestShiftVetoesOnePane(t *testing.T) {
	ref := newModel(5).reference(t, 60)
	for _, test := range []struct {
		mean float64
		want bool
	}{{.3, false}, {1.8, true}} {
		m := newModel(6)
		m.mean = test.mean
		c := m.window(t, ref, 1, 500)
		s := shiftOf(t, drift.Shift{}.Evaluate(c), "amount")
		if got := s.P < 1e-4; got != test.want {
			t.Errorf("shift of %v sd in one pane: P = %v, want an alarm: %v", test.mean, s.P, test.want)
		}
		if once := shiftOf(t, drift.Shift{Once: true}.Evaluate(c), "amount"); once.P > 1e-4 {
			t.Errorf("shift of %v sd judged once: P = %v", test.mean, once.P)
		}
	}
}

// A change that one pane of four carries does not count as the whole window's.
func TestShiftNeedsPersistence(t *testing.T) {
	ref := newModel(7).reference(t, 60)
	m := newModel(8)
	c := m.window(t, ref, 3, 500)
	m.mean = 1
	wild := m.window(t, ref, 1, 500)
	c.Panes = append(c.Panes, wild.Panes[0])
	c.Window.Scale = 4
	if err := wild.Panes[0].AddTo(c.Current); err != nil {
		t.Fatal(err)
	}
	s := shiftOf(t, drift.Shift{}.Evaluate(c), "amount")
	if s.P < 1e-3 || math.Abs(s.Value) >= math.Abs(s.Effect.Size) {
		t.Errorf("one wild pane of four: P = %v, value %v of size %v", s.P, s.Value, s.Effect.Size)
	}
	c.Panes = nil // without panes nothing can be discounted
	if s := shiftOf(t, drift.Shift{}.Evaluate(c), "amount"); s.P > 1e-3 {
		t.Errorf("without panes: P = %v", s.P)
	}
}

func TestShiftWithoutBlocks(t *testing.T) {
	m := newModel(9)
	ref := m.reference(t, 20, profile.BlockRows(1<<20))
	m.mean = 1
	c := m.window(t, ref, 2, 500)
	s := shiftOf(t, drift.Shift{}.Evaluate(c), "amount")
	if s.HasP || len(s.Warnings) == 0 || s.Warnings[0].Code != report.WarnNoBlocks {
		t.Errorf("no blocks: HasP %v, warnings %v", s.HasP, s.Warnings)
	}
	once := shiftOf(t, drift.Shift{Once: true}.Evaluate(c), "amount")
	if !once.HasP || once.P > 1e-10 || len(once.Warnings) == 0 || once.Warnings[0].Code != report.WarnEstimated {
		t.Errorf("once: P %v (has %v), warnings %v", once.P, once.HasP, once.Warnings)
	}
	healthy := newModel(10)
	var panes []*profile.Pane
	for range 40 {
		panes = append(panes, healthy.window(t, ref, 1, 500).Panes...)
	}
	c.Reference = ref.WithLivePanes(panes)
	if s := shiftOf(t, drift.Shift{}.Evaluate(c), "amount"); !s.HasP || s.P > 1e-6 {
		t.Errorf("learned from live panes: P = %v, has %v", s.P, s.HasP)
	}
}

func TestShiftSmallAndEmptyWindows(t *testing.T) {
	ref := newModel(11).reference(t, 30)
	for _, n := range []int{0, 1, 49} {
		for _, s := range (drift.Shift{}).Evaluate(newModel(12).window(t, ref, 1, n)) {
			if !s.Undefined || s.HasP || len(s.Warnings) == 0 || s.Warnings[0].Code != report.WarnSmallSample {
				t.Errorf("%d rows, %v: %+v", n, s.Subject, s)
			}
		}
	}
	if got := (drift.Shift{}).Evaluate(profile.Comparison{}); got != nil {
		t.Errorf("nothing to compare: %v", got)
	}
}

// A column that is missing altogether still has its missing values tested.
func TestShiftAllMissing(t *testing.T) {
	ref := newModel(13).reference(t, 60)
	m := newModel(14)
	m.missing = 1
	s := shiftOf(t, drift.Shift{}.Evaluate(m.window(t, ref, 1, 500)), "amount")
	if s.P > 1e-6 || s.Effect.Component != "missing" || s.Effect.Words != "missing 0 % → 100 %" {
		t.Errorf("P = %v, %q: %q", s.P, s.Effect.Component, s.Effect.Words)
	}
}

// Sensitive columns show neither labels nor edges.
func TestShiftHidesSensitiveValues(t *testing.T) {
	ref := newModel(15).reference(t, 60)
	m := newModel(16)
	c := m.window(t, ref, 2, 500)
	age := &c.Current.Columns[3]
	age.Cells[4] += 400 // a spike
	for _, s := range (drift.Shift{Once: true}).Evaluate(c) {
		if s.Subject.Name == "age" && (s.P > 1e-6 || strings.ContainsAny(s.Effect.Words, "[")) {
			t.Errorf("P = %v, words %q", s.P, s.Effect.Words)
		}
	}
}

// A wandering reference is told from drift: the same shift alarms on a calm
// reference and not on one that wanders as far itself.
func TestShiftKnowsNaturalVariability(t *testing.T) {
	calm, restless := newModel(18), newModel(19)
	calmRef := calm.reference(t, 60)
	rows := iter.Seq2[profile.Row, error](func(yield func(profile.Row, error) bool) {
		restless.random = rand.New(rand.NewPCG(19, 2))
		w := rand.New(rand.NewPCG(17, 2))
		for i := range 60 * 500 {
			if i%500 == 0 {
				restless.mean = .25 * w.NormFloat64()
			}
			if !yield(restless.row(), nil) {
				return
			}
		}
	})
	restlessRef, err := profile.Build(schema(t), rows, profile.BlockRows(500))
	if err != nil {
		t.Fatal(err)
	}
	m := newModel(20)
	m.mean = .3
	quiet := shiftOf(t, drift.Shift{}.Evaluate(m.window(t, restlessRef, 2, 500)), "amount")
	loud := shiftOf(t, drift.Shift{}.Evaluate(m.window(t, calmRef, 2, 500)), "amount")
	if quiet.P < 1e-3 || loud.P > 1e-6 {
		t.Errorf("P = %v on the wandering reference, %v on the calm one", quiet.P, loud.P)
	}
	if !quiet.Effect.Insensitive || loud.Effect.Insensitive {
		t.Errorf("insensitive: %v and %v", quiet.Effect.Insensitive, loud.Effect.Insensitive)
	}
	if quiet.Effect.Detectable <= loud.Effect.Detectable {
		t.Errorf("detectable: %v on the wandering reference, %v on the calm one", quiet.Effect.Detectable, loud.Effect.Detectable)
	}
}

func TestShiftIsDeterministicAndConcurrent(t *testing.T) {
	ref := newModel(21).reference(t, 60)
	m := newModel(22)
	m.mean = .2
	c := m.window(t, ref, 4, 500)
	want := drift.Shift{}.Evaluate(c)
	done := make(chan []report.Signal)
	for range 8 {
		go func() { done <- drift.Shift{}.Evaluate(c) }()
	}
	for range 8 {
		got := <-done
		for i := range want {
			if got[i].P != want[i].P || got[i].Value != want[i].Value || got[i].Effect != want[i].Effect {
				t.Fatalf("%v: %+v, want %+v", want[i].Subject, got[i], want[i])
			}
		}
	}
}

// Panes of any size are judged against blocks of another, within bounds.
func TestShiftVaryingPaneSizes(t *testing.T) {
	ref := newModel(23).reference(t, 60)
	for _, n := range []int{60, 200, 1000, 5000} {
		for _, panes := range []int{1, 2, 4, 16} {
			for _, s := range (drift.Shift{}).Evaluate(newModel(uint64(n+panes)).window(t, ref, panes, n)) {
				if !s.HasP || !(s.P >= 0 && s.P <= 1) || !s.Finite() || s.P < 1e-4 {
					t.Errorf("%d panes of %d rows, %v: P = %v, %+v", panes, n, s.Subject, s.P, s.Effect)
				}
			}
		}
	}
}

func TestDetectable(t *testing.T) {
	ref := newModel(25).reference(t, 60)
	last := math.Inf(1)
	for _, rows := range []int{100, 500, 5000} {
		d := drift.Shift{}.Detectable(ref, 4, rows)
		if len(d) != 4 { // amount, purpose, age and score; the fee is constant
			t.Fatalf("%d columns", len(d))
		}
		for _, one := range d {
			if !one.Known || one.Effect <= .03 {
				t.Errorf("%d rows: %+v", rows, one)
			}
		}
		if d[0].Effect >= last {
			t.Errorf("%d rows: %v is no smaller than with fewer rows, %v", rows, d[0].Effect, last)
		}
		last = d[0].Effect
	}
	if got := (drift.Shift{}).Detectable(nil, 1, 100); got != nil {
		t.Errorf("without a reference: %v", got)
	}
	// 1/n + 1/m of 2000 and 30000 rows, no variability: .03 + 4.9·.0231.
	if got := (drift.Shift{}).Detectable(ref, 4, 500)[0].Effect; math.Abs(got-.143) > .03 {
		t.Errorf("4 panes of 500 rows: %v, want about .143", got)
	}
}

func BenchmarkShiftEvaluate(b *testing.B) {
	ref := newModel(26).reference(b, 60)
	for _, panes := range []int{1, 4, 64} {
		c := newModel(27).window(b, ref, panes, 500)
		drift.Shift{}.Evaluate(c)
		b.Run(fmt.Sprint("panes=", panes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				drift.Shift{}.Evaluate(c)
			}
		})
	}
}
