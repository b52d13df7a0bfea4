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
//	τ² = (mean((gap − gap of the reference)²) − mean(v) + v of the reference)·NB/(NB−scale)
//
// with v the sampling variance of the gap; for live panes, which are no part of
// the reference, around their own mean. It is the estimate of
// [profile.Reference.Variation]; where it is within its standard error of none,
// that of all groups together takes its place.
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
	for m := range sums {
		raw := make([]excess, groups)
		for i := range raw {
			raw[i] = sums[m][i].excess(base[m][i].variance(base[m][i]), blocks, scale, r.Live())
		}
		all := pooled(raw)
		for i, e := range raw {
			if e.blocks >= leastBlocks {
				out[m][i] = variation{e.or(all), e.blocks}
			}
		}
	}
	return out
}

// excess is a variance between windows less what sampling explains, with the
// standard error that it would have if there were none.
type excess struct {
	tau2, error float64
	blocks      int
}

func (s *wander) excess(reference float64, blocks, scale int, live bool) (e excess) {
	e.blocks = blocks / scale * int(s.windows) / (blocks - scale + 1)
	if e.blocks < leastBlocks {
		return excess{}
	}
	part := float64(blocks) / float64(blocks-scale)
	sampling, mean := s.sampling/s.windows, s.sum/s.windows
	e.error = sampling * math.Sqrt(2/float64(e.blocks)) * part
	if live {
		e.tau2 = max(0, s.squares/s.windows-mean*mean)*part - sampling
	} else {
		e.tau2 = (s.squares/s.windows - sampling + reference) * part
	}
	return e
}

// pooled is the mean over groups, weighted by precision, at least 0.
func pooled(all []excess) float64 {
	var sum, weights float64
	for _, e := range all {
		if e.error > 0 {
			w := 1 / (e.error * e.error)
			sum, weights = sum+w*e.tau2, weights+w
		}
	}
	if weights == 0 {
		return 0
	}
	return max(0, sum/weights)
}

// or is the group's own where chance does not explain it, and otherwise that of
// all groups: a small group's says little about it, and would drown every gap.
func (e excess) or(all float64) float64 {
	if e.tau2 > e.error {
		return max(e.tau2, all)
	}
	return all
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
