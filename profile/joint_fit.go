package profile

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidemark-ml/tidemark/sketch"
	"gonum.org/v1/gonum/mat"
)

// plan fits what is counted of features together, nil where there is nothing.
func (b *builder) plan(g *Geometry) *JointPlan {
	plan := new(JointPlan)
	if s := b.joint; len(s.columns) > 0 && s.rows.len() >= jointLeast {
		b.fitFeatures(plan, g)
	}
	for i := range b.joint.vectors {
		if e, ok := b.joint.vectors[i].fit(); ok {
			plan.Embeddings = append(plan.Embeddings, e)
		}
	}
	return plan
}

// fitFeatures scores the cells and the sampled rows, and fits pairs and
// components on them.
func (b *builder) fitFeatures(plan *JointPlan, g *Geometry) {
	f := fit{rows: b.joint.rows.len()}
	for i, column := range b.joint.columns {
		scores := b.scoreCells(g, column)
		if values := f.score(&b.joint.rows, i, &g.axes[column], scores); values != nil {
			plan.Columns = append(plan.Columns, column)
			plan.Scores = append(plan.Scores, scores)
			f.scores = append(f.scores, values)
		}
	}
	if len(plan.Columns) < 2 {
		plan.Columns, plan.Scores = nil, nil
		return
	}
	plan.Pairs = f.choose()
	plan.All = len(plan.Columns) <= jointFeatures
	f.spreads(plan.Pairs)
	if plan.All {
		f.components(plan)
	}
}

// scoreCells scores the cells of a column by the values that the survey holds.
func (b *builder) scoreCells(g *Geometry, column int) []int8 {
	a := &g.axes[column]
	counts := make([]uint64, a.Cells())
	keys := make([]uint64, 0, len(b.columns[column].sample.values))
	for _, v := range b.columns[column].sample.values {
		keys = append(keys, sketch.Key(v))
	}
	slices.Sort(keys)
	sketch.CountSortedKeys(counts, a.edgeKeys, keys)
	return cellScores(counts)
}

// fit holds the standardised scores of the sampled rows, by feature.
type fit struct {
	rows   int
	scores [][]float64
}

// leastDeviation is the standard deviation of scores under which a feature is
// too nearly constant to be followed with others.
const leastDeviation = .1

// score returns the standardised scores of a feature in the sampled rows, nil
// where it hardly varies.
func (f *fit) score(rows *reservoir, i int, a *Axis, scores []int8) []float64 {
	lookup := newByteLookup(a.edgeKeys, biased(scores))
	values := make([]float64, f.rows)
	var sum, squares float64
	for r := range values {
		if v := rows.at(r)[i]; v-v == 0 {
			values[r] = (float64(lookup.find(sketch.Key(v))) - scoreBias) * ScoreUnit
		}
		sum += values[r]
		squares += values[r] * values[r]
	}
	n := float64(f.rows)
	mean := sum / n
	sd := math.Sqrt(max(0, squares/n-mean*mean))
	if sd < leastDeviation {
		return nil
	}
	for r := range values {
		values[r] = (values[r] - mean) / sd
	}
	return values
}

func (f *fit) correlation(a, b int) float64 {
	var sum float64
	y := f.scores[b]
	for r, x := range f.scores[a] {
		sum += x * y[r]
	}
	return sum / float64(f.rows)
}

// choose returns the pairs to follow: all of up to 50 features, else the most
// correlated and a few at random, in order.
func (f *fit) choose() []JointPair {
	var pairs []JointPair
	var sizes []float64
	d := len(f.scores)
	for a := range d {
		for b := a + 1; b < d; b++ {
			pairs = append(pairs, JointPair{A: int32(a), B: int32(b)})
			if d > jointFeatures {
				sizes = append(sizes, math.Abs(f.correlation(a, b)))
			}
		}
	}
	if len(pairs) <= jointPairs {
		return pairs
	}
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(sizes[j], sizes[i]) })
	rest := order[jointPairs-strayPairs:]
	random := rand.New(rand.NewPCG(uint64(d), 3))
	random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	chosen := order[:jointPairs]
	slices.Sort(chosen)
	out := make([]JointPair, len(chosen))
	for i, at := range chosen {
		out[i] = pairs[at]
	}
	return out
}

// spreads estimates how much one row moves each correlation: with standardised
// x and y the influence of a row is xy − ρ(x²+y²)/2 (Devlin, Gnanadesikan and
// Kettenring 1975).
func (f *fit) spreads(pairs []JointPair) {
	for i := range pairs {
		p := &pairs[i]
		x, y := f.scores[p.A], f.scores[p.B]
		rho := f.correlation(int(p.A), int(p.B))
		var squares float64
		for r := range x {
			e := x[r]*y[r] - rho*(x[r]*x[r]+y[r]*y[r])/2
			squares += e * e
		}
		p.Spread = max(minSpread, math.Sqrt(squares/float64(f.rows)))
	}
}

// leastVariance is the variance, in shares of one feature's, under which a
// component is left out: there features nearly repeat each other, and a few odd
// rows in a thousand make all of what is left. On shuffled bicycle rentals
// (temperatures felt and measured) components down to .001 false-alarmed in 8 % of
// windows at level .01. That such features part company shows in their pair.
const leastVariance = .05

// components fits the principal components of the correlation matrix, and how
// much one row moves the variance along each: (w·x)² − λ Σ w²x².
func (f *fit) components(plan *JointPlan) {
	d := len(f.scores)
	corr := mat.NewSymDense(d, nil)
	for a := range d {
		corr.SetSym(a, a, 1)
	}
	for _, p := range plan.Pairs {
		corr.SetSym(int(p.A), int(p.B), f.correlation(int(p.A), int(p.B)))
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(corr, true) {
		return
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	distance := make([]float64, f.rows)
	for k := d - 1; k >= 0; k-- {
		if values[k] < leastVariance {
			continue
		}
		c := JointComponent{Weights: oriented(mat.Col(nil, k, &vectors))}
		c.Spread = f.influence(c.Weights, values[k], distance)
		plan.Components = append(plan.Components, c)
	}
	plan.Distance = rootMeanSquare(distance) / float64(max(1, len(plan.Components)))
}

// influence returns the root mean square over rows of the influence on the
// relative variance along w, and adds each row's to sum.
func (f *fit) influence(w []float64, lambda float64, sum []float64) float64 {
	own := make([]float64, f.rows)
	for r := range own {
		var y, held float64
		for i, weight := range w {
			x := f.scores[i][r]
			y += weight * x
			held += weight * weight * x * x
		}
		own[r] = y*y/lambda - held
		sum[r] += own[r]
	}
	return rootMeanSquare(own)
}

func rootMeanSquare(v []float64) float64 {
	var squares float64
	for _, x := range v {
		squares += x * x
	}
	return math.Sqrt(squares / float64(max(1, len(v))))
}

// oriented turns a direction so that its largest weight is positive.
func oriented(w []float64) []float64 {
	at := 0
	for i := range w {
		if math.Abs(w[i]) > math.Abs(w[at]) {
			at = i
		}
	}
	if w[at] < 0 {
		for i := range w {
			w[i] = -w[i]
		}
	}
	return w
}
