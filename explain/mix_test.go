package explain_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
)

func sums(r *rand.Rand, n int, shares, means []float64) []profile.Sum {
	out := make([]profile.Sum, len(shares))
	for range n {
		u, s := r.Float64(), 0
		for s < len(shares)-1 && u >= shares[s] {
			u -= shares[s]
			s++
		}
		out[s].Add(means[s] + r.NormFloat64())
	}
	return out
}

// The two parts add up to the change exactly, whatever is empty.
func TestDecompositionIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 1))
	for range 500 {
		k := 1 + r.IntN(12)
		draw := func() []profile.Sum {
			out := make([]profile.Sum, k)
			for i := range out {
				for range r.IntN(40) * r.IntN(2) {
					out[i].Add(r.ExpFloat64())
				}
			}
			out[r.IntN(k)].Add(1)
			return out
		}
		before, after := draw(), draw()
		d, err := explain.Decompose(before, after)
		if err != nil {
			t.Fatal(err)
		}
		var old, now profile.Sum
		mix, within := 0.0, 0.0
		for i := range before {
			old.Merge(before[i])
			now.Merge(after[i])
			mix, within = mix+d.Parts[i].Mix, within+d.Parts[i].Within
		}
		was, _ := old.Mean()
		is, _ := now.Mean()
		if math.Abs(d.Change-(is-was)) > 1e-12 || math.Abs(d.Mix+d.Within-d.Change) > 1e-12 ||
			math.Abs(mix-d.Mix) > 1e-12 || math.Abs(within-d.Within) > 1e-12 {
			t.Fatalf("%+v of %v and %v: change %v", d, before, after, is-was)
		}
	}
}

// The standard errors are those that repetition shows.
func TestDecompositionErrors(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 2))
	shares, means := []float64{.5, .3, .2}, []float64{1, 2, 4}
	moved, worse := []float64{.4, .3, .3}, []float64{1, 2.2, 4}
	const runs = 1500
	inside := map[string]int{}
	truth, _ := explain.Decompose(sums(r, 2_000_000, shares, means), sums(r, 2_000_000, moved, worse))
	for range runs {
		d, err := explain.Decompose(sums(r, 800, shares, means), sums(r, 300, moved, worse))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string][3]float64{
			"change": {d.Change, d.ChangeSE, truth.Change}, "mix": {d.Mix, d.MixSE, truth.Mix}, "within": {d.Within, d.WithinSE, truth.Within},
		} {
			if math.Abs(v[0]-v[2]) <= 1.96*v[1] {
				inside[name]++
			}
		}
	}
	for name, k := range inside {
		if share := float64(k) / runs; share < .93 || share > .97 {
			t.Errorf("%s: the interval covers in %.3f", name, share)
		}
	}
	if len(inside) != 3 {
		t.Errorf("measured %v", inside)
	}
}

func TestDecomposeErrors(t *testing.T) {
	one := []profile.Sum{{N: 1, Sum: 1, Squares: 1}}
	for name, pair := range map[string][2][]profile.Sum{
		"lengths": {one, nil}, "empty": {nil, nil}, "no rows": {one, make([]profile.Sum, 1)},
	} {
		if _, err := explain.Decompose(pair[0], pair[1]); !errors.Is(err, explain.ErrSegments) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
