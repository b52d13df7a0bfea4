package profile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/sketch"
)

// benchInput is 18 numbers and 4 short labels.
type benchInput struct {
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
	L float64 `monitor:"l"`
	M float64 `monitor:"m"`
	N float64 `monitor:"n"`
	O float64 `monitor:"o"`
	P float64 `monitor:"p"`
	Q float64 `monitor:"q"`
	R float64 `monitor:"r"`
	W string  `monitor:"w"`
	X string  `monitor:"x"`
	Y string  `monitor:"y"`
	Z string  `monitor:"z"`
}

func benchRows(t testing.TB, n int) (*Schema, []Row) {
	t.Helper()
	s, err := SchemaOf[benchInput](Binary(0.5))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(r, 1.3, 1, 60)
	rows := make([]Row, n)
	for i := range rows {
		values := make([]Value, 0, s.Len())
		for range 18 {
			values = append(values, Float(r.NormFloat64()))
		}
		for range 4 {
			values = append(values, String(fmt.Sprintf("cat-%d", zipf.Uint64())))
		}
		rows[i] = Row{Time: at(i), Values: values, Outcome: Outcome{Score: r.Float64()}}
	}
	return s, rows
}

func benchReference(t testing.TB, n int) *Reference {
	t.Helper()
	s, rows := benchRows(t, n)
	r, err := Build(s, Rows(rows), BlockRows(n/50))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func BenchmarkBatchAppend(b *testing.B) {
	g := benchReference(b, 10_000).Geometry()
	_, rows := benchRows(b, 4096)
	batch := g.NewBatch()
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if batch.Full() {
			batch.Reset()
		}
		batch.Append(&rows[i%len(rows)])
	}
}

func BenchmarkBinding(b *testing.B) {
	s, _ := benchRows(b, 1)
	binding, err := Bind[benchInput](s)
	if err != nil {
		b.Fatal(err)
	}
	in, values := benchInput{A: 1, W: "cat-1"}, make([]Value, s.Len())
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		binding.Row(&in, values)
	}
}

func BenchmarkReferenceEncode(b *testing.B) {
	r := benchReference(b, 10_000)
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer, _ = r.AppendBinary(buffer[:0])
	}
	b.SetBytes(int64(len(buffer)))
}

func BenchmarkReferenceDecode(b *testing.B) {
	data := encoded(b, benchReference(b, 10_000))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := new(Reference).UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	r := benchReference(t, 5000)
	g := r.Geometry()
	_, rows := benchRows(t, BatchRows)
	rows[3].Values[20] = String("a label that nobody has seen")
	batch, p, f := g.NewBatch(), g.New(CountsOnly), g.NewFiller()
	sketches := g.New(WithSketches)
	fill := func() {
		batch.Reset()
		for i := range rows {
			batch.Append(&rows[i])
		}
	}
	if n := testing.AllocsPerRun(10, fill); n != 0 {
		t.Errorf("Append: %v allocations for %d rows", n, len(rows))
	}
	f.Drain(batch, sketches)
	f.Flush(sketches)
	if n := testing.AllocsPerRun(10, func() { f.Drain(batch, p); f.Flush(p) }); n != 0 {
		t.Errorf("Drain of counts: %v allocations", n)
	}
	if n := testing.AllocsPerRun(10, func() { f.Drain(batch, sketches); f.Flush(sketches) }); n != 0 {
		t.Errorf("Drain with sketches: %v allocations", n)
	}
	binding, err := Bind[benchInput](g.Schema())
	if err != nil {
		t.Fatal(err)
	}
	in, values := benchInput{W: "cat-1"}, make([]Value, g.Schema().Len())
	if n := testing.AllocsPerRun(100, func() { binding.Row(&in, values) }); n != 0 {
		t.Errorf("Binding.Row: %v allocations", n)
	}
}

// BenchmarkFill is per row of 19 numbers and 4 labels, on grids and by sorting.
func BenchmarkFill(b *testing.B) {
	r := benchReference(b, 10_000)
	plain := *r.Geometry()
	plain.fine = nil
	for name, g := range map[string]*Geometry{"grid": r.Geometry(), "sorted": &plain} {
		b.Run(name, func(b *testing.B) {
			_, rows := benchRows(b, 32*BatchRows)
			batches := make([]*Batch, 32)
			for i := range batches {
				batches[i] = g.NewBatch()
				for j := range BatchRows {
					batches[i].Append(&rows[i*BatchRows+j])
				}
			}
			p, f := g.New(WithSketches), g.NewFiller()
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i += BatchRows {
				f.Drain(batches[i/BatchRows%len(batches)], p)
			}
		})
	}
}

// BenchmarkClose is what closing a pane takes that has counted 20,480 rows of 19
// numbers and 4 labels and keeps 256 more.
func BenchmarkClose(b *testing.B) {
	g := benchReference(b, 10_000).Geometry()
	_, rows := benchRows(b, 80*BatchRows+BatchRows)
	f, p, batch := g.NewFiller(), g.New(WithSketches), g.NewBatch()
	for i := range rows {
		if batch.Append(&rows[i]); batch.Full() {
			f.Drain(batch, p)
			batch.Reset()
		}
	}
	pending, before := f.rows, slices.Clone(f.columns)
	for i := range before {
		before[i].counts, before[i].held = slices.Clone(f.columns[i].counts), slices.Clone(f.columns[i].held)
	}
	moments := make([]sketch.Moments, len(p.Columns))
	for i := range moments {
		moments[i] = p.Columns[i].Moments
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Reset()
		for i := range moments {
			p.Columns[i].Moments = moments[i]
		}
		f.rows = pending
		for i := range before {
			now, was := &f.columns[i], &before[i]
			now.total = was.total
			copy(now.counts, was.counts)
			now.held = append(now.held, was.held...)
		}
		f.Flush(p)
		p.Pack()
	}
}
