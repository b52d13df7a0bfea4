package stat

import (
	"fmt"
	"math"
)

// Polynomials are the discrete polynomials of degree one and two that are
// orthonormal under the cell shares of a reference, evaluated at its cells:
//
//	Σ_b q_b H1_b = Σ_b q_b H2_b = Σ_b q_b H1_b H2_b = 0
//	Σ_b q_b H1_b² = Σ_b q_b H2_b² = 1
//
// H1 increases and H2 is high in both tails.
type Polynomials struct {
	H1, H2 []float64
	// Degree is how many exist: with one occupied cell none (0), with two only
	// H1 (1), else 2. Those that do not exist are all zero.
	Degree int
}

// OrthonormalPolynomials builds the polynomials in the mid-ranks
//
//	u_b = Σ_{a<b} q_a + q_b/2
//
// by Gram–Schmidt on 1, u, u² under the weights q, after Rayner and Best's
// smooth tests. Ties and atoms need no special care: a heavy cell is one point
// with a large weight. Σ q_b h1(b)·(p_b - q_b) is then a shift in standard
// deviations of the rank scale, and with h2 a change of spread.
//
// q holds shares or counts in cell order and is scaled to sum to one; empty
// cells get values too. The error wraps [ErrInput] for negative or infinite
// weights, NaN, or weights that sum to zero.
func OrthonormalPolynomials(q []float64) (Polynomials, error) {
	if err := checkCounts("orthonormal polynomials", q, q); err != nil {
		return Polynomials{}, err
	}
	total := 0.0
	for _, w := range q {
		total += w
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return Polynomials{}, fmt.Errorf("%w: orthonormal polynomials: weights of %d cells sum to %v", ErrInput, len(q), total)
	}
	weights, ranks, below := make([]float64, len(q)), make([]float64, len(q)), 0.0
	for b, w := range q {
		weights[b] = w / total
		ranks[b] = below + weights[b]/2
		below += weights[b]
	}
	basis := orthogonalise(ranks, weights)
	p := Polynomials{H1: make([]float64, len(q)), H2: make([]float64, len(q)), Degree: basis.degree}
	for b, u := range ranks {
		h := basis.at(u)
		p.H1[b], p.H2[b] = h[1], h[2]
	}
	p.reorthogonalise(weights)
	return p, nil
}

// reorthogonalise repeats Gram–Schmidt on the values: when nearly all weight
// lies in few cells the first pass loses digits, and twice is enough.
func (p Polynomials) reorthogonalise(weights []float64) {
	if p.Degree < 1 {
		return
	}
	project(p.H1, weights, nil)
	if p.Degree == 2 {
		project(p.H2, weights, p.H1)
	}
}

// project removes from h its mean and its part along the unit vector against,
// if any, and scales it to length one.
func project(h, weights, against []float64) {
	mean, along, norm := 0.0, 0.0, 0.0
	for b, w := range weights {
		mean += w * h[b]
	}
	if against != nil {
		for b, w := range weights {
			along += w * against[b] * (h[b] - mean)
		}
	}
	for b, w := range weights {
		h[b] -= mean
		if against != nil {
			h[b] -= along * against[b]
		}
		norm += w * h[b] * h[b]
	}
	scale := 1 / math.Sqrt(norm)
	for b := range h {
		h[b] *= scale
	}
}

// basis holds the three-term recurrence of the monic polynomials and their
// norms, up to degree two.
type basis struct {
	centre1, centre2, back float64
	scale                  [3]float64 // 1/norm, 0 where the degree does not exist
	degree                 int
}

// orthogonalise runs Stieltjes' procedure on the points under the weights. It
// is Gram–Schmidt with the products that are zero left out, and more stable.
func orthogonalise(points, weights []float64) basis {
	var f basis
	occupied := 0
	var w, m float64
	for i, x := range points {
		if weights[i] > 0 {
			occupied++
		}
		w, m = w+weights[i], m+weights[i]*x
	}
	f.degree = min(occupied-1, 2)
	f.centre1 = m / w
	f.scale[0] = 1 / math.Sqrt(w)
	if f.degree < 1 {
		return f
	}
	var norm1, skew float64
	for i, x := range points {
		d := x - f.centre1
		norm1, skew = norm1+weights[i]*d*d, skew+weights[i]*d*d*x
	}
	f.scale[1] = 1 / math.Sqrt(norm1)
	f.centre2, f.back = skew/norm1, norm1/w
	if f.degree < 2 {
		return f
	}
	norm2 := 0.0
	for i, x := range points {
		d := (x-f.centre2)*(x-f.centre1) - f.back
		norm2 += weights[i] * d * d
	}
	f.scale[2] = 1 / math.Sqrt(norm2)
	return f
}

// at returns the orthonormal polynomials of degree 0, 1 and 2 at x.
func (f basis) at(x float64) [3]float64 {
	p1 := x - f.centre1
	p2 := (x-f.centre2)*p1 - f.back
	return [3]float64{f.scale[0], f.scale[1] * p1, f.scale[2] * p2}
}
