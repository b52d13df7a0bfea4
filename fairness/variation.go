package fairness

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// variation is how much a gap wanders between windows of the reference beyond
// what sampling explains; blocks is 0 where that is not known.
type variation struct {
	tau2   float64
	blocks int
}

// tail is the upper tail of a standardised deviation whose variance the
// wandering adds to.
func (v variation) tail(z, variance, df float64) float64 {
	if v.tau2 > 0 {
		if !(variance > 0) {
			return 1
		}
		z *= math.Sqrt(variance / (variance + v.tau2))
		df = v.freedom(variance, df)
	}
	if math.IsInf(df, 1) {
		return stat.NormalSF(z)
	}
	return stat.StudentSF(z, df)
}

// freedom is Satterthwaite's, of a variance with df and τ² with those of its
// windows.
func (v variation) freedom(variance, df float64) float64 {
	if !(v.tau2 > 0) {
		return df
	}
	whole := variance + v.tau2
	free := v.tau2 * v.tau2 / float64(max(2, v.blocks-1))
	if !math.IsInf(df, 1) {
		free += variance * variance / df
	}
	return whole * whole / free
}

// leastBlocks is the fewest disjoint windows an estimate may rest on.
const leastBlocks = 3

// variationKey names what is remembered in the reference.
type variationKey struct {
	measures string
	labels   labels
	scale    int
}

// variations estimates, in one pass over the reference's windows, how much the
// gap of every group wanders by every measure: [measure][group], by moments
//
//	τ² = max(0, mean((gap − gap of the reference)²) − mean(v) + v of the reference)·NB/(NB−scale)
//
// with v the sampling variance of the gap; for live panes, which are no part of
// the reference, around their own mean. See [profile.Reference.Variation], whose
// estimate it is.
func variations(r *profile.Reference, measures []measure, l labels, populations []population, scale int) [][]variation {
	key := variationKey{labels: l, scale: scale}
	for i := range measures {
		key.measures += measures[i].gap + " "
	}
	out, _ := r.Memo(key, func() any { return estimate(r, measures, l, populations, scale) }).([][]variation)
	return out
}

// wander are the moments of one gap over windows.
type wander struct{ windows, sum, squares, sampling float64 }

func estimate(r *profile.Reference, measures []measure, l labels, populations []population, scale int) [][]variation {
	groups, blocks := len(r.Geometry().Groups().Groups), len(r.Panes())
	out, sums := make([][]variation, len(measures)), make([][]wander, len(measures))
	for m := range measures {
		out[m], sums[m] = make([]variation, groups), make([]wander, groups)
	}
	if scale < 1 || blocks < leastBlocks*scale || !l.known(r.Profile()) {
		return out
	}
	base := gapsOf(r.Profile(), measures, l, populations)
	for window := range r.Windows(scale) {
		if !l.known(window) {
			return out
		}
		for m, gaps := range gapsOf(window, measures, l, populations) {
			for i, g := range gaps {
				if g.ok && base[m][i].ok {
					e := g.gap - base[m][i].gap
					s := &sums[m][i]
					s.windows++
					s.sum, s.squares, s.sampling = s.sum+e, s.squares+e*e, s.sampling+g.variance(base[m][i])
				}
			}
		}
	}
	part := float64(blocks) / float64(blocks-scale)
	for m := range sums {
		for i, s := range sums[m] {
			disjoint := blocks / scale * int(s.windows) / (blocks - scale + 1)
			if disjoint < leastBlocks {
				continue
			}
			tau2 := max(0, (s.squares-s.sampling)/s.windows+base[m][i].variance(base[m][i])) * part
			if r.Live() {
				mean := s.sum / s.windows
				tau2 = max(0, max(0, s.squares/s.windows-mean*mean)*part-s.sampling/s.windows)
			}
			out[m][i] = variation{tau2, disjoint}
		}
	}
	return out
}

// standing is the gap of a group, and what its variance is made of.
type standing struct {
	gap         float64
	group, rest profile.Sum
	numbers, ok bool
}

func gapsOf(p *profile.Profile, measures []measure, l labels, populations []population) [][]standing {
	out := make([][]standing, len(measures))
	for m := range measures {
		out[m] = make([]standing, len(p.Geometry().Groups().Groups))
		for _, population := range populations {
			var whole profile.Sum
			for _, i := range population.whole {
				whole.Merge(measures[m].sum(p, i, l))
			}
			for _, i := range population.groups {
				s := &out[m][i]
				s.group = measures[m].sum(p, i, l)
				s.rest, s.numbers = less(whole, s.group), measures[m].numbers
				a, ok := s.group.Mean()
				b, also := s.rest.Mean()
				s.gap, s.ok = a-b, ok && also
			}
		}
	}
	return out
}

// variance is that of the gap by sampling, if the group and the rest were as in
// base.
func (s standing) variance(base standing) float64 {
	one := func(now, base profile.Sum) float64 {
		if s.numbers {
			v, _ := base.Variance()
			return v / float64(now.N)
		}
		p := (base.Sum + .5) / (float64(base.N) + 1)
		return p * (1 - p) / float64(now.N)
	}
	return one(s.group, base.group) + one(s.rest, base.rest)
}
