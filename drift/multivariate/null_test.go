package multivariate_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// odd are rows whose dependence is no bivariate normal's: x1 is x0 up to a
// random sign (uncorrelated, but far from independent), x2 is x0 with 40 % of
// values missing, x3 is exp(x0)·noise, x4 a copy of x3 and x5 a 0/1 flag.
func odd(n int, missing float64, seed uint64) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 5))
		for range n {
			x := r.NormFloat64()
			values := make([]profile.Value, 6)
			values[0] = profile.Float(x)
			values[1] = profile.Float(x * float64(1-2*r.IntN(2)))
			if r.Float64() >= missing {
				values[2] = profile.Float(x + .3*r.NormFloat64())
			}
			product := math.Exp(x) * r.Float64()
			values[3], values[4] = profile.Float(product), profile.Float(product*3)
			values[5] = profile.Int(int64(r.IntN(2)))
			if !yield(profile.Row{Values: values, Outcome: profile.Outcome{Score: 1}}, nil) {
				return
			}
		}
	}
}

// Dependence of any kind keeps its level, and so does a change of the share of
// missing values alone.
func TestNullOddities(t *testing.T) {
	schema := world{d: 6}.schema()
	const windows = 200
	for _, missing := range []float64{.4, .7} {
		alarms := map[string]int{}
		for i := range windows {
			seed := uint64(*seedFlag)*100_000 + uint64(i)
			r := oddReference(t, schema, seed-uint64(i%50))
			c := comparison(r, profiled(r.Geometry(), odd(300, missing, seed+7_000_000)))
			for _, s := range slices.Concat(multivariate.Pairs{Once: true}.Evaluate(c), multivariate.Projections{Once: true}.Evaluate(c)) {
				if s.Name != "drift.pair" && s.P <= .01 {
					alarms[s.Name]++
				}
			}
		}
		t.Logf("%.0f %% missing: %v of %d windows", 100*missing, alarms, windows)
		if n := alarms["drift.pairs"]; n > 8 {
			t.Errorf("%.0f %% missing: pairs alarm in %d of %d windows at level .01", 100*missing, n, windows)
		}
		if n := max(alarms["drift.multivariate"], alarms["drift.mahalanobis"]); n > 8 {
			t.Errorf("%.0f %% missing: projections alarm in %d of %d windows at level .01", 100*missing, n, windows)
		}
	}
}

var oddReferences = map[uint64]*profile.Reference{}

func oddReference(t *testing.T, s *profile.Schema, seed uint64) *profile.Reference {
	t.Helper()
	if r := oddReferences[seed]; r != nil {
		return r
	}
	r, err := profile.Build(s, odd(8000, .4, seed))
	if err != nil {
		t.Fatal(err)
	}
	oddReferences[seed] = r
	return r
}

// Correlations that wander between blocks of the reference alarm nobody when
// they go on wandering; without natural variability they would all the time.
func TestNullWobble(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	w := world{d: 8, rho: rho(.4), rows: 20_000, wobble: .15, block: 400}
	alarms, naive, windows := 0, 0, 0
	for seed := range uint64(4) {
		seed += uint64(*seedFlag) * 100
		reference, err := profile.Build(w.schema(), w.seq(seed), profile.BlockRows(400))
		if err != nil {
			t.Fatal(err)
		}
		plain := reference.WithLivePanes(nil)
		live := w
		live.rows = 400
		for i := range uint64(100) {
			windows++
			p := profiled(reference.Geometry(), live.seq(seed*10_000+i+1))
			if signalNamed(t, multivariate.Pairs{}.Evaluate(comparison(reference, p)), "drift.pairs").P <= .01 {
				alarms++
			}
			if signalNamed(t, multivariate.Pairs{Once: true}.Evaluate(comparison(plain, p)), "drift.pairs").P <= .01 {
				naive++
			}
		}
	}
	t.Logf("%d alarms in %d windows; %d without natural variability", alarms, windows, naive)
	if alarms > 12 || naive < windows/4 {
		t.Errorf("%d alarms in %d windows, want about 1 in 100; %d without natural variability, want many", alarms, windows, naive)
	}
}

func signalNamed(t testing.TB, signals []report.Signal, name string) report.Signal {
	t.Helper()
	for _, s := range signals {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no signal %s among %d", name, len(signals))
	return report.Signal{}
}
