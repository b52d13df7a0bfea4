package sketch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

var probes = []float64{.001, .01, .05, .25, .5, .75, .95, .99, .999}

var streams = []string{"normal", "lognormal", "offset", "ties", "constant"}

// rankError is how far x is from being a q-quantile of sorted, as a share.
func rankError(sorted []float64, q, x float64) float64 {
	n := float64(len(sorted))
	below := float64(sort.SearchFloat64s(sorted, x)) / n
	upto := float64(sort.Search(len(sorted), func(i int) bool { return sorted[i] > x })) / n
	return max(0, below-q, q-upto)
}

func worstRankError(t *testing.T, d *Quantiles, sorted []float64) float64 {
	t.Helper()
	worst := 0.0
	for _, q := range probes {
		x, ok := d.Quantile(q)
		if !ok {
			t.Fatalf("Quantile(%g) undefined", q)
		}
		worst = max(worst, rankError(sorted, q, x))
	}
	return worst
}

func TestRankErrorBound(t *testing.T) {
	const n, bound, replicas = 200 * chunk, 0.0002, 8
	worst := map[string][3]float64{}
	for seed := range uint64(4) {
		all := shapes(rand.New(rand.NewPCG(seed, 7)), n)
		for _, name := range streams {
			values := all[name]
			one, parts := NewQuantiles(0), [replicas]Quantiles{}
			for i, part := range slices.Collect(slices.Chunk(values, chunk)) {
				one.Add(part...)
				parts[i%replicas].Add(part...)
			}
			merged := new(Quantiles)
			for i := range parts {
				merged.Merge(&parts[i])
			}
			data, err := merged.MarshalBinary()
			var back Quantiles
			if err == nil {
				err = back.UnmarshalBinary(data)
			}
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(values)
			w := worst[name]
			for i, d := range []*Quantiles{one, merged, &back} {
				e := worstRankError(t, d, values)
				w[i] = max(w[i], e)
				if live := 16 * len(d.mean); e > bound || live > 4096 || d.Count() != n {
					t.Errorf("%s, seed %d, case %d: rank error %.4f %%, %d bytes, count %d", name, seed, i, 100*e, live, d.Count())
				}
			}
			worst[name] = w
		}
	}
	for _, name := range streams {
		w := worst[name]
		t.Logf("%-10s one stream %.4f %%, merge of 8 %.4f %%, decoded %.4f %%", name, 100*w[0], 100*w[1], 100*w[2])
	}
}

var _ = fmt.Sprint
var _ = math.Pi
