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
	for _, shape := range []string{"normal", "lognormal", "ties"} {
		b.Run(shape+"/1024", func(b *testing.B) {
			var source [16][]uint64
			for i := range source {
				source[i] = SortKeys(keysOf(shapes(r, 1024)[shape]), make([]uint64, 1024))
			}
			d := digestOf(r, shape)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d.AddSortedKeys(source[i%16])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/value")
		})
	}
}

func BenchmarkQuantilesMerge(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y, into := digestOf(r, "lognormal"), digestOf(r, "lognormal"), NewQuantiles(0)
	b.ReportAllocs()
	for b.Loop() {
		into.Reset()
		into.count, into.min, into.max, into.exact = x.count, x.min, x.max, x.exact
		into.mean, into.weight = append(into.mean, x.mean...), append(into.weight, x.weight...)
		into.Merge(y)
	}
}

func BenchmarkQuantilesQuantile(b *testing.B) {
	d := digestOf(rand.New(rand.NewPCG(1, 2)), "lognormal")
	for b.Loop() {
		d.Quantile(0.99)
	}
}
