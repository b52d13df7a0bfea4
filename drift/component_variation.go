package drift

import (
	"math"
	"slices"
)

// level is the natural variability of one column between windows of some width.
type level struct {
	tau2    weights   // by component; of the spike, the mean over cells
	cells   []float64 // of the spike, by cell
	largest weights   // largest |effect| of any window
	share   float64   // of τ² that a window keeps which is part of what it is compared with
	known   float64   // reference rows that the slots of a window are worth; 0: all of them
}

// variability is the natural variability of all columns where live panes have
// ratio times the rows of a time block.
type variability struct {
	ratio  float64
	widths []int       // time blocks in a window, by scale
	levels [][]level   // by column and scale
	memory [][]float64 // effective number of blocks, by column and component

	season *season      // taken out of brief windows; nil for none
	brief  []bool       // by scale: shorter than a day
	plain  *variability // the same without season
}

// width is how many time blocks are as long as scale live panes, at least one
// and, so that there is an estimate at all, at most a third of them at the
// smallest scale.
func (c *calibration) width(scale int, ratio float64) int {
	w := max(1, int(math.Round(float64(scale)*ratio)))
	if scale == c.scales[0].Panes {
		w = max(1, min(w, c.blocks/minBlocks))
	}
	return w
}

func (c *calibration) variability(ratio float64, s *season) *variability {
	v := &variability{ratio: ratio, season: s}
	v.plain = v
	chain := []int{1}
	for _, s := range c.scales {
		w := c.width(s.Panes, ratio)
		v.widths = append(v.widths, w)
		if c.blocks >= minBlocks*w {
			chain = append(chain, w)
		}
	}
	slices.Sort(chain)
	chain = slices.Compact(chain)
	for i := range c.plans {
		estimates := make([]level, len(chain))
		for at, w := range chain {
			estimates[at] = c.estimates(w, s)[i]
			estimates[at].cells = slices.Clone(estimates[at].cells)
		}
		v.memory = append(v.memory, c.memory(estimates, chain))
		floorLevels(estimates, chain)
		v.levels = append(v.levels, v.assign(estimates, chain))
	}
	return v
}

type estimateKey struct {
	width    int
	seasonal bool
}

// estimates are the levels of all columns at a width, by themselves. They are
// shared by all sizes of panes.
func (c *calibration) estimates(width int, season *season) []level {
	return c.reference.Memo(estimateKey{width, season != nil}, func() any {
		var s series
		levels := make([]level, len(c.plans))
		for i, p := range c.plans {
			if season != nil && season.columns[i] == nil {
				levels[i] = c.estimates(width, nil)[i]
				continue
			}
			s.load(p, c.reference.Panes())
			if season != nil {
				s.deseason(p, season.columns[i], season.slots)
			}
			levels[i] = c.estimate(p, &s, width)
		}
		return levels
	}).([]level)
}

// assign picks the estimate of each scale: its own, or that of the widest
// window that could be estimated.
func (v *variability) assign(estimates []level, chain []int) []level {
	levels := make([]level, len(v.widths))
	for i, w := range v.widths {
		at, found := slices.BinarySearch(chain, w)
		if !found {
			at = len(chain) - 1
		}
		levels[i] = estimates[at]
	}
	return levels
}

// inflation makes up for windows that are shorter than a time block and may
// wander more than one: by as much as independent wobble would.
func (v *variability) inflation(scale, i int) float64 {
	return max(1, float64(v.widths[i])/(float64(scale)*v.ratio))
}

// windows calls see with the effects of windows of w blocks, neighbours
// overlapping by seven eighths, and their own sampling variance factor by
// component.
func (c *calibration) windows(p *plan, s *series, w int, see func(from int, e *effects, v *weights)) {
	var window, raw counts
	var e effects
	var v weights
	var removed []float64
	window.reset(len(p.q))
	raw.reset(len(p.q))
	stride := max(1, w/8)
	for i := range s.panes {
		window.add(&s.panes[i], 1)
		if i >= w {
			window.add(&s.panes[i-w], -1)
		}
		shown := &window
		if s.season != nil {
			shown = &raw
			for b, k := range s.raw[i] {
				raw.cells[b] += k
				if i >= w {
					raw.cells[b] -= s.raw[i-w][b]
				}
			}
		}
		if i < w-1 || (i-w+1)%stride != 0 {
			continue
		}
		returning := p.leftOut(shown)
		if s.season != nil {
			window.m = s.known(i-w+1, i+1)
			removed = resized(removed, len(p.q))
			for b := range removed {
				removed[b] = raw.cells[b] - window.cells[b]
			}
			window.removed = removed
		}
		window.unseen += returning
		p.measure(&window, &e)
		window.unseen -= returning
		for k := range v {
			v[k] = e.v[k]
			if !c.live && e.on[k] {
				v[k] = 2/e.n[k] - e.v[k] // 1/n - 1/m: the window is part of m
			}
		}
		see(i-w+1, &e, &v)
	}
}

