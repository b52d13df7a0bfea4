package profile

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// leastVectors is how many vectors an embedding plan is fitted on at least.
const leastVectors = 64

// fit makes the plan of an embedding: the centroid of the sampled vectors, their
// principal axes, and cells at the quantiles of each measure. Where there are
// fewer principal axes than are wanted, random ones (seeded) make up the number.
func (v *vectorSurvey) fit() (e EmbeddingPlan, ok bool) {
	n := v.chosen.len()
	if n < leastVectors {
		return e, false
	}
	d := v.dimensions
	e = EmbeddingPlan{Column: v.column, Dimensions: d, Every: vectorEvery(d), Centroid: make([]float32, d)}
	x := mat.NewDense(n, d, slices.Clone(v.chosen.values))
	for j := range d {
		var sum float64
		for i := range n {
			sum += x.At(i, j)
		}
		e.Centroid[j] = float32(sum / float64(n))
		for i := range n {
			x.Set(i, j, x.At(i, j)-sum/float64(n))
		}
	}
	axes := complete(principalAxes(x, min(embeddingAxes, d)), min(embeddingAxes, d), d)
	for _, axis := range axes {
		for _, w := range axis {
			e.Axes = append(e.Axes, float32(w))
		}
	}
	e.Edges = make([][]float64, len(axes)+2)
	e.bind()
	v.cut(&e)
	return e, true
}

// principalAxes returns up to most orthonormal directions of largest variance
// of the centred rows of x, from the smaller of XᵀX and XXᵀ.
func principalAxes(x *mat.Dense, most int) [][]float64 {
	n, d := x.Dims()
	var gram mat.SymDense
	wide := d > n
	if wide {
		gram.SymOuterK(1, x)
	} else {
		gram.SymOuterK(1, x.T())
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, true) {
		return nil
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values := eigen.Values(nil)
	var axes [][]float64
	for k := len(values) - 1; k >= 0 && len(axes) < most; k-- {
		if values[k] <= values[len(values)-1]*1e-9 {
			break
		}
		axis := mat.Col(nil, k, &vectors)
		if wide {
			var back mat.VecDense
			back.MulVec(x.T(), mat.NewVecDense(n, axis))
			axis = slices.Clone(back.RawVector().Data)
		}
		if axis = orthonormal(axis, axes); axis != nil {
			axes = append(axes, oriented(axis))
		}
	}
	return axes
}

// orthonormal removes from v what the axes span and scales it to length 1; nil
// where nothing is left.
func orthonormal(v []float64, axes [][]float64) []float64 {
	before := length(v)
	for range 2 { // twice is enough (Kahan and Parlett)
		for _, a := range axes {
			var along float64
			for i := range v {
				along += a[i] * v[i]
			}
			for i := range v {
				v[i] -= along * a[i]
			}
		}
	}
	norm := length(v)
	if !(norm > 1e-9*before) {
		return nil
	}
	for i := range v {
		v[i] /= norm
	}
	return v
}

func length(v []float64) float64 {
	var squares float64
	for _, x := range v {
		squares += x * x
	}
	return math.Sqrt(squares)
}

// complete adds random orthonormal axes until there are count.
func complete(axes [][]float64, count, d int) [][]float64 {
	random := rand.New(rand.NewPCG(uint64(d), 4))
	for len(axes) < count {
		v := make([]float64, d)
		for i := range v {
			v[i] = random.NormFloat64()
		}
		if v = orthonormal(v, axes); v != nil {
			axes = append(axes, v)
		}
	}
	return axes
}

// cut sets the edges of every measure at the quantiles of the sampled vectors,
// and the means of the values between them.
func (v *vectorSurvey) cut(e *EmbeddingPlan) {
	n := v.chosen.len()
	vector := make([]float32, e.Dimensions)
	values := make([][]float64, len(e.Edges))
	for r := range n {
		for i, x := range v.chosen.at(r) {
			vector[i] = float32(x)
		}
		square := float64(dot32(vector, vector))
		for i := range values {
			values[i] = append(values[i], e.measure(i, vector, square))
		}
	}
	e.Means = make([][]float64, len(e.Edges))
	for i, sample := range values {
		slices.Sort(sample)
		edges, means := make([]float64, EmbeddingCells-1), make([]float64, EmbeddingCells)
		for k := range means {
			from, to := n*k/EmbeddingCells, n*(k+1)/EmbeddingCells
			for _, x := range sample[from:to] {
				means[k] += x / float64(to-from)
			}
			if k > 0 {
				edges[k-1] = sample[from]
			}
		}
		e.Edges[i], e.Means[i] = edges, means
	}
}
