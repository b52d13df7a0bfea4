package drift

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// replay is what the reference itself would have shown at one scale, had it
// been monitored: the tail of each component's statistic, pooled over columns,
// and the largest of any.
type replay struct {
	tails   [components]stat.ParetoTail
	hasTail [components]bool
	largest weights
}

type replayKey struct {
	step, scale int
	seasonal    bool
}

const (
	tailShare      = .05 // of the replayed statistics that make the tail
	minExceedances = 15
	poolLimit      = 1 << 18 // statistics kept per component
)

// replayOf returns the replay at a scale (by index), nil where there are too few
// blocks for any.
func (c *calibration) replayOf(v *variability, scale int) *replay {
	for scale > 0 && c.blocks < 3*v.widths[scale]+4 {
		scale--
	}
	if c.blocks < 3*v.widths[scale]+4 {
		return nil
	}
	step := int(math.Round(ratioSteps * math.Log2(v.ratio)))
	return c.reference.Memo(replayKey{step, scale, v.season != nil}, func() any {
		return c.replay(v, scale)
	}).(*replay)
}

func (c *calibration) replay(v *variability, scale int) *replay {
	r := new(replay)
	w := v.widths[scale]
	var pools [components][]float64
	skip := 1 + len(c.plans)*c.blocks/poolLimit
	var s series
	for i, p := range c.plans {
		s.load(p, c.reference.Panes())
		if season := v.column(i, scale); season != nil {
			s.deseason(p, season, v.season.slots)
		}
		at := 0
		c.replayColumn(p, &s, w, c.scales[scale].Panes, &v.levels[i][scale], v.memory[i], func(k component, z float64) {
			r.largest[k] = max(r.largest[k], z)
			if at++; at%skip == 0 {
				pools[k] = append(pools[k], z)
			}
		})
	}
	for k := range pools {
		r.fit(component(k), pools[k])
	}
	if scale == 0 {
		r.raiseShapes(r.heaviest())
	} else if first := c.replayOf(v, 0); first != nil {
		parts := c.scales[scale].Panes
		parts -= (parts - 1) / 2
		r.raiseShapes(first.heaviest() / (1 + float64(parts-1)*min(1, 1.5*c.independence(v))))
	}
	return r
}

// replayed is one window of the reference.
type replayed struct {
	from     int
	on       [components]bool
	size     weights // that persists
	variance weights // V
	tau2     weights
	square   weights // of the effect, less what sampling explains
}

// replayColumn calls see with the statistic of each component of each window,
// as it would have been computed live without a minimum effect.
func (c *calibration) replayColumn(p *plan, s *series, w, parts int, l *level, memory []float64, see func(component, float64)) {
	kappa := persistence{plan: p, s: s, width: w, parts: parts}
	scaled := make([]float64, len(p.q))
	for b := range scaled {
		scaled[b] = l.cells[b] * l.share
	}
	var list []replayed
	c.windows(p, s, w, func(from int, e *effects, v *weights) {
		e.choose(scaled)
		kappa.from = from
		r := replayed{from: from, variance: *v}
		for k := range components {
			if !e.on[k] || k == outside || k == missing && p.missing == 0 || k == unseen && p.novel == 0 {
				continue
			}
			r.on[k] = true
			r.tau2[k] = l.tau2[k] * l.share
			if k.rated() {
				r.tau2[k] = l.tau2[k] * c.part(w)
			}
			if k == spike {
				r.tau2[k] = scaled[e.cell]
			}
			r.square[k] = e.size[k]*e.size[k] - c.sampling(e.n[k], v[k])
			if !upwards(k) || e.size[k] > 0 {
				r.size[k], _ = kappa.persistent(k, e)
			}
		}
		list = append(list, r)
	})
	for k := range components {
		// Of a wobble that lasts, a stretch is no burst: it is all there is to know.
		if parts > 1 && k != spike && memory[k] >= .9*float64(c.blocks) {
			withoutOwn(list, k, w)
		}
	}
	for i := range list {
		r := &list[i]
		for k := range components {
			if r.on[k] {
				see(k, r.size[k]/math.Sqrt(max(r.variance[k], 1e-12)+r.tau2[k]))
			}
		}
	}
}

// leastWithout bounds what withoutOwn takes from a τ²: one burst of one column
// must not make all columns blind.
const leastWithout = .25

// withoutOwn takes from each window's τ² what the window itself, and those that
// overlap it, add to it. A live window adds nothing to its own: a burst that hits a
// column for the first time is judged by a τ² that knows of none, which a replay
// with the bursts in τ² would never show.
func withoutOwn(list []replayed, k component, w int) {
	var all, count float64
	for i := range list {
		if list[i].on[k] {
			all, count = all+list[i].square[k], count+1
		}
	}
	if all <= 0 {
		return
	}
	var own, near float64
	first, next := 0, 0
	for i := range list {
		for ; next < len(list) && list[next].from < list[i].from+w; next++ {
			if list[next].on[k] {
				own, near = own+list[next].square[k], near+1
			}
		}
		for ; list[first].from <= list[i].from-w; first++ {
			if list[first].on[k] {
				own, near = own-list[first].square[k], near-1
			}
		}
		if near < count/2 {
			list[i].tau2[k] *= min(max((all-own)/(count-near)*count/all, leastWithout), 1)
		}
	}
}

// fit models the tail of a component.
func (r *replay) fit(k component, pool []float64) {
	if len(pool) == 0 {
		return
	}
	slices.Sort(pool)
	u := pool[min(len(pool)-1, int((1-tailShare)*float64(len(pool))))]
	tail, err := stat.FitParetoTail(pool, u)
	if err != nil || tail.Exceedances < minExceedances {
		return
	}
	tail = tail.Shrunk(stat.DefaultParetoPrior())
	tail.Rate = tailShare
	r.tails[k], r.hasTail[k] = tail, true
}

// heaviest is the largest shape of any component's tail.
func (r *replay) heaviest() (shape float64) {
	for k, ok := range r.hasTail {
		if ok {
			shape = max(shape, r.tails[k].Shape)
		}
	}
	return shape
}

func (r *replay) raiseShapes(least float64) {
	for k, ok := range r.hasTail {
		if ok && r.tails[k].Shape < least {
			r.tails[k] = r.tails[k].WithShape(least)
		}
	}
}

// independence is the median over columns of the effective share of blocks, by
// location, of labels by shape: 1 where blocks wobble independently of their
// neighbours.
func (c *calibration) independence(v *variability) float64 {
	all := make([]float64, len(v.memory))
	for i, m := range v.memory {
		k := location
		if c.plans[i].degree == 0 {
			k = shape
		}
		all[i] = m[k] / float64(c.blocks)
	}
	if len(all) == 0 {
		return 1
	}
	slices.Sort(all)
	return all[len(all)/2]
}
