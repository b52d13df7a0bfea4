package multivariate_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// world makes rows of d standard normals of which the neighbours 2k and 2k+1
// correlate by rho[k], the last of rho being that of all pairs after it.
type world struct {
	d    int
	rho  []float64
	rows int
	warp func(i int, z float64) float64 // marginal of feature i; nil: normal
	// wobble, where set, is added to every correlation of a run of block rows.
	wobble float64
	block  int
}

func (w world) schema() *profile.Schema {
	features := make([]profile.Feature, w.d)
	for i := range features {
		features[i].Name = fmt.Sprintf("x%02d", i)
	}
	s, err := profile.NewSchema(profile.Regression(), features...)
	if err != nil {
		panic(err)
	}
	return s
}

func (w world) seq(seed uint64) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 77))
		values, shift := make([]profile.Value, w.d), 0.0
		for n := range w.rows {
			if w.block > 0 && n%w.block == 0 {
				shift = w.wobble * r.NormFloat64()
			}
			var last float64
			for i := range values {
				z := r.NormFloat64()
				if i%2 == 1 {
					rho := min(max(w.rho[min(i/2, len(w.rho)-1)]+shift, -.99), .99)
					z = rho*last + math.Sqrt(1-rho*rho)*z
				}
				last = z
				if w.warp != nil {
					z = w.warp(i, z)
				}
				values[i] = profile.Float(z)
			}
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: 1}}, nil) {
				return
			}
		}
	}
}

func (w world) reference(t testing.TB, seed uint64) *profile.Reference {
	t.Helper()
	r, err := profile.Build(w.schema(), w.seq(seed))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func profiled(g *profile.Geometry, rows iter.Seq2[profile.Row, error]) *profile.Profile {
	p, err := g.Fill(profile.CountsOnly, rows)
	if err != nil {
		panic(err)
	}
	return p
}

func comparison(r *profile.Reference, p *profile.Profile) profile.Comparison {
	return profile.Comparison{Reference: r, Current: p, Window: report.Window{Scale: 1, Pane: 1}}
}

// rates are shares of windows in which P ≤ .01.
type rates struct{ pairs, multivariate, mahalanobis float64 }

// simulate compares windows of n rows of now with references of 10,000 rows of
// before, a new reference for every tenth window.
func simulate(t testing.TB, before, now world, n, windows int, seed uint64) rates {
	before.rows, now.rows = 10_000, n
	hits := map[string]float64{}
	var reference *profile.Reference
	for i := range windows {
		if i%10 == 0 {
			reference = before.reference(t, seed+uint64(i)*1000)
		}
		c := comparison(reference, profiled(reference.Geometry(), now.seq(seed+uint64(i)*1000+1)))
		for _, s := range append(multivariate.Pairs{}.Evaluate(c), multivariate.Projections{}.Evaluate(c)...) {
			if s.HasP && s.P <= .01 && s.Name != "drift.pair" {
				hits[s.Name]++
			}
		}
	}
	w := float64(windows)
	return rates{hits["drift.pairs"] / w, hits["drift.multivariate"] / w, hits["drift.mahalanobis"] / w}
}

func rho(v ...float64) []float64 { return v }

// lognormal is a marginal that is far from normal.
func lognormal(_ int, z float64) float64 { return math.Exp(1.5 * z) }

// TestPower prints how often each test alarms at level .01 in one window, and
// holds the goals. A rate of w windows has a standard error of √(.01·.99/w).
func TestPower(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulation of some seconds")
	}
	cases := []struct {
		name        string
		before, now world
		n, windows  int
		least, most float64 // of pairs
	}{
		{"none", world{d: 10, rho: rho(.3)}, world{d: 10, rho: rho(.3)}, 200, 200, 0, .03},
		{"none", world{d: 10, rho: rho(.8)}, world{d: 10, rho: rho(.8)}, 1000, 200, 0, .03},
		{"none", world{d: 30, rho: rho(.3)}, world{d: 30, rho: rho(.3)}, 200, 100, 0, .03},
		{"none", world{d: 30, rho: rho(.8)}, world{d: 30, rho: rho(.8)}, 1000, 100, 0, .03},
		{"one pair .3 to -.3", world{d: 10, rho: rho(.3)}, world{d: 10, rho: rho(-.3, .3)}, 200, 40, .95, 1},
		{"all .3 to -.3", world{d: 10, rho: rho(.3)}, world{d: 10, rho: rho(-.3)}, 200, 40, .95, 1},
		{"all .3 to -.3", world{d: 30, rho: rho(.3)}, world{d: 30, rho: rho(-.3)}, 200, 40, .95, 1},
		{"one pair .3 to -.3", world{d: 30, rho: rho(.3)}, world{d: 30, rho: rho(-.3, .3)}, 200, 40, .95, 1},
		{"all 0 to .5", world{d: 10, rho: rho(0)}, world{d: 10, rho: rho(.5)}, 200, 40, .95, 1},
		{"all 0 to .2", world{d: 10, rho: rho(0)}, world{d: 10, rho: rho(.2)}, 1000, 40, .8, 1},
		{"all .3 to -.3, lognormal", world{d: 10, rho: rho(.3), warp: lognormal}, world{d: 10, rho: rho(-.3), warp: lognormal}, 200, 40, .95, 1},
	}
	seed := uint64(*seedFlag)
	t.Logf("%-28s %3s %5s %8s %14s %12s", "change", "d", "n", "pairs", "multivariate", "mahalanobis")
	for _, c := range cases {
		r := simulate(t, c.before, c.now, c.n, c.windows, seed)
		t.Logf("%-28s %3d %5d %8.3f %14.3f %12.3f", c.name, c.before.d, c.n, r.pairs, r.multivariate, r.mahalanobis)
		if r.pairs < c.least || r.pairs > c.most {
			t.Errorf("%s, d = %d, n = %d: pairs alarm in %.3f of windows, want %.2f to %.2f", c.name, c.before.d, c.n, r.pairs, c.least, c.most)
		}
		if c.name == "none" && max(r.multivariate, r.mahalanobis) > .04 {
			t.Errorf("%s, d = %d, n = %d: %.3f and %.3f of windows alarm, want about .01", c.name, c.before.d, c.n, r.multivariate, r.mahalanobis)
		}
	}
}
