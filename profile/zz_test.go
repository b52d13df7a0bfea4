package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// as bench/hotpath: 18 lognormal numbers, 4 labels, Binary
func zzRows(t testing.TB, n int, seed uint64) (*Schema, []Row) {
	s, err := SchemaOf[benchInput](Binary(0.5))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	zipf := rand.NewZipf(r, 1.2, 1, 63)
	rows := make([]Row, n)
	for i := range rows {
		values := make([]Value, 0, s.Len())
		for range 18 {
			values = append(values, Float(math.Exp(r.NormFloat64())))
		}
		for range 4 {
			values = append(values, String(fmt.Sprintf("category-%d", 10+zipf.Uint64())))
		}
		rows[i] = Row{Time: at(i), Values: values, Outcome: Outcome{Score: r.Float64()}}
	}
	return s, rows
}

func BenchmarkZZClose(b *testing.B) {
	s, rows := zzRows(b, 20000, 1)
	ref, err := Build(s, each(rows), BlockRows(len(rows)/50))
	if err != nil {
		b.Fatal(err)
	}
	g := ref.Geometry()
	_, live := zzRows(b, 32*BatchRows, 7)
	batches := make([]*Batch, 32)
	for i := range batches {
		batches[i] = g.NewBatch()
		for j := range BatchRows {
			batches[i].Append(&live[i*BatchRows+j])
		}
	}
	half := g.NewBatch()
	for i := range BatchRows / 2 {
		half.Append(&live[i*5])
	}
	f, p := g.NewFiller(), g.New(WithSketches)
	var drain, flush, pack, reset time.Duration
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		t0 := time.Now()
		p.Reset()
		t1 := time.Now()
		for i := range 80 {
			f.Drain(batches[i%32], p)
		}
		t2 := time.Now()
		f.Drain(half, p)
		f.Drain(half, p)
		t3 := time.Now()
		f.Flush(p)
		t4 := time.Now()
		p.Pack()
		t5 := time.Now()
		reset += t1.Sub(t0)
		drain += t3.Sub(t2)
		flush += t4.Sub(t3)
		pack += t5.Sub(t4)
		n++
	}
	us := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(n) }
	b.ReportMetric(us(drain), "drain-us")
	b.ReportMetric(us(flush), "flush-us")
	b.ReportMetric(us(pack), "pack-us")
	b.ReportMetric(us(reset), "reset-us")
}
