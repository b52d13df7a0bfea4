package profile

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// labelledSchema has a group, a segment and a number for each task.
func labelledSchema(t testing.TB, target Target) *Schema {
	t.Helper()
	s, err := NewSchema(target,
		Feature{Name: "x", Importance: 1},
		Feature{Name: "sex", Kind: Categorical, OneOf: []string{"f", "m"}, Group: true},
		Feature{Name: "member", Kind: Boolean, Group: true},
		Feature{Name: "tenant", Kind: Categorical, Segment: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var testTargets = []Target{Binary(.5), Multiclass("a", "b", "c"), Regression()}

// labelledRows makes rows of labelledSchema; about one in five has no truth, and
// some values are missing.
func labelledRows(target Target, seed uint64, n int) []Row {
	r := rand.New(rand.NewPCG(seed, 5))
	rows := make([]Row, n)
	for i := range rows {
		x := r.NormFloat64()
		row := Row{
			ID: fmt.Sprintf("%d-%d", seed, i), Time: at(i),
			Values: []Value{
				Float(x), String([]string{"f", "m", "?"}[r.IntN(9)/4]), Bool(r.IntN(2) == 0),
				String(fmt.Sprintf("tenant-%d", int(r.ExpFloat64()*4))),
			},
			Attributions: []float64{x, .1},
		}
		if r.IntN(10) == 0 {
			row.Values[r.IntN(4)] = Missing()
		}
		answer(&row, target, x, r)
		rows[i] = row
	}
	return rows
}

// answer sets what the model answers about x, and the truth of four rows in five.
func answer(row *Row, target Target, x float64, r *rand.Rand) {
	known := r.IntN(5) > 0
	switch target.Task {
	case BinaryTask:
		row.Outcome.Score = 1 / (1 + math.Exp(-x))
		if row.Truth = Negative(); r.Float64() < row.Outcome.Score {
			row.Truth = Positive()
		}
	case MulticlassTask:
		p := []float64{.2, .3, .5}
		r.Shuffle(3, func(i, j int) { p[i], p[j] = p[j], p[i] })
		row.Outcome.Probabilities = p
		row.Truth = Class(target.Classes[r.IntN(3)])
	default:
		row.Outcome.Score = x
		row.Truth = Number(x + .1*r.NormFloat64())
	}
	if !known {
		row.Truth = Truth{}
	}
}

func labelledReference(t testing.TB, target Target, n int) *Reference {
	t.Helper()
	r, err := Build(labelledSchema(t, target), Rows(labelledRows(target, 1, n)), BlockRows(max(1, n/20)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// near fails unless a and b, which hold counts and sums, agree: counts exactly,
// floats to 1e-12 of their size.
func near(t *testing.T, what string, a, b reflect.Value) {
	t.Helper()
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() != b.IsNil() {
			t.Fatalf("%s: nil %t and %t", what, a.IsNil(), b.IsNil())
		}
		if !a.IsNil() {
			near(t, what, a.Elem(), b.Elem())
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if f := a.Type().Field(i); f.IsExported() && f.Name != "AbsoluteError" {
				near(t, what+"."+f.Name, a.Field(i), b.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			t.Fatalf("%s: %d and %d elements", what, a.Len(), b.Len())
		}
		for i := range a.Len() {
			near(t, fmt.Sprintf("%s[%d]", what, i), a.Index(i), b.Index(i))
		}
	case reflect.Float64:
		x, y := a.Float(), b.Float()
		if math.Abs(x-y) > 1e-12*(1+math.Abs(x)+math.Abs(y)) {
			t.Fatalf("%s: %v and %v", what, x, y)
		}
	default:
		if !a.Equal(b) {
			t.Fatalf("%s: %v and %v", what, a, b)
		}
	}
}

func sameRows(t *testing.T, a, b *Profile) {
	t.Helper()
	near(t, "groups", reflect.ValueOf(a.Groups), reflect.ValueOf(b.Groups))
	near(t, "attributions", reflect.ValueOf(a.Attributions), reflect.ValueOf(b.Attributions))
	near(t, "scores", reflect.ValueOf(a.Scores), reflect.ValueOf(b.Scores))
	near(t, "outcomes", reflect.ValueOf(a.Outcomes), reflect.ValueOf(b.Outcomes))
	if len(a.Segments) != len(b.Segments) {
		t.Fatalf("%d and %d segments", len(a.Segments), len(b.Segments))
	}
	for i := range a.Segments {
		sameCounts(t, a.Segments[i], b.Segments[i])
	}
}

func TestRowsMergeLaws(t *testing.T) {
	for _, target := range testTargets {
		g := labelledReference(t, target, 2000).Geometry()
		// So few that every row's score is summed by cell in each lot.
		rows := labelledRows(target, 2, 1000)
		union := observe(g, WithSketches, rows)
		for seed := range uint64(3) {
			lots := split(seed, rows, 3)
			a, b, c := observe(g, WithSketches, lots[0]), observe(g, WithSketches, lots[1]), observe(g, WithSketches, lots[2])
			for _, p := range []*Profile{merged(t, g, a, b, c), merged(t, g, c, b, a), merged(t, g, a, merged(t, g, b, c))} {
				p.Outcomes.Slices, union.Outcomes.Slices = nil, nil // a merged profile has none where it began without
				for i := range p.Outcomes.Losses {
					p.Outcomes.Losses[i] = union.Outcomes.Losses[i]
				}
				sameRows(t, p, union)
			}
		}
	}
}

func TestOutcomesMergeSlicesAndLosses(t *testing.T) {
	g := labelledReference(t, Regression(), 2000).Geometry()
	rows := labelledRows(Regression(), 3, 600)
	union := observe(g, WithSketches, rows).Outcomes
	a, b := observe(g, WithSketches, rows[:200]).Outcomes, observe(g, WithSketches, rows[200:]).Outcomes
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	near(t, "outcomes", reflect.ValueOf(a), reflect.ValueOf(union))
	if a.AbsoluteError.Count() != union.Labelled {
		t.Errorf("%d errors in the digest, want %d", a.AbsoluteError.Count(), union.Labelled)
	}
	if err := a.Merge(union.Counts()); err != nil || a.Slices != nil || a.AbsoluteError != nil || a.Losses[0] != nil {
		t.Errorf("what one side lacks must be lost: %v", err)
	}
	if err := a.Merge(labelledReference(t, Regression(), 500).Profile().Outcomes); err == nil {
		t.Error("outcomes cut differently were merged")
	}
}

func TestRowsRoundTrip(t *testing.T) {
	for _, target := range testTargets {
		r := labelledReference(t, target, 1200)
		data := encoded(t, r)
		back := new(Reference)
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		sameRows(t, back.Profile(), r.Profile())
		if !bytes.Equal(encoded(t, back), data) {
			t.Errorf("%v: encodes differently after a round trip", target.Task)
		}
		for i, p := range r.Panes() {
			near(t, "block", reflect.ValueOf(back.Panes()[i].Outcomes()), reflect.ValueOf(p.Outcomes()))
			if len(back.Panes()[i].segments) != len(p.segments) {
				t.Fatalf("block %d: %d segments, want %d", i, len(back.Panes()[i].segments), len(p.segments))
			}
		}
		pane, err := r.Geometry().DecodePane(encoded(t, r.Panes()[3]))
		if err != nil {
			t.Fatal(err)
		}
		near(t, "pane", reflect.ValueOf(pane.Outcomes()), reflect.ValueOf(r.Panes()[3].Outcomes()))
		if rebound, err := back.Rebind(labelledSchema(t, target)); err != nil {
			t.Error(err)
		} else {
			sameRows(t, rebound.Profile(), r.Profile())
		}
	}
}

// A reference made from a file declares no group and no segment; those of the
// live schema are empty in it, and columns go by name.
func TestRebindRows(t *testing.T) {
	r := labelledReference(t, Binary(.5), 1000)
	schema, err := NewSchema(Binary(.5),
		Feature{Name: "tenant", Kind: Categorical, Group: true},
		Feature{Name: "sex", Kind: Categorical, OneOf: []string{"m"}, Group: true},
		Feature{Name: "x"},
	)
	if err != nil {
		t.Fatal(err)
	}
	to, err := r.Rebind(schema)
	if err != nil {
		t.Fatal(err)
	}
	p, old := to.Profile(), r.Profile()
	if got, want := p.Outcomes.Losses[2], old.Outcomes.Losses[0]; !slices.Equal(got, want) {
		t.Errorf("losses of x: %v, want %v", got, want)
	}
	sex := p.Outcomes.Losses[1]
	var n uint64
	for _, s := range sex {
		n += s.N
	}
	if n != p.Outcomes.Labelled || sex[0].N == 0 || sex[len(sex)-1].N == 0 {
		t.Errorf("losses of sex: %v of %d", sex, p.Outcomes.Labelled)
	}
	for i, group := range to.Geometry().Groups().Groups {
		rows := p.Groups[i].Rows
		if has := group.Name == "sex=m"; has != (rows > 0) && group.Name != "sex=(missing)" && group.Name != "sex=(other)" {
			t.Errorf("group %q: %d rows", group.Name, rows)
		}
	}
	if _, err := to.MarshalBinary(); err != nil {
		t.Error(err)
	}
}

func TestBinaryOutcomes(t *testing.T) {
	g := labelledReference(t, Binary(.5), 1000).Geometry()
	rows := labelledRows(Binary(.5), 9, 500)
	o := observe(g, WithSketches, rows).Outcomes
	var n [2]uint64
	var brier, loss float64
	for i := range rows {
		if y, ok := rows[i].Truth.Value(); ok {
			n[int(y)]++
			s := rows[i].Outcome.Score
			brier += (s - y) * (s - y)
			loss += LogLoss(s, int(y))
		}
	}
	var got [2]uint64
	var log Sum
	for _, c := range o.Binary {
		got[0], got[1] = got[0]+c.N[0], got[1]+c.N[1]
		log.Merge(c.Log)
	}
	if got != n || o.Labelled != n[0]+n[1] || o.Predictions != o.Labelled {
		t.Errorf("%v by truth, want %v; %d labelled of %d", got, n, o.Labelled, o.Predictions)
	}
	if math.Abs(o.Loss.Sum-brier) > 1e-9 || math.Abs(log.Sum-loss) > 1e-9 {
		t.Errorf("Brier %v, want %v; log loss %v, want %v", o.Loss.Sum, brier, log.Sum, loss)
	}
	if o.Maturity() != 1 {
		t.Errorf("maturity %v", o.Maturity())
	}
}

// Whatever the truth, a row without an answer, a truth of another kind and an
// unknown class judge nothing.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name   string
		target Target
		joined Joined
		truth  Truth
		ok     bool
		loss   float64
		wrong  float64
	}{
		{"binary right", Binary(.5), Joined{Score: .9, Decided: 1}, Positive(), true, .01, 0},
		{"binary wrong", Binary(.5), Joined{Score: .9, Decided: 1}, Negative(), true, .81, 1},
		{"binary no answer", Binary(.5), Joined{Score: math.NaN(), Decided: -1}, Positive(), false, 0, 0},
		{"binary no probability", Binary(.5), Joined{Score: 7, Decided: 1}, Positive(), false, 0, 0},
		{"binary other kind", Binary(.5), Joined{Score: .9, Decided: 1}, Number(1), false, 0, 0},
		{"binary unknown", Binary(.5), Joined{Score: .9, Decided: 1}, Truth{}, false, 0, 0},
		{"class wrong", Multiclass("a", "b"), Joined{Decided: 0}, Class("b"), true, 1, 1},
		{"class unknown", Multiclass("a", "b"), Joined{Decided: 0}, Class("c"), false, 0, 0},
		{"number", Regression(), Joined{Score: 3, Decided: -1}, Number(1), true, 2, 2},
		{"number infinite", Regression(), Joined{Score: 3, Decided: -1}, Number(math.Inf(1)), false, 0, 0},
	} {
		if ok := c.joined.Judge(c.target, c.truth, at(1)); ok != c.ok || ok != c.joined.Known ||
			math.Abs(c.joined.Loss-c.loss) > 1e-12 || c.joined.Wrong != c.wrong {
			t.Errorf("%s: %t, %+v", c.name, ok, c.joined)
		}
	}
}

func TestDelays(t *testing.T) {
	if DelayCell(-time.Second) != 0 || DelayCell(time.Minute) != 1 || DelayCell(1000*time.Hour*24) != len(DelayLimits()) {
		t.Errorf("cells %d, %d, %d", DelayCell(-time.Second), DelayCell(time.Minute), DelayCell(1000*time.Hour*24))
	}
	if DelayGroup(0, 70) != 0 || DelayGroup(69, 70) != DelayGroups-1 || DelayGroup(0, 0) != 0 {
		t.Error("groups of score cells")
	}
}
