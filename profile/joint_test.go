package profile

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// jointSchema has d numeric features, a category and, with dimensions, a vector.
func jointSchema(t testing.TB, d, dimensions int) *Schema {
	t.Helper()
	features := []Feature{{Name: "purpose", Kind: Categorical}}
	for i := range d {
		features = append(features, Feature{Name: fmt.Sprintf("x%02d", i), Kind: Numeric})
	}
	if dimensions > 0 {
		features = append(features, Feature{Name: "text", Kind: Embedding, Dimensions: dimensions})
	}
	s, err := NewSchema(Regression(), features...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jointRowsOf yields rows whose neighbouring features 2k and 2k+1 correlate by rho.
func jointRowsOf(s *Schema, n int, rho float64, seed uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 9))
		for range n {
			row := Row{Values: make([]Value, s.Len()), Outcome: Outcome{Score: r.Float64()}}
			last := 0.0
			for i := range row.Values {
				switch f := s.Feature(i); f.Kind {
				case Categorical:
					row.Values[i] = String([]string{"a", "b", "c"}[r.IntN(3)])
				case Numeric:
					z := r.NormFloat64()
					if i%2 == 0 {
						z = rho*last + math.Sqrt(1-rho*rho)*z
					}
					last = z
					row.Values[i] = Float(z)
					if r.IntN(50) == 0 {
						row.Values[i] = Missing()
					}
				default:
					v := make([]float32, f.Dimensions)
					for k := range v {
						v[k] = float32(r.NormFloat64()) * float32(1+k%3)
					}
					row.Values[i] = Vector(v)
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func jointReference(t testing.TB, s *Schema, n int, options ...BuildOption) *Reference {
	t.Helper()
	r, err := Build(s, jointRowsOf(s, n, .6, 1), options...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func jointProfile(g *Geometry, rows iter.Seq2[Row, error]) *Profile {
	p, err := g.Fill(CountsOnly, rows)
	if err != nil {
		panic(err)
	}
	return p
}

func TestJointPlan(t *testing.T) {
	s := jointSchema(t, 4, 8)
	r := jointReference(t, s, 4000)
	plan := r.Geometry().Joint()
	if plan == nil || len(plan.Columns) != 4 || len(plan.Pairs) != 6 || !plan.All || len(plan.Components) != 4 || len(plan.Embeddings) != 1 {
		t.Fatalf("plan %+v", plan)
	}
	j := r.Profile().Joint
	if j.Rows != 4000 || j.Embeddings[0].Rows != 4000 {
		t.Fatalf("%d rows and %d vectors, want 4000", j.Rows, j.Embeddings[0].Rows)
	}
	if half := r.Baseline(); half == j || half.Rows < 1900 || half.Rows > 2100 {
		t.Fatalf("baseline of %d rows, want about half", half.Rows)
	}
	// x00 and x01 are the first pair and correlate; x00 and x02 do not.
	var strong, weak float64 = float64(j.Products[0]), float64(j.Products[1])
	n := float64(j.Rows)
	if c := strong / n * ScoreUnit * ScoreUnit; math.Abs(c-.55) > .1 {
		t.Errorf("first pair's mean product is %v", c)
	}
	if c := weak / n * ScoreUnit * ScoreUnit; math.Abs(c) > .06 {
		t.Errorf("second pair's mean product is %v", c)
	}
	if sp := plan.Pairs[1].Spread; math.Abs(sp-1) > .1 {
		t.Errorf("spread of an uncorrelated pair is %v, want 1", sp)
	}
}

func TestJointDefaults(t *testing.T) {
	if p := jointReference(t, jointSchema(t, 4, 0), 1000, NoPairs()).Geometry().Joint(); p != nil {
		t.Error("NoPairs has a plan")
	}
	wide := jointSchema(t, 60, 0)
	if p := jointReference(t, wide, 1000).Geometry().Joint(); p != nil {
		t.Error("60 features have a plan without being asked for one")
	}
	p := jointReference(t, wide, 1000, WithPairs()).Geometry().Joint()
	if p == nil || len(p.Pairs) != jointPairs || p.All || len(p.Components) != 0 {
		t.Fatalf("60 features WithPairs: %+v", p)
	}
	linked := 0
	for _, pair := range p.Pairs {
		if pair.A%2 == 0 && pair.B == pair.A+1 {
			linked++
		}
	}
	if linked != 30 {
		t.Errorf("%d of 30 correlated pairs are followed", linked)
	}
	if p := jointReference(t, jointSchema(t, 1, 0), 1000).Geometry().Joint(); p != nil {
		t.Error("one feature has pairs")
	}
	if p := jointReference(t, jointSchema(t, 3, 0), 50).Geometry().Joint(); p != nil {
		t.Error("50 rows are enough for a plan")
	}
}

// Whatever the split into panes, the sums are the same to the last bit.
func TestJointMerge(t *testing.T) {
	s := jointSchema(t, 5, 6)
	g := jointReference(t, s, 2000).Geometry()
	parts := make([]*Profile, 3)
	for i := range parts {
		parts[i] = jointProfile(g, jointRowsOf(s, 300, .1, uint64(i+5)))
	}
	sum := func(order ...int) *Joint {
		p := g.New(CountsOnly)
		for _, i := range order {
			if err := parts[i].Pack().AddTo(p); err != nil {
				t.Fatal(err)
			}
		}
		return p.Joint
	}
	if a, b := sum(0, 1, 2), sum(2, 0, 1); !reflect.DeepEqual(a, b) {
		t.Error("merging does not commute")
	}
	p := g.New(CountsOnly)
	for _, part := range parts {
		if err := p.Merge(part); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(p.Joint, sum(0, 1, 2)) {
		t.Error("merged profiles and merged panes differ")
	}
	p.Joint.add(parts[1].Joint, ^uint64(0))
	if !reflect.DeepEqual(p.Joint, sum(2, 0)) {
		t.Error("taking away does not undo adding")
	}
	p.Reset()
	if !reflect.DeepEqual(p.Joint, g.joint.newJoint()) {
		t.Error("reset leaves something")
	}
}

func TestJointSampling(t *testing.T) {
	s := jointSchema(t, 20, 256)
	g := jointReference(t, s, 1000).Geometry()
	p := jointProfile(g, jointRowsOf(s, 5120, .1, 7))
	k := float64(g.Joint().Every())
	if want := jointRows + (5120-jointRows)/k; math.Abs(float64(p.Joint.Rows)-want) > .05*want {
		t.Errorf("%d rows looked at with k = %v, want about %v", p.Joint.Rows, k, want)
	}
	e := g.Joint().Embeddings[0]
	if want := 5120 / float64(e.Every); math.Abs(float64(p.Joint.Embeddings[0].Rows)-want) > .1*want {
		t.Errorf("%d vectors with k = %d, want about %v", p.Joint.Embeddings[0].Rows, e.Every, want)
	}
}

func TestJointCodec(t *testing.T) {
	s := jointSchema(t, 5, 6)
	r := jointReference(t, s, 2000)
	data, err := r.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back Reference
	if err := back.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if back.Geometry().ID() != r.Geometry().ID() {
		t.Error("the geometry has another id")
	}
	if !reflect.DeepEqual(back.profile.Joint, r.profile.Joint) || !reflect.DeepEqual(back.Baseline(), r.Baseline()) {
		t.Error("the state differs")
	}
	for i := range r.panes {
		if !reflect.DeepEqual(back.panes[i].joint, r.panes[i].joint) {
			t.Fatalf("time block %d differs", i)
		}
	}
	p := jointProfile(back.Geometry(), jointRowsOf(s, 300, .1, 3)).Pack()
	encoded, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := r.Geometry().DecodePane(encoded)
	if err != nil || !reflect.DeepEqual(decoded.joint, p.joint) {
		t.Errorf("pane: %v", err)
	}
}

func TestJointRebind(t *testing.T) {
	s := jointSchema(t, 4, 6)
	r := jointReference(t, s, 2000)
	full := make([]Feature, s.Len())
	for i := range full {
		full[i] = s.Feature(s.Len() - 1 - i)
	}
	turned, err := NewSchema(Regression(), full...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := r.Rebind(turned)
	if err != nil {
		t.Fatal(err)
	}
	for i, column := range out.Geometry().Joint().Columns {
		if old := r.Geometry().Joint().Columns[i]; turned.Feature(column).Name != s.Feature(old).Name {
			t.Errorf("position %d is %s, was %s", i, turned.Feature(column).Name, s.Feature(old).Name)
		}
	}
	if !reflect.DeepEqual(out.Baseline().Products, r.Baseline().Products) || len(out.Geometry().Joint().Components) != 4 {
		t.Error("the order of columns changed the pairs")
	}
	// A reference turned around goes on counting alike.
	data, err := out.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := new(Reference).UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	fewer, err := NewSchema(Regression(), s.Feature(1), s.Feature(3), s.Feature(4))
	if err != nil {
		t.Fatal(err)
	}
	if out, err = r.Rebind(fewer); err != nil {
		t.Fatal(err)
	}
	plan := out.Geometry().Joint()
	if len(plan.Columns) != 3 || len(plan.Pairs) != 3 || len(plan.Components) != 0 || len(plan.Embeddings) != 0 {
		t.Fatalf("plan of fewer features %+v", plan)
	}
	if out.Baseline().Products[2] != r.Baseline().Products[5] {
		t.Error("the pair of x02 and x03 got lost")
	}
}

// The sums are those of the products themselves, packed or not.
func TestJointProducts(t *testing.T) {
	for _, d := range []int{2, 3, 4, 7, 18, 60} {
		s := jointSchema(t, d, 0)
		g := jointReference(t, s, 1000, WithPairs()).Geometry()
		for _, n := range []int{1, 31, 32, 100, BatchRows} {
			for _, packed := range []bool{true, !vectorDots()} {
				pass, state, batch := g.newRowPass(), g.joint.newJoint(), g.NewBatch()
				pass.first = math.MaxUint64
				pass.scores.pack(packed)
				for row := range jointRowsOf(s, n, .5, 5) {
					batch.Append(&row)
				}
				for i := range pass.scores.block {
					pass.scores.block[i] = 77 // what an earlier batch has left
				}
				pass.drain(batch, g.newColumns().take(batch), state)
				want := g.joint.newJoint()
				for i := range want.Sums {
					for r := range n {
						x := int64(pass.scores.of(i)[r]) - scoreBias
						want.Sums[i] += x
						want.Squares[i] += x * x
					}
				}
				for i, pair := range g.joint.Pairs {
					for r := range n {
						want.Products[i] += (int64(pass.scores.of(int(pair.A))[r]) - scoreBias) * (int64(pass.scores.of(int(pair.B))[r]) - scoreBias)
					}
				}
				if !slices.Equal(state.Sums, want.Sums) || !slices.Equal(state.Squares, want.Squares) || !slices.Equal(state.Products, want.Products) {
					t.Errorf("%d features, %d rows, packed %t:\n%+v, want\n%+v", d, n, packed, state, want)
				}
			}
		}
	}
}

func TestCellScores(t *testing.T) {
	scores := cellScores([]uint64{0, 10, 80, 10, 0})
	want := []int8{-48, -26, 0, 26, 48}
	if !reflect.DeepEqual(scores, want) {
		t.Errorf("scores %v, want %v", scores, want)
	}
}

func BenchmarkRowPass(b *testing.B) {
	for _, d := range []int{10, 18, 30, 50} {
		b.Run(fmt.Sprintf("features=%d", d), func(b *testing.B) {
			s := jointSchema(b, d, 0)
			benchmarkRowPass(b, s, jointReference(b, s, 2000).Geometry())
		})
	}
	b.Run("dimensions=768", func(b *testing.B) {
		s := jointSchema(b, 0, 768)
		benchmarkRowPass(b, s, jointReference(b, s, 300).Geometry())
	})
}

// benchmarkRowPass reports the marginal cost of the row pass per row of a pane
// of 10,240 rows.
func benchmarkRowPass(b *testing.B, s *Schema, g *Geometry) {
	pass, p, batch := g.newRowPass(), g.New(CountsOnly), g.NewBatch()
	for row := range jointRowsOf(s, BatchRows, .3, 5) {
		batch.Append(&row)
	}
	columns := g.newColumns().take(batch)
	b.ReportAllocs()
	start := time.Now()
	for i := 0; b.Loop(); i++ {
		if i%40 == 0 {
			p.Reset()
		}
		pass.drain(batch, columns, p.Joint)
	}
	b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N)/BatchRows, "ns/row")
	b.ReportMetric(float64(g.Joint().Every()), "k")
}
