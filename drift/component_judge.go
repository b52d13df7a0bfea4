package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// judge decides all columns of one comparison.
type judge struct {
	*calibration
	natural *variability // nil where it is not known
	replay  *replay      // nil where there is none, or where it is not asked for
	minimum float64      // δ
	once    bool         // one window by itself: no persistence, replay or vetoes
	index   int          // of the scale
	scale   float64      // panes in the window
	excess  weights      // what the reference's largest replayed statistics are multiplied by
	spare   float64      // and the largest effect of a column, for one pane

	window counts
	live   series
	e      effects
	kappa  persistence
	spread []float64 // variance per cell, with its uncertainty
	slots  []int     // of the window's panes, where a season is taken out

	removed []float64 // with it, from the window's cells
}

// verdict is what the test says about one column.
type verdict struct {
	component component
	size      float64 // effect of the winning component, signed
	persists  float64 // |effect| that all parts of the window agree on
	p         float64 // of the column: the least weighted p-value
	own       float64 // of the winning component, before vetoes
	tests     [components]tested
}

// tested is one component of a verdict.
type tested struct {
	on       bool
	vetoed   bool
	n        float64
	size     float64 // signed
	persists float64
	kappa    float64 // persists/|size|
	z        float64
	p        float64 // before weight and vetoes
	weight   float64
	law      law
}

// law is the distribution of a component's statistic where nothing has changed.
type law struct {
	variance float64 // V + τ² with its uncertainty
	freedom  float64 // ν
	df       float64 // shape: degrees of freedom of the numerator; else 0
	cells    float64 // spike: cells tested; else 1
	tail     *stat.ParetoTail
	needed   float64 // z below which the reference vetoes; +Inf for always
}

// column tests column i of the comparison.
func (j *judge) column(i int, cmp profile.Comparison) (v verdict) {
	p := j.plans[i]
	p.readColumn(&j.window, &cmp.Current.Columns[p.index])
	j.preparePanes(i, cmp)
	p.measure(&j.window, &j.e)
	j.prepareSpike(i)
	w := p.weights.among(&j.e.on)
	v.p, v.own = 1, 1
	best, found := math.Inf(1), false
	for k := range components {
		if !j.e.on[k] || w[k] == 0 {
			continue
		}
		t := j.test(i, k, w[k])
		v.tests[k] = t
		weighted := min(1, t.p/t.weight)
		rank := weighted
		if t.vetoed {
			rank += vetoedRank
		} else {
			v.p = min(v.p, weighted)
		}
		// Between equal p-values (mostly 1) the larger statistic is more telling.
		if rank -= min(t.z, 1e6) * 1e-12; !found || rank < best {
			best, found = rank, true
			v.component, v.size, v.persists, v.own = k, t.size, t.persists, weighted
		}
	}
	return v
}

// vetoedRank is the p-value that a component which is not vetoed needs to speak
// for its column instead of a vetoed one: a change that is held back says more
// about the column than a component in which there is none.
const vetoedRank = .05

// prepareSpike chooses the spike's cell, with the natural variability of cells.
func (j *judge) prepareSpike(i int) {
	if j.natural == nil {
		j.e.choose(nil)
		return
	}
	l := &j.natural.levels[i][j.index]
	j.spread = resized(j.spread, len(l.cells))
	f := j.uncertainty(i, spike)
	for b, v := range l.cells {
		j.spread[b] = v * f
	}
	j.e.choose(j.spread)
}

// uncertainty is what τ² is multiplied by for being an estimate: windows are
// few, fewer where wobble lasts.
func (j *judge) uncertainty(i int, k component) float64 {
	v := j.natural
	share := max(j.part(i, k), 1/v.memory[i][k])
	return v.inflation(int(j.scale), j.index) * (1 + share)
}

// part is how much of what the window is compared with a window of its size is.
func (j *judge) part(i int, k component) float64 {
	if j.natural.column(i, j.index) == nil || k.rated() {
		return float64(j.natural.widths[j.index]) / float64(j.blocks)
	}
	return j.e.v[k]*j.e.n[k] - 1
}

