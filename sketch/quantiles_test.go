package sketch

import (
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

// The worst of nine quantiles: 0.02 % on average over seeds, 0.04 % for any. Of 240
// continuous cases on 40 other seeds (1000 to 1039), which none of the constants
// were chosen on, 18 exceeded 0.02 % and the worst was 0.030 %. Cells of 0.65 % of
// 205k values have a sampling noise of that order.
func TestRankErrorBound(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	const n, replicas, seeds, anyBound, meanBound = 200 * chunk, 8, 4, 0.0004, 0.0002
	worst, mean := map[string][3]float64{}, map[string][3]float64{}
	for seed := uint64(2000); seed < 2000+seeds; seed++ {
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
			w, m := worst[name], mean[name]
			for i, d := range []*Quantiles{one, merged, &back} {
				e := worstRankError(t, d, values)
				w[i], m[i] = max(w[i], e), m[i]+e/seeds
				if live := 16 * len(d.mean); e > anyBound || live > 4096 || d.Count() != n {
					t.Errorf("%s, seed %d, case %d: rank error %.4f %%, %d bytes, count %d", name, seed, i, 100*e, live, d.Count())
				}
			}
			worst[name], mean[name] = w, m
		}
	}
	for _, name := range streams {
		w := worst[name]
		for i, m := range mean[name] {
			if m > meanBound {
				t.Errorf("%s, case %d: mean rank error %.4f %%", name, i, 100*m)
			}
		}
		t.Logf("%-10s one stream %.4f %%, merge of 8 %.4f %%, decoded %.4f %%", name, 100*w[0], 100*w[1], 100*w[2])
	}
}

func TestQuantilesOfTiesAndConstantsAreExact(t *testing.T) {
	var d Quantiles
	if _, ok := d.Quantile(0.5); ok || d.Count() != 0 || !d.Exact() {
		t.Error("an empty digest must be undefined")
	}
	for range 300 {
		d.Add(shapes(rand.New(rand.NewPCG(3, 3)), 1000)["constant"]...)
	}
	for _, q := range []float64{0, .001, .5, .999, 1} {
		if x, ok := d.Quantile(q); !ok || x != 3.25 {
			t.Errorf("constant 3.25: Quantile(%g) = %v, %v", q, x, ok)
		}
	}
	for _, q := range []float64{-1, 1.1, math.NaN()} {
		if _, ok := d.Quantile(q); ok {
			t.Errorf("Quantile(%g) is defined", q)
		}
	}
}

func TestZeroInflatedStreamKeepsItsAtom(t *testing.T) {
	r, d, zeros := rand.New(rand.NewPCG(4, 4)), NewQuantiles(0), 0
	for range 100 {
		batch := make([]float64, 1000)
		for i := range batch {
			if r.Float64() < 0.6 {
				zeros++
			} else {
				batch[i] = r.ExpFloat64()
			}
		}
		d.Add(batch...)
	}
	for v, n := range d.Atoms() {
		if v != 0 || n != uint64(zeros) {
			t.Errorf("first atom %g × %d, want 0 × %d", v, n, zeros)
		}
		break
	}
	if p, _ := d.CDF(0); p != float64(zeros)/1e5 {
		t.Errorf("CDF(0) = %g, want %g", p, float64(zeros)/1e5)
	}
}

func TestQuantilesIgnoreNonFiniteAndSurviveExtremes(t *testing.T) {
	d := NewQuantiles(0)
	d.Add(math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(math.NaN(), -1))
	if d.Count() != 0 {
		t.Fatalf("count %d, want 0", d.Count())
	}
	r := rand.New(rand.NewPCG(5, 5))
	for range 20000 {
		d.Add(math.Float64frombits(r.Uint64()), -math.MaxFloat64, math.MaxFloat64)
	}
	last := math.Inf(-1)
	for q := 0.0; q <= 1; q += 1.0 / 512 {
		x, ok := d.Quantile(q)
		if !ok || !finite(x) || x < last {
			t.Fatalf("Quantile(%g) = %v after %v", q, x, last)
		}
		last = x
	}
}

func TestCDFInvertsQuantile(t *testing.T) {
	d := digestOf(rand.New(rand.NewPCG(6, 6)), "normal")
	for q := 0.01; q < 1; q += 0.01 {
		x, _ := d.Quantile(q)
		if p, ok := d.CDF(x); !ok || math.Abs(p-q) > 1e-6 {
			t.Errorf("CDF(Quantile(%g)) = %g", q, p)
		}
	}
}

func TestAdversarialStreamsStayBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for _, compression := range []float64{1, 50, 200, 500, 1e9} {
		d, n := NewQuantiles(compression), 0
		for i := range 300 { // half ties on a grid of i+1 values, half continuous, drifting
			batch := make([]float64, 700)
			for j := range batch {
				batch[j] = float64(i*(j%2)) + math.Floor(r.Float64()*float64(i+1))*float64(1-j%2) + r.Float64()*float64(j%2)
			}
			n += len(batch)
			d.Add(batch...)
		}
		if len(d.mean) > capacity(d.compression) || !slices.IsSorted(d.mean) || d.Count() != uint64(n) {
			t.Errorf("compression %g: %d centroids, count %d", compression, len(d.mean), d.Count())
		}
	}
}

func TestQuantilesAllocateNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	d, other := digestOf(r, "normal"), digestOf(r, "lognormal")
	values := shapes(r, 1024)["normal"]
	keys := SortKeys(keysOf(values), make([]uint64, 1024))
	for name, f := range map[string]func(){
		"AddSortedKeys": func() { d.AddSortedKeys(keys) },
		"Add":           func() { d.Add(values...) },
		"Merge":         func() { d.Merge(other) },
		"Reset":         func() { d.Reset() },
	} {
		if n := testing.AllocsPerRun(20, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestInterchangeWithTDigest(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	d := digestOf(r, "lognormal")
	exported, err := d.ToTDigest()
	if err != nil || exported.Count() != d.Count() {
		t.Fatalf("count %d of %d, %v", exported.Count(), d.Count(), err)
	}
	if err := exported.Add(math.Inf(1)); err != nil {
		t.Fatal(err)
	}
	back, dropped := FromTDigest(exported)
	if dropped != 1 || back.Count() != d.Count() {
		t.Errorf("dropped %d, count %d of %d", dropped, back.Count(), d.Count())
	}
	for _, q := range []float64{.05, .5, .95} {
		x, _ := back.Quantile(q)
		if p, _ := d.CDF(x); math.Abs(p-q) > 2e-3 {
			t.Errorf("q=%g came back as the %g quantile", q, p)
		}
	}
	if empty, _ := FromTDigest(nil); empty.Count() != 0 {
		t.Error("nil must give an empty digest")
	}
}
