package drift

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// calibration is what the component test derives from a reference, whatever the
// size of live panes.
type calibration struct {
	reference *profile.Reference
	plans     []*plan
	blocks    int     // time blocks of the reference (or learned live panes)
	blockRows float64 // mean rows of one
	live      bool    // the blocks are no part of the reference's profile
	scales    []report.ScalePlan
	pool      scratch // of *judge
	laws      lawTables
}

type calibrationKey struct{}

// minBlocks is the fewest time blocks that say anything about variability.
const minBlocks = 3

func calibrationOf(r *profile.Reference) *calibration {
	return r.Memo(calibrationKey{}, func() any {
		c := &calibration{reference: r, live: r.Live(), scales: report.Scales()}
		whole := profile.Comparison{Reference: r, Current: r.Profile()}
		for p := range whole.Inputs() {
			c.plans = append(c.plans, newPlan(p))
		}
		var rows float64
		for _, pane := range r.Panes() {
			rows += float64(pane.Rows)
		}
		if n := len(r.Panes()); n >= minBlocks && rows > 0 {
			c.blocks, c.blockRows = n, rows/float64(n)
		}
		if c.live {
			c.learnRange()
		}
		return c
	}).(*calibration)
}

// learnRange counts the values of live panes beyond the reference's range as
// known. The blocks of a reference have none by definition.
func (c *calibration) learnRange() {
	var block counts
	for _, p := range c.plans {
		for _, pane := range c.reference.Panes() {
			p.readPane(&block, pane)
			p.beyond += block.beyond
			p.beyondOf += block.n
		}
	}
}

// level is the natural variability of one column between windows of some width.
type level struct {
	tau2    weights   // by component; of the spike, the mean over cells
	cells   []float64 // of the spike, by cell
	largest weights   // largest |effect| of any window
}

// variability is the natural variability of all columns where live panes have
// ratio times the rows of a time block.
type variability struct {
	ratio  float64
	widths []int       // time blocks in a window, by scale
	levels [][]level   // by column and scale
	memory [][]float64 // effective number of blocks, by column and component
}

type variabilityKey struct{ step int }

// ratioSteps is the grid of the ratio of live panes to time blocks: steps of
// √2, so that what is kept per reference is bounded however panes vary.
const ratioSteps = 2

// at returns the variability for panes of this many rows, nil where the
// reference has too few blocks.
func (c *calibration) at(paneRows float64) *variability {
	if c.blocks == 0 {
		return nil
	}
	step := int(math.Round(ratioSteps * math.Log2(max(paneRows, 1)/c.blockRows)))
	step = min(max(step, -12), 20)
	return c.reference.Memo(variabilityKey{step}, func() any {
		return c.variability(math.Exp2(float64(step) / ratioSteps))
	}).(*variability)
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

func (c *calibration) variability(ratio float64) *variability {
	v := &variability{ratio: ratio}
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
	var s series
	for _, p := range c.plans {
		s.load(p, c.reference.Panes())
		estimates := make([]level, len(chain))
		for i, w := range chain {
			estimates[i] = c.estimate(p, &s, w)
		}
		v.memory = append(v.memory, c.memory(estimates, chain))
		floorLevels(estimates, chain)
		v.levels = append(v.levels, v.assign(estimates, chain))
	}
	return v
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
	var window counts
	var e effects
	var v weights
	window.reset(len(p.q))
	stride := max(1, w/8)
	for i := range s.panes {
		window.add(&s.panes[i], 1)
		if i >= w {
			window.add(&s.panes[i-w], -1)
		}
		if i < w-1 || (i-w+1)%stride != 0 {
			continue
		}
		returning := p.leftOut(&window)
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
		root := math.Sqrt(e.v[spike])
		for b, z := range e.z {
			if z != 0 {
				cells[b].add(z*root, c.sampling(e.n[spike], v[spike]))
			}
		}
	})
	correction := float64(c.blocks) / float64(c.blocks-w)
	for k := range components {
		l.tau2[k] = c.excess(&sums[k], correction)
	}
	c.cellLevels(&l, cells, correction)
	return l
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