// preparePanes reads the panes of the window where they are needed, and takes the
// season out of them and the window.
func (j *judge) preparePanes(i int, cmp profile.Comparison) {
	p := j.plans[i]
	j.kappa.plan, j.kappa.s = p, &j.live
	j.kappa.from, j.kappa.width, j.kappa.parts = 0, len(cmp.Panes), len(cmp.Panes)
	var season *seasonColumn
	if j.natural != nil {
		season = j.natural.column(i, j.index)
	}
	if j.once || len(cmp.Panes) < 2 && season == nil {
		j.kappa.parts = 1
		return
	}
	j.live.load(p, cmp.Panes)
	if season != nil {
		j.deseason(p, season)
	}
}

// test computes one component's p-value and vetoes.
func (j *judge) test(i int, k component, weight float64) (t tested) {
	t = tested{on: true, n: j.e.n[k], size: j.e.size[k], weight: weight, p: 1}
	t.law = j.law(i, k)
	if upwards(k) && t.size <= 0 {
		return t
	}
	t.persists, t.kappa = j.kappa.persistent(k, &j.e)
	switch k {
	case outside:
		far := j.beyond(i)
		t.persists, t.p = far.effect(far.hits), far.p(far.hits)
	case missing, unseen:
		t.p = j.share(i, k).p(t.kappa, k == unseen)
	}
	t.z = max(0, t.persists-j.minimum) / math.Sqrt(t.law.variance)
	switch k {
	case outside:
	case missing, unseen:
		t.p = max(t.p, t.law.p(t.z))
	default:
		t.p = t.law.p(t.z)
	}
	t.vetoed = !j.once && (t.z < t.law.needed || j.index == 0 && j.short(i, k, t.persists))
	return t
}

// law returns the null law of component k of column i.
func (j *judge) law(i int, k component) law {
	l := law{variance: j.e.v[k], freedom: math.Inf(1), cells: 1}
	if k == shape {
		l.df = j.plans[i].df
	}
	if k == spike {
		l.cells = float64(j.e.tested)
	}
	if j.natural == nil {
		return l
	}
	tau2, w := j.natural.levels[i][j.index].tau2[k], float64(j.natural.widths[j.index])
	if k == spike {
		tau2 = j.natural.levels[i][j.index].cells[j.e.cell]
	}
	tau2 *= j.natural.inflation(int(j.scale), j.index)
	memory, own := j.natural.memory[i][k], 1/j.e.n[k]
	total := j.e.v[k] + tau2
	l.freedom = total * total / (tau2*tau2/max(memory-1, 2) + (2*tau2*own+own*own)/max(float64(j.blocks)/w-1, 8))
	l.variance = j.e.v[k] + tau2*(1+max(j.part(i, k), 1/memory))
	if j.once || k == outside {
		return l
	}
	if r := j.replay; r != nil {
		if r.hasTail[k] {
			l.tail = &r.tails[k]
		}
		l.needed = r.largest[k] * j.excess[k]
	}
	if float64(j.blocks) < 10*w && memory < float64(j.blocks)/4 {
		l.needed = math.Inf(1)
	}
	return l
}

// p is the probability of a statistic of at least z.
func (l *law) p(z float64) float64 {
	p := l.model(z)
	if l.tail != nil && z > l.tail.Threshold {
		p = max(p, l.tail.SF(z))
	}
	return p
}

// model is p without the reference's replay.
func (l *law) model(z float64) float64 {
	switch {
	case l.df > 0 && math.IsInf(l.freedom, 1):
		return stat.ChiSquareSF(z*z*l.df, l.df)
	case l.df > 0:
		return stat.FisherFSF(z*z, l.df, l.df*l.freedom)
	}
	return min(1, l.cells*stat.StudentTwoSided(z, l.freedom))
}

// gross is the effect, in reference standard deviations, that one pane may
// alarm on by itself, and spare how many times more, at least, than any pane of
// the reference it has to be.
const (
	gross = .5
	spare = 3
)

// short reports whether one pane's effect falls short of alarming by itself.
func (j *judge) short(i int, k component, size float64) bool { return size < j.least(i, k) }

// least is the effect from which one pane may alarm by itself, +Inf where it
// may not, 0 where half of all rows have gone where they were not.
func (j *judge) least(i int, k component) float64 {
	if j.e.gain >= .5 && (k != outside || j.plans[i].constant) {
		return 0
	}
	varies := k == outside && j.plans[i].constant // as telling as a category never seen
	if k != location && k != missing && k != unseen && !varies {
		return math.Inf(1)
	}
	largest := 0.0
	if j.natural != nil {
		largest = j.natural.levels[i][0].largest[k]
	}
	return max(gross, j.spare*largest)
}
