package sketch

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkSortKeys(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{256, 1024, 4096} {
		for _, shape := range []string{"normal", "lognormal", "offset", "ties"} {
			b.Run(fmt.Sprintf("%s/%d", shape, n), func(b *testing.B) {
				const sets = 16 // rotate: one batch sorted again and again trains the branch predictor
				var source [sets][]uint64
				for i := range source {
					source[i] = keysOf(shapes(r, n)[shape])
				}
				keys, scratch := make([]uint64, n), make([]uint64, n)
				for i := 0; b.Loop(); i++ {
					copy(keys, source[i%sets])
					SortKeys(keys, scratch)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
			})
		}
	}
}

func digestOf(r *rand.Rand, shape string) *Quantiles {
	d := NewQuantiles(0)
	for range 100 {
		d.Add(shapes(r, 1024)[shape]...)
	}
	return d
}

func BenchmarkQuantilesAddSortedKeys(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{256, 1024, 4096} {
		for _, shape := range []string{"normal", "lognormal", "ties"} {
			b.Run(fmt.Sprintf("%s/%d", shape, n), func(b *testing.B) {
				var source [16][]uint64
				for i := range source {
					source[i] = SortKeys(keysOf(shapes(r, n)[shape]), make([]uint64, n))
				}
				d := digestOf(r, shape)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					d.AddSortedKeys(source[i%16])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
			})
		}
	}
}

func BenchmarkQuantilesMerge(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y, into := digestOf(r, "lognormal"), digestOf(r, "lognormal"), NewQuantiles(0)
	b.ReportAllocs()
	for b.Loop() {
		into.Reset()
		into.count, into.min, into.max, into.exact = x.count, x.min, x.max, x.exact
		into.mean = append(into.mean, x.mean...)
		copy(into.weight, x.weight)
		into.Merge(y)
	}
}

// BenchmarkQuantilesMergeRotating merges other digests each time, so that branches
// cannot be learned by heart. Those of Apart are distributed differently.
func BenchmarkQuantilesMergeRotating(b *testing.B) {
	const pairs = 32
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range []struct{ name, other string }{{"Alike", "lognormal"}, {"Apart", "normal"}} {
		var x, y [pairs]*Quantiles
		for i := range pairs {
			x[i], y[i] = digestOf(r, "lognormal"), digestOf(r, kind.other)
		}
		b.Run(kind.name, func(b *testing.B) {
			into := NewQuantiles(0)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				from := x[i%pairs]
				into.Reset()
				into.count, into.min, into.max, into.exact = from.count, from.min, from.max, from.exact
				into.mean = append(into.mean, from.mean...)
				copy(into.weight, from.weight)
				into.Merge(y[i%pairs])
			}
		})
	}
}

func BenchmarkQuantilesQuantile(b *testing.B) {
	d := digestOf(rand.New(rand.NewPCG(1, 2)), "lognormal")
	for b.Loop() {
		d.Quantile(0.99)
	}
}

func BenchmarkCellsAddSortedKeys(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	c, err := NewCells(QuantileEdges(40, NewSample(shapes(r, 5000)["normal"])))
	if err != nil {
		b.Fatal(err)
	}
	var source [16][]uint64
	for i := range source {
		source[i] = SortKeys(keysOf(shapes(r, 1024)["normal"]), nil)
	}
	for i := 0; b.Loop(); i++ {
		c.AddSortedKeys(source[i%16])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/value")
}

func BenchmarkMomentsAdd(b *testing.B) {
	values := shapes(rand.New(rand.NewPCG(1, 2)), 1024)["normal"]
	var m Moments
	for b.Loop() {
		m.Add(values)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/value")
}

func BenchmarkHash(b *testing.B) {
	var sink uint64
	for _, s := range []string{"fraud", "category-17", "a string of more than sixteen bytes"} {
		b.Run(fmt.Sprint(len(s)), func(b *testing.B) {
			for b.Loop() {
				sink += Hash(s)
			}
		})
	}
	_ = sink
}

func BenchmarkDistinct(b *testing.B) {
	d, other := NewDistinct(), NewDistinct()
	for i := range 5000 {
		other.InsertHash(HashUint64(uint64(i)))
	}
	b.Run("InsertHash", func(b *testing.B) {
		for h := uint64(0); b.Loop(); h += 0x9e3779b97f4a7c15 {
			d.InsertHash(h)
		}
	})
	b.Run("Merge", func(b *testing.B) {
		for b.Loop() {
			if err := d.Merge(other); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Estimate", func(b *testing.B) {
		for b.Loop() {
			d.Estimate()
		}
	})
}

func BenchmarkFrequentAdd(b *testing.B) {
	zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.2, 1, 5000)
	labels, f := make([]string, 4096), NewFrequent(64)
	for i := range labels {
		labels[i] = fmt.Sprint("category-", zipf.Uint64())
	}
	for i := 0; b.Loop(); i++ {
		s := labels[i%4096]
		f.Add(Hash(s), s, 1)
	}
}

// BenchmarkQuantilesMergeAligned merges digests whose centroids lie at the same
// places, as those of panes counted on one grid do.
func BenchmarkQuantilesMergeAligned(b *testing.B) {
	var groups []Centroid
	for i := range 230 {
		groups = append(groups, Centroid{Mean: float64(i), Count: 500})
	}
	x, y := NewQuantiles(0), NewQuantiles(0)
	y.AddCentroids(groups, 0, 229)
	b.ReportAllocs()
	for b.Loop() {
		x.Reset()
		x.AddCentroids(groups, 0, 229)
		x.Merge(y)
	}
}
