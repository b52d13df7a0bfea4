package quality

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// increase judges a share that should not grow: k of n rows now against K of m
// in the reference, by the signed root of the 2×2 deviance, widened by how much
// the share naturally varies between time blocks:
//
//	z = e/√(V + τ²), e = √V·√deviance, V = 1/n + 1/m
//
// with Student tails where τ² was estimated. It fills in P (one-sided, upwards)
// and the critical values in terms of the share.
type increase struct {
	now, reference Rate
	variation      profile.Variation
}

// variationOf estimates how much a share of column i varies between blocks of
// about as many rows as the window has.
func variationOf(c profile.Comparison, key string, i int, count func(*profile.Tally) uint64) profile.Variation {
	panes := c.Reference.Panes()
	if len(panes) == 0 {
		return profile.Variation{}
	}
	scale := max(1, int(math.Round(float64(c.Current.Rows)/float64(max(1, panes[0].Rows)))))
	whole := &c.Reference.Profile().Columns[i].Tally
	reference := Rate{count(whole), whole.Total()}
	name := key + "\x00" + c.Reference.Geometry().Axis(i).Subject.String()
	return c.Reference.Variation(name, scale, func(p *profile.Profile) (float64, uint64) {
		t := &p.Columns[i].Tally
		test := increase{now: Rate{count(t), t.Total()}, reference: reference}
		return test.effect(), test.now.Total
	})
}

// effect is the standardised difference: its variance is 1/n + 1/m by chance.
func (t increase) effect() float64 {
	z, err := stat.SignedRootDeviance(float64(t.now.Count), float64(t.now.Total),
		float64(t.reference.Count), float64(t.reference.Total))
	if err != nil {
		return 0
	}
	return z * math.Sqrt(t.chance())
}

func (t increase) chance() float64 {
	return 1/float64(t.now.Total) + 1/float64(t.reference.Total)
}

// judge fills in P and the critical values of s, whose Value is the share.
func (t increase) judge(s *report.Signal) {
	if t.now.Total == 0 || t.reference.Total == 0 {
		return
	}
	spread := math.Sqrt(t.chance() + t.variation.Tau2)
	s.P, s.HasP = t.tail(t.effect()/spread), true
	q, n := t.smoothed(), float64(t.now.Total)
	s.Critical = report.CriticalValues(func(alpha float64) float64 {
		// On the variance-stabilised scale e ≈ 2(asin√p − asin√q).
		angle := math.Asin(math.Sqrt(q)) + t.upper(alpha)*spread/2
		return min(1, math.Pow(math.Sin(min(math.Pi/2, angle)), 2)+.5/n)
	})
	s.Floor, _ = t.reference.Share()
}

// smoothed is the reference share with half a count, so that a reference that
// never showed the fault does not make the first one certain.
func (t increase) smoothed() float64 {
	return (float64(t.reference.Count) + .5) / (float64(t.reference.Total) + 1)
}

// tail is the probability of a z at least this large.
func (t increase) tail(z float64) float64 {
	if t.variation.Tau2 > 0 {
		return stat.StudentSF(z, t.freedom())
	}
	return stat.NormalSF(z)
}

// upper inverts tail by bisection.
func (t increase) upper(alpha float64) float64 {
	low, high := 0.0, 1e6
	for range 80 {
		if mid := (low + high) / 2; t.tail(mid) > alpha {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

func (t increase) freedom() float64 { return float64(max(2, t.variation.Blocks-1)) }
