package fairness_test

import (
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// BenchmarkParity is one window with the most groups there can be.
func BenchmarkParity(b *testing.B) {
	features := []profile.Feature{
		{Name: "g", Kind: profile.Categorical, OneOf: names(14), Group: true}, {Name: "h", Kind: profile.Categorical, OneOf: names(5), Group: true},
	}
	w := newWorld(b, profile.Binary(.5), features...)
	r := rand.New(rand.NewPCG(1, 1))
	var a []profile.GroupCounts
	var o []profile.GroupOutcomes
	for range w.reference.Geometry().Groups().Groups {
		a, o = append(a, counts(r, 400, .2)), append(o, outcomes(r, 400, .5, .2))
	}
	w.remember(a, o)
	c := w.window(a, o)
	for name, of := range map[string]func() []report.Signal{
		"unlabelled": func() []report.Signal { return fairness.Parity{}.Evaluate(c) },
		"labelled":   func() []report.Signal { return fairness.Parity{}.EvaluateOutcomes(c) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of()
			}
		})
	}
}
