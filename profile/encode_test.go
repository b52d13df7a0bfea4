package profile

import (
	"math"
	"slices"
	"testing"
	"time"
)

// mixed has fields of every kind, numbers both in a run and apart.
type mixed struct {
	ID      string  `monitor:",id"`
	A       float64 `monitor:"a"`
	B       float64 `monitor:"b"`
	C       float64 `monitor:"c"`
	Skipped float64
	D       float64   `monitor:"d"`
	Label   string    `monitor:"label,oneof=x|y"`
	E       *float64  `monitor:"e"`
	F       float32   `monitor:"f"`
	Count   int16     `monitor:"count"`
	Code    uint64    `monitor:"code,categorical"`
	Yes     bool      `monitor:"yes"`
	Vector  []float32 `monitor:"vector,dim=2"`
	Name    *string   `monitor:"name"`
	G       float64   `monitor:"g"`
}

func TestBindingAppendsWhatRowAndAppendDo(t *testing.T) {
	s, err := SchemaOf[mixed](Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	binding, err := Bind[mixed](s)
	if err != nil {
		t.Fatal(err)
	}
	number, text := 2.5, "z"
	g := BlankGeometry(s)
	one, two := g.NewBatch(), g.NewBatch()
	for _, in := range []mixed{
		{},
		{ID: "id", A: 1, B: 2, C: 3, D: 4, Label: "x", E: &number, F: 5, Count: -6, Code: 7, Yes: true, Vector: []float32{3, 4}, Name: &text, G: 8},
		{A: math.NaN(), B: math.Float64frombits(bitsMissing), C: math.Inf(1), D: math.Copysign(0, -1), Label: "unknown"},
		{B: math.NaN(), Label: "\xff", Vector: []float32{1}, Code: math.MaxUint64},
	} {
		row := Row{Outcome: Outcome{Score: .5}, Latency: time.Second}
		direct := row
		row.Values = make([]Value, s.Len())
		row.ID = binding.Row(&in, row.Values)
		one.Append(&row)
		binding.Append(two, &in, &direct)
	}
	if !slices.Equal(one.words, two.words) || !slices.Equal(one.misses, two.misses) || string(one.labels) != string(two.labels) {
		t.Errorf("two ways to append differ:\n%v %v\n%v %v", one.words[:4*one.stride], one.misses, two.words[:4*two.stride], two.misses)
	}
}

func TestBindingAppendsANilPointerAsMissing(t *testing.T) {
	s, err := SchemaOf[*mixed](Binary(.5))
	if err != nil {
		t.Fatal(err)
	}
	binding, err := Bind[*mixed](s)
	if err != nil {
		t.Fatal(err)
	}
	g := BlankGeometry(s)
	b, p, f := g.NewBatch(), g.New(CountsOnly), g.NewFiller()
	var in *mixed
	binding.Append(b, &in, &Row{})
	f.Drain(b, p)
	f.Flush(p)
	for i := range s.Len() {
		if p.Columns[i].Missing != 1 {
			t.Errorf("%s: %d missing, want 1", s.Feature(i).Name, p.Columns[i].Missing)
		}
	}
}
