package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
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
		answer := Answer{Outcome: Outcome{Score: .5}, Latency: time.Second}
		row := answer.Row(make([]Value, s.Len()))
		row.ID = binding.Row(&in, row.Values)
		one.Append(&row)
		binding.Append(two, &in, &answer)
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
	binding.Append(b, &in, &Answer{})
	f.Drain(b, p)
	f.Flush(p)
	for i := range s.Len() {
		if p.Columns[i].Missing != 1 {
			t.Errorf("%s: %d missing, want 1", s.Feature(i).Name, p.Columns[i].Missing)
		}
	}
}

// TestRunsEncodeAsValuesDo: values encoded in runs come out as each by itself,
// whatever is among them, whichever labels are known and however many values there
// are.
func TestRunsEncodeAsValuesDo(t *testing.T) {
	var features []Feature
	for i := range 33 {
		f := Feature{Name: fmt.Sprint("f", i)}
		switch {
		case i >= 19 && i < 25, i == 30:
			f.Kind = Categorical
		case i == 25:
			f.Kind = Boolean
		}
		features = append(features, f)
	}
	s, err := NewSchema(Regression(), features...)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 7))
	label := func() Value { return String(strings.Repeat("label ", 5)[:r.IntN(22)]) }
	draw := func(rare bool) []Value {
		values := make([]Value, len(features))
		for i := range values {
			values[i] = Float(r.NormFloat64())
			if features[i].Kind == Categorical {
				values[i] = label()
			}
			if rare && r.IntN(12) == 0 {
				values[i] = []Value{Missing(), Float(math.NaN()), Float(math.Float64frombits(bitsAbsent)), Int(3), label(), Bool(true), String("new " + fmt.Sprint(r.IntN(99))),
					Float(math.Inf(1)), Float(math.Inf(-1)), Float(math.MaxFloat64), Float(5e-324)}[r.IntN(11)]
			}
		}
		return values
	}
	reference, err := Build(s, func(yield func(Row, error) bool) {
		for range 2000 {
			if !yield(Row{Values: draw(false)}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	g := reference.Geometry()
	for range 500 {
		runs, alone := g.NewBatch(), g.NewBatch()
		values := draw(true)[:s.Len()-max(0, r.IntN(80)-60)]
		runs.Append(&Row{Values: values})
		cells := runs.words[:s.Len()]
		for i := range cells {
			var v Value
			if i < len(values) {
				v = values[i]
			}
			if want := alone.encode(i, &v); cells[i] != want {
				t.Fatalf("value %d of %d, %v: %x, alone %x", i, len(values), v, cells[i], want)
			}
		}
		if !slices.Equal(runs.misses, alone.misses) || string(runs.labels) != string(alone.labels) {
			t.Fatalf("labels that are unknown: %v, alone %v", runs.misses, alone.misses)
		}
	}
}

// tagged has numbers and texts in runs longer than are encoded at once, and shorter.
type tagged struct {
	A float64 `monitor:"a"`
	B float64 `monitor:"b"`
	C float64 `monitor:"c"`
	D float64 `monitor:"d"`
	E float64 `monitor:"e"`
	F float64 `monitor:"f"`
	G float64 `monitor:"g"`
	H float64 `monitor:"h"`
	I float64 `monitor:"i"`
	J float64 `monitor:"j"`
	K float64 `monitor:"k"`
	S string  `monitor:"s"`
	T string  `monitor:"t"`
	U string  `monitor:"u"`
	V string  `monitor:"v"`
	L float64 `monitor:"l"`
	M float64 `monitor:"m"`
	N float64 `monitor:"n"`
	O float64 `monitor:"o"`
	P float64 `monitor:"p"`
	W string  `monitor:"w"`
}

// TestFieldsEncodeAsValuesDo: so do the fields of a struct that are encoded in runs.
func TestFieldsEncodeAsValuesDo(t *testing.T) {
	s, err := SchemaOf[tagged](Regression())
	if err != nil {
		t.Fatal(err)
	}
	binding, err := Bind[tagged](s)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 11))
	draw := func(rare bool) (in tagged) {
		v := reflect.ValueOf(&in).Elem()
		for i := range v.NumField() {
			switch f, odd := v.Field(i), rare && r.IntN(10) == 0; {
			case f.Kind() == reflect.String && odd:
				f.SetString(fmt.Sprint("new ", r.IntN(99)))
			case f.Kind() == reflect.String:
				f.SetString(strings.Repeat("label ", 5)[:r.IntN(22)])
			case odd:
				f.SetFloat([]float64{math.NaN(), math.Float64frombits(bitsMissing), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}[r.IntN(6)])
			default:
				f.SetFloat(r.NormFloat64())
			}
		}
		return in
	}
	values := make([]Value, s.Len())
	reference, err := Build(s, func(yield func(Row, error) bool) {
		for range 2000 {
			in := draw(false)
			binding.Row(&in, values)
			if !yield(Row{Values: values}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	g := reference.Geometry()
	for range 500 {
		in := draw(true)
		runs, alone := g.NewBatch(), g.NewBatch()
		binding.Append(runs, &in, &Answer{})
		binding.Row(&in, values)
		cells := runs.words[:s.Len()]
		for i := range cells {
			if want := alone.encode(i, &values[i]); cells[i] != want {
				t.Fatalf("field %d of %+v: %x, alone %x", i, in, cells[i], want)
			}
		}
		if !slices.Equal(runs.misses, alone.misses) || string(runs.labels) != string(alone.labels) {
			t.Fatalf("labels that are unknown: %v, alone %v", runs.misses, alone.misses)
		}
	}
}

// TestShortTextsHashAsOthers: labels found without a call are looked for by the same
// hash as all others; by another they would be found nowhere, only later.
func TestShortTextsHashAsOthers(t *testing.T) {
	if !asTheyLie {
		t.Skip("words are not read as they lie here")
	}
	for n := range shortText + 1 {
		text := "\x81bcdéfghijklmnop"[:n]
		first, last := shortWords(unsafe.Pointer(unsafe.StringData(text)), uint64(n))
		if got, want := sketch.HashWords(first, last, n), sketch.Hash(text); got != want {
			t.Errorf("%d bytes: %x, want %x", n, got, want)
		}
	}
}