// leftOut counts the rows of a reference window in categories that the rest of
// the reference lacks: what would have been unseen then.
func (p *plan) leftOut(c *counts) (rows float64) {
	if !p.tracksUnseen() {
		return 0
	}
	for b, v := range c.cells {
		if v > .5 && v > p.q[b]*p.m-.5 {
			rows += v
		}
	}
	return rows
}

// estimate computes the variance of each effect between windows beyond what
// sampling explains (DerSimonian and Laird's moment estimate),
//
//	τ² = max(0, mean(e² - (1/n - 1/m)))·NB/(NB-w)
//
// and for live panes the variance of e less mean 1/n.
func (c *calibration) estimate(p *plan, s *series, w int) level {
	l := level{cells: make([]float64, len(p.q))}
	var sums moments
	var known, seen float64
	cells := make([]moments1, len(p.q))
	c.windows(p, s, w, func(_ int, e *effects, v *weights) {
		for k := range components {
			if k != spike && e.on[k] {
				sums[k].add(e.size[k], c.sampling(e.n[k], v[k]))
				l.largest[k] = max(l.largest[k], math.Abs(e.size[k]))
			}
		}
		if !e.on[spike] {
			return
		}
		known, seen = known+e.n[spike]*e.v[spike]-1, seen+1
		root := math.Sqrt(e.v[spike])
		for b, z := range e.z {
			if z != 0 {
				cells[b].add(z*root, c.sampling(e.n[spike], v[spike]))
			}
		}
	})
	correction := float64(c.blocks) / float64(c.blocks-w)
	l.share = c.part(w)
	inCells := correction
	if s.season != nil && seen > 0 {
		l.share = max(.02, 1-known/seen)
		inCells = 1 / l.share
	}
	for k := range components {
		if k.rated() {
			l.tau2[k] = c.excess(&sums[k], correction)
		} else {
			l.tau2[k] = c.excess(&sums[k], inCells)
		}
	}
	c.cellLevels(&l, cells, inCells)
	return l
}

// part is the share of τ² that remains in a window of w blocks of the reference,
// which the window is part of.
func (c *calibration) part(w int) float64 {
	if c.live {
		return 1
	}
	return max(.02, 1-float64(w)/float64(c.blocks))
}

// sampling is the part of the variance of an effect that is due to sampling.
func (c *calibration) sampling(n, v float64) float64 {
	if c.live {
		return 1 / n // the reference's error is the same in every live pane
	}
	return v
}

// cellLevels gives each cell the larger of its own estimate and the mean.
func (c *calibration) cellLevels(l *level, cells []moments1, correction float64) {
	tested := 0.0
	for b := range cells {
		if cells[b].n > 0 {
			l.cells[b] = c.excess(&cells[b], correction)
			l.tau2[spike] += l.cells[b]
			tested++
		}
	}
	l.tau2[spike] /= max(tested, 1)
	for b := range l.cells {
		l.cells[b] = max(l.cells[b], l.tau2[spike])
	}
}

type (
	moments  [components]moments1
	moments1 struct{ n, sum, squares, sampling float64 }
)

func (m *moments1) add(e, sampling float64) {
	m.n++
	m.sum += e
	m.squares += e * e
	m.sampling += sampling
}

func (c *calibration) excess(m *moments1, correction float64) float64 {
	if m.n == 0 {
		return 0
	}
	if c.live {
		mean := m.sum / m.n
		return max(0, (m.squares/m.n-mean*mean)*correction-m.sampling/m.n)
	}
	return max(0, (m.squares-m.sampling)/m.n) * correction
}

// floorLevels keeps the variance of a wider window from falling below what
// independent blocks would leave of that of a narrower one.
func floorLevels(levels []level, chain []int) {
	for i := 1; i < len(levels); i++ {
		f := float64(chain[i-1]) / float64(chain[i])
		for k := range components {
			levels[i].tau2[k] = max(levels[i].tau2[k], levels[i-1].tau2[k]*f)
		}
		for b := range levels[i].cells {
			levels[i].cells[b] = max(levels[i].cells[b], levels[i-1].cells[b]*f)
		}
	}
}

// memory is the effective number of blocks of each component: as many as there
// are where they wobble independently, fewer where a wobble lasts.
func (c *calibration) memory(levels []level, chain []int) []float64 {
	out := make([]float64, components)
	last := len(levels) - 1
	blocks := float64(c.blocks)
	for k := range components {
		out[k] = blocks
		one, wide := levels[0].tau2[k], levels[last].tau2[k]*float64(chain[last])
		if wide > 0 {
			out[k] = min(max(blocks*one/wide, 3), blocks)
		}
		if one == 0 {
			out[k] = blocks
		}
	}
	return out
}
