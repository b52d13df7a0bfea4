package multivariate_test

import (
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/profile"
)

// vectors are rows with one embedding: a mixture of three topics in a space of
// few busy and many quiet dimensions. share is that of the first topic, stretch
// a factor on everything.
func vectors(n, dimensions int, share float64, stretch float32, seed uint64) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 6))
		for range n {
			topic := 1 + r.IntN(2)
			if r.Float64() < share {
				topic = 0
			}
			v := make([]float32, dimensions)
			for k := range v {
				v[k] = float32(r.NormFloat64()) * .3
				if k%8 == topic {
					v[k] += .5
				}
				v[k] *= stretch
			}
			if !yield(profile.Row{Values: []profile.Value{profile.Vector(v)}, Outcome: profile.Outcome{Score: 1}}, nil) {
				return
			}
		}
	}
}

func vectorSchema(t testing.TB, dimensions int) *profile.Schema {
	t.Helper()
	s, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "text", Kind: profile.Embedding, Dimensions: dimensions})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPowerEmbedding prints how often an embedding alarms at level .01.
func TestPowerEmbedding(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulation of some seconds")
	}
	const dimensions, rows = 64, 1000
	cases := []struct {
		name        string
		share       float64
		stretch     float32
		windows     int
		least, most float64
	}{
		{"none", .2, 1, 100, 0, .04},
		{"topic share .2 to .5", .5, 1, 30, .95, 1},
		{"norm 5 % up", .2, 1.05, 30, .9, 1},
	}
	schema := vectorSchema(t, dimensions)
	var reference *profile.Reference
	for _, c := range cases {
		alarms := 0
		for i := range c.windows {
			seed := uint64(*seedFlag)*10_000 + uint64(i)
			if i%20 == 0 {
				var err error
				if reference, err = profile.Build(schema, vectors(4000, dimensions, .2, 1, seed)); err != nil {
					t.Fatal(err)
				}
			}
			p := profiled(reference.Geometry(), vectors(rows, dimensions, c.share, c.stretch, seed+5_000_000))
			if s := signalNamed(t, multivariate.Embedding{}.Evaluate(comparison(reference, p)), "drift.embedding"); s.HasP && s.P <= .01 {
				alarms++
			}
		}
		rate := float64(alarms) / float64(c.windows)
		t.Logf("%-22s %3d dimensions %5d rows %6.3f", c.name, dimensions, rows, rate)
		if rate < c.least || rate > c.most {
			t.Errorf("%s: %.3f of windows alarm, want %.2f to %.2f", c.name, rate, c.least, c.most)
		}
	}
}

func TestEmbeddingWasserstein(t *testing.T) {
	schema := vectorSchema(t, 32)
	reference, err := profile.Build(schema, vectors(4000, 32, .2, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	value := func(share float64) float64 {
		c := comparison(reference, profiled(reference.Geometry(), vectors(3000, 32, share, 1, 2)))
		return signalNamed(t, multivariate.Embedding{}.Evaluate(c), "drift.embedding_wasserstein").Value
	}
	if same, moved := value(.2), value(.8); same > .06 || moved < 2*same {
		t.Errorf("sliced distance %.3f where nothing changed and %.3f where a topic grew", same, moved)
	}
}
