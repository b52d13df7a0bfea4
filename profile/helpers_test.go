package profile

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var errModel = errors.New("model failed")

func ptr[T any](v T) *T { return &v }

// at is a moment of the tests' calendar.
func at(seconds int) time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
}

func testSchema(t testing.TB) *Schema {
	t.Helper()
	s, err := NewSchema(Binary(0.5),
		Feature{Name: "age", Min: ptr(18.0), Max: ptr(120.0), Importance: 2},
		Feature{Name: "income"},
		Feature{Name: "zip", Kind: Categorical},
		Feature{Name: "purpose", Kind: Categorical, OneOf: []string{"car", "home", "study"}},
		Feature{Name: "member", Kind: Boolean, Group: true},
		Feature{Name: "salary", Sensitive: true},
		Feature{Name: "faith", Kind: Categorical, Sensitive: true},
		Feature{Name: "vector", Kind: Embedding, Dimensions: 3},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testRow makes a row of testSchema; about one value in ten is bad in some way.
func testRow(r *rand.Rand, i int) Row {
	purposes := []string{"car", "home", "study", "boat"}
	values := []Value{
		Float(20 + 60*r.Float64()),
		Float(math.Exp(r.NormFloat64())),
		String(fmt.Sprintf("zip-%d", int(r.ExpFloat64()*3))),
		String(purposes[min(3, r.IntN(20)/6)]),
		Bool(r.IntN(3) == 0),
		Float(1000 + 5000*r.Float64()),
		String(fmt.Sprintf("faith-%d", r.IntN(4))),
		Vector([]float32{float32(r.NormFloat64()), 1, 2}),
	}
	bad := []Value{
		Missing(), Float(math.NaN()), Float(math.Inf(1)), Int(3), Bool(true), String("\xff\xfe"),
		String("a novel label"), Vector([]float32{1}), {kind: invalidValue}, Float(-1e300),
	}
	for j := range values {
		if r.IntN(10) == 0 {
			values[j] = bad[r.IntN(len(bad))]
		}
	}
	row := Row{Time: at(i), Values: values, Outcome: Outcome{Score: r.Float64()}, Latency: time.Duration(r.IntN(1e9))}
	if r.IntN(50) == 0 {
		row.Err = errModel
	}
	return row
}

func testRows(seed uint64, n int) []Row {
	r := rand.New(rand.NewPCG(seed, 7))
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = testRow(r, i)
	}
	return rows
}

func testReference(t testing.TB, n int) *Reference {
	t.Helper()
	r, err := Build(testSchema(t), Rows(testRows(1, n)), BlockRows(max(1, n/50)), From(Provenance{Model: "credit", Created: at(0)}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// observe profiles rows as a monitor does.
func observe(g *Geometry, detail Detail, rows []Row) *Profile {
	p, err := g.Fill(detail, Rows(rows))
	if err != nil {
		panic(err)
	}
	return p
}

// sameCounts fails unless a and b agree in every exact count.
func sameCounts(t testing.TB, a, b *Profile) {
	t.Helper()
	if a.Rows != b.Rows || a.Errors != b.Errors || a.Panics != b.Panics || a.Surplus != b.Surplus || a.Clipped != b.Clipped {
		t.Fatalf("totals differ: %d/%d rows, %d/%d errors, %d/%d surplus, %d/%d clipped",
			a.Rows, b.Rows, a.Errors, b.Errors, a.Surplus, b.Surplus, a.Clipped, b.Clipped)
	}
	if !a.Start.Equal(b.Start) || !a.End.Equal(b.End) {
		t.Fatalf("stretches differ: %v–%v and %v–%v", a.Start, a.End, b.Start, b.End)
	}
	for i := range a.Columns {
		x, y := &a.Columns[i].Tally, &b.Columns[i].Tally
		for j, c := range x.fixed() {
			if *c != *y.fixed()[j] {
				t.Fatalf("%v: counter %d is %d and %d", a.geometry.Axis(i).Subject, j, *c, *y.fixed()[j])
			}
		}
		if !slices.Equal(x.Cells, y.Cells) {
			t.Fatalf("%v: cells %v and %v", a.geometry.Axis(i).Subject, x.Cells, y.Cells)
		}
	}
}

// sameMoments fails unless the moments agree to 1e-12 of the spread.
func sameMoments(t testing.TB, a, b *Profile) {
	t.Helper()
	for i := range a.Columns {
		x, y := a.Columns[i].Moments, b.Columns[i].Moments
		if x.N != y.N {
			t.Fatalf("%v: %d and %d values", a.geometry.Axis(i).Subject, x.N, y.N)
		}
		if x.N == 0 {
			continue
		}
		spread := math.Sqrt(x.M2/float64(x.N)) + math.Abs(x.Mean) + 1e-300
		if math.Abs(x.Mean-y.Mean) > 1e-12*spread || math.Abs(x.M2-y.M2) > 1e-11*(x.M2+1e-300) {
			t.Fatalf("%v: moments %+v and %+v", a.geometry.Axis(i).Subject, x, y)
		}
		if x.Min != y.Min && !(math.IsNaN(x.Min) && math.IsNaN(y.Min)) {
			t.Fatalf("%v: minimum %v and %v", a.geometry.Axis(i).Subject, x.Min, y.Min)
		}
	}
}
