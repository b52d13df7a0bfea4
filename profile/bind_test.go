package profile

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// every has a field of each kind that can be observed.
type every struct {
	ID  string    `monitor:",id"`
	F64 float64   `monitor:"f64"`
	F32 float32   `monitor:"f32"`
	I   int       `monitor:"i"`
	I8  int8      `monitor:"i8"`
	I16 int16     `monitor:"i16"`
	I32 int32     `monitor:"i32"`
	I64 int64     `monitor:"i64"`
	U   uint      `monitor:"u"`
	U8  uint8     `monitor:"u8"`
	U16 uint16    `monitor:"u16"`
	U32 uint32    `monitor:"u32"`
	U64 uint64    `monitor:"u64"`
	S   string    `monitor:"s"`
	B   bool      `monitor:"b"`
	C   int       `monitor:"c,categorical"`
	P   *float64  `monitor:"p"`
	PS  *string   `monitor:"ps"`
	V   []float32 `monitor:"v,dim=2"`
}

func TestBindingReadsEveryKind(t *testing.T) {
	s, err := SchemaOf[every](Binary(0.5))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Bind[every](s)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]Value, s.Len())
	full := every{"id", 1.5, 2.5, -1, -2, -3, -4, -5, 6, 7, 8, 9, math.MaxUint64, "s", true, 12, ptr(3.5), ptr("t"), []float32{3, 4}}
	if id := b.Row(&full, values); id != "id" {
		t.Errorf("id %q", id)
	}
	want := "[1.5 2.5 -1 -2 -3 -4 -5 6 7 8 9 1.8446744073709552e+19 s true 12 3.5 t vector of 2]"
	if got := fmt.Sprint(values); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	odd := every{F64: math.Float64frombits(bitsMissing), F32: float32(math.Inf(1)), S: "\xff", V: []float32{1}}
	g := BlankGeometry(s)
	for _, in := range []*every{&full, {}, &odd, nil} {
		one, two := g.NewBatch(), g.NewBatch()
		answer := Answer{Outcome: Outcome{Score: .5}}
		b.Append(one, in, &answer)
		row := answer.Row(values)
		row.ID = b.Row(in, values)
		two.Append(&row)
		if !slices.Equal(one.words, two.words) || one.Len() != 1 {
			t.Errorf("%+v: Binding.Append and Row with Batch.Append encode differently", in)
		}
	}
}

func TestMulticlassRowsRoundTrip(t *testing.T) {
	s, err := NewSchema(Multiclass("a", "b"), Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	g := BlankGeometry(s)
	var rows []Row
	for _, class := range []string{"a", "b", "z", "\xff", ""} {
		rows = append(rows, Row{Values: []Value{Float(1)}, Outcome: Outcome{Class: class, Score: .75}, Truth: Class("b"), Latency: time.Millisecond})
	}
	rows = append(rows, Row{Err: errModel}, Row{Err: &PanicError{}}, Row{Outcome: Outcome{Class: "a"}})
	b := g.NewBatch()
	for i := range rows {
		b.Append(&rows[i])
	}
	var kept []Row
	for row := range b.Rows() {
		kept = append(kept, row)
	}
	want, got := observe(g, CountsOnly, rows), observe(g, CountsOnly, kept)
	sameCounts(t, got, want)
	class := want.Column(report.Subject{Kind: report.KindPrediction, Name: ClassAxis})
	if class == nil || class.Cells[0] != 2 || class.Unseen != 1 || class.Invalid != 1 || class.Missing != 1 {
		t.Errorf("classes %+v", class)
	}
	if score := want.Column(report.Subject{Kind: report.KindPrediction, Name: ScoreAxis}); score.Total() != 5 {
		t.Errorf("%d scores, want 5: a class without a score has none", score.Total())
	}
	if want.Column(report.Subject{Kind: report.KindPair}) != nil {
		t.Error("a column of no subject")
	}
}

func TestTruth(t *testing.T) {
	for _, tc := range []struct {
		truth Truth
		known bool
		value float64
		ok    bool
		class string
	}{
		{Truth{}, false, 0, false, ""}, {Positive(), true, 1, true, ""}, {Negative(), true, 0, true, ""},
		{Class("x"), true, 0, false, "x"}, {Number(3.2), true, 3.2, true, ""},
	} {
		v, ok := tc.truth.Value()
		if tc.truth.Known() != tc.known || v != tc.value || ok != tc.ok || tc.truth.ClassName() != tc.class {
			t.Errorf("%+v: %v, %v, %q", tc.truth, v, ok, tc.truth.ClassName())
		}
	}
}

func TestComparison(t *testing.T) {
	r := testReference(t, 500)
	c := Comparison{Reference: r, Current: observe(r.Geometry(), WithSketches, testRows(2, 50))}
	pairs, inputs := 0, 0
	for p := range c.Pairs() {
		if p.Index != pairs || p.Current != &c.Current.Columns[pairs] || p.Axis != r.Geometry().Axis(pairs) {
			t.Errorf("pair %d: %+v", pairs, p)
		}
		pairs++
	}
	for p := range c.Inputs() {
		want := report.Drift
		if p.Axis.Subject.Kind == report.KindPrediction {
			want = report.Prediction
		}
		if s := c.Signal("drift.psi", p); p.Evidence() != want || s.Current != p.Current.Valid() || s.Unit == "" {
			t.Errorf("%v: %+v", p.Axis.Subject, s)
		}
		inputs++
	}
	if pairs != r.Geometry().Len() || inputs != pairs-1 {
		t.Errorf("%d pairs, %d inputs", pairs, inputs)
	}
}
