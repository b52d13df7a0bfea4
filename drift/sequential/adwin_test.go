package sequential

import (
	"math"
	"math/rand/v2"
	"testing"
)

// plainADWIN is the definition without a histogram: every split of the kept
// items is tried, by sums from scratch.
type plainADWIN struct {
	delta  float64
	window []float64
}

func (d *plainADWIN) add(x float64) bool {
	d.window = append(d.window, x)
	change := false
	for len(d.window) > 10 && d.cut() {
		d.window, change = d.window[1:], true
	}
	return change
}

func (d *plainADWIN) cut() bool {
	_, variance := moments(d.window)
	n := len(d.window)
	limit := math.Log(2 * math.Log(float64(n)) / d.delta)
	for k := 7; n-k >= 7; k++ {
		m0, _ := moments(d.window[:k])
		m1, _ := moments(d.window[k:])
		inverse := 1/float64(k-4) + 1/float64(n-k-4)
		if math.Abs(m0-m1) > math.Sqrt(2*inverse*variance*limit)+2*limit*inverse/3 {
			return true
		}
	}
	return false
}

func moments(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		variance += (x - mean) * (x - mean) / float64(len(v))
	}
	return mean, variance
}

// TestADWINAgainstDefinition: with more buckets than items nothing is merged and
// the histogram must act as the plain window.
func TestADWINAgainstDefinition(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 6))
		d, plain := ADWIN{MaxBuckets: 1024, Clock: 1, Delta: 0.05}, plainADWIN{delta: 0.05}
		changes := 0
		for i := range 400 {
			x := r.NormFloat64() + float64(i/150)
			got, want := d.Add(x).State == Change, plain.add(x)
			if got != want || int(d.Width()) != len(plain.window) {
				t.Fatalf("seed %d item %d: change %v width %d, want %v and %d", seed, i, got, d.Width(), want, len(plain.window))
			}
			mean, variance := moments(plain.window)
			gotMean, _ := d.Mean()
			gotVariance, _ := d.Variance()
			if math.Abs(gotMean-mean) > 1e-9 || math.Abs(gotVariance-variance) > 1e-9 {
				t.Fatalf("seed %d item %d: mean %v variance %v, want %v and %v", seed, i, gotMean, gotVariance, mean, variance)
			}
			if got {
				changes++
			}
		}
		if changes == 0 {
			t.Errorf("seed %d: no change in a stream with two", seed)
		}
	}
}

func TestADWINDirections(t *testing.T) {
	d, seen := ADWIN{}, []Direction{}
	for _, x := range errorsAt(5, 6000, 0.1, 0.5, 0.1) {
		if r := d.Add(x); r.State == Change && (len(seen) == 0 || seen[len(seen)-1] != r.Direction) {
			seen = append(seen, r.Direction)
		}
	}
	if len(seen) != 2 || seen[0] != Up || seen[1] != Down {
		t.Errorf("directions %v, want up, then down", seen)
	}
}

// TestADWINMemoryIsLogarithmic counts the bytes of the saved state.
func TestADWINMemoryIsLogarithmic(t *testing.T) {
	d, draw := ADWIN{}, bernoulli(rand.New(rand.NewPCG(8, 8)), 0.2)
	for n := 1; n <= 1<<18; n++ {
		d.Add(draw())
		if n&(n-1) == 0 {
			rows := math.Log2(float64(n)) + 1
			if got, limit := len(d.window.totals), int(6*rows); got > limit {
				t.Fatalf("%d buckets of memory for %d items, want at most %d", got, n, limit)
			}
		}
	}
}

func TestEmptyADWIN(t *testing.T) {
	var d ADWIN
	if _, ok := d.Mean(); ok {
		t.Error("an empty window has a mean")
	}
	if _, ok := d.Variance(); ok {
		t.Error("an empty window has a variance")
	}
}
