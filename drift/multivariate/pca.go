package multivariate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// PCA measures how well the principal components of a reference reconstruct
// other rows: each feature is standardised with the mean and the population
// standard deviation of the reference, the fewest components are kept whose
// share of the variance is above Share, and a row's error is the Euclidean
// length of what they leave, in standardised units. It is the statistic that
// NannyML made known. It sees a change of correlations of a sample of rows; the
// [Projections] evaluator sees one in profiles, and calibrated.
//
// Measured on the rows it was fitted on, the error is too small: the components
// fit their noise too. Take the baseline from other rows.
type PCA struct {
	// Share of the variance to keep, in (0, 1). 0 means .65.
	Share float64
}

// PCAModel is a fitted PCA; it is immutable.
type PCAModel struct {
	mean, sd   []float64
	components *mat.Dense // one per row
}

// Fit fits the components on rows of equal length, at least two. NaN is missing
// and counts as the mean of its feature. A feature that is constant, or always
// missing, is reconstructed exactly. Rows without any variance are ErrUndefined.
func (m PCA) Fit(reference [][]float64) (*PCAModel, error) {
	d, err := shape("PCA", reference, reference, 2)
	if err != nil {
		return nil, err
	}
	share := m.Share
	if share == 0 {
		share = .65
	}
	if !(share > 0 && share < 1) {
		return nil, fmt.Errorf("%w: PCA: share %v is not in (0, 1)", ErrUndefined, m.Share)
	}
	p := &PCAModel{mean: make([]float64, d), sd: make([]float64, d)}
	p.standardise(reference)
	x := mat.NewDense(len(reference), d, nil)
	for i, row := range reference {
		p.scale(row, x.RawRowView(i))
	}
	var gram mat.SymDense
	gram.SymOuterK(1, x.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&gram, true) {
		return nil, fmt.Errorf("%w: PCA: the eigenvalues of %d features did not converge", ErrUndefined, d)
	}
	return p, p.keep(&eigen, share)
}

// standardise sets mean and population standard deviation of each feature.
func (p *PCAModel) standardise(rows [][]float64) {
	for j := range p.mean {
		var n, sum, squares float64
		for _, row := range rows {
			if v := row[j]; v == v {
				n, sum = n+1, sum+v
			}
		}
		p.mean[j] = sum / max(n, 1)
		for _, row := range rows {
			if v := row[j]; v == v {
				squares += (v - p.mean[j]) * (v - p.mean[j])
			}
		}
		// Missing rows count as the mean, as they do in the scaler of the peer.
		p.sd[j] = math.Sqrt(squares / float64(len(rows)))
	}
}

func (p *PCAModel) scale(row, to []float64) {
	for j, v := range row {
		to[j] = 0
		if v == v && p.sd[j] > 0 {
			to[j] = (v - p.mean[j]) / p.sd[j]
		}
	}
}

// keep takes the fewest components whose share of the variance is above share.
func (p *PCAModel) keep(eigen *mat.EigenSym, share float64) error {
	values := eigen.Values(nil)
	var total, sum float64
	for _, v := range values {
		total += max(0, v)
	}
	if total == 0 {
		return fmt.Errorf("%w: PCA: no feature varies", ErrUndefined)
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	d := len(values)
	p.components = new(mat.Dense)
	for k := 1; k <= d; k++ {
		if sum += max(0, values[d-k]); sum/total > share || k == d {
			p.components.CloneFrom(vectors.Slice(0, d, d-k, d).T())
			return nil
		}
	}
	return nil
}

// Components returns how many components were kept.
func (p *PCAModel) Components() int { return p.components.RawMatrix().Rows }

// Errors returns the reconstruction error of each row; a row of another length
// than the reference's is ErrShape.
func (p *PCAModel) Errors(rows [][]float64) ([]float64, error) {
	out := make([]float64, len(rows))
	z := make([]float64, len(p.mean))
	for i, row := range rows {
		if len(row) != len(z) {
			return nil, fmt.Errorf("%w: PCA: row %d has %d features, the reference %d", ErrShape, i, len(row), len(z))
		}
		p.scale(row, z)
		for k := range p.Components() {
			axis := p.components.RawRowView(k)
			var along float64
			for j, w := range axis {
				along += w * z[j]
			}
			// The components are orthonormal, so taking them out one after
			// another is projecting on what is left.
			for j, w := range axis {
				z[j] -= along * w
			}
		}
		out[i] = norm(z)
	}
	return out, nil
}

func norm(v []float64) float64 {
	var squares float64
	for _, x := range v {
		squares += x * x
	}
	return math.Sqrt(squares)
}

// Mean returns the mean error of rows and its standard error, the sample
// standard deviation over √n; no rows are ErrUndefined, one row has no standard
// error (NaN).
func (p *PCAModel) Mean(rows [][]float64) (mean, standardError float64, err error) {
	errs, err := p.Errors(rows)
	if err != nil {
		return 0, 0, err
	}
	if len(errs) == 0 {
		return 0, 0, fmt.Errorf("%w: PCA: no rows", ErrUndefined)
	}
	n := float64(len(errs))
	for _, e := range errs {
		mean += e / n
	}
	var squares float64
	for _, e := range errs {
		squares += (e - mean) * (e - mean)
	}
	return mean, math.Sqrt(squares/(n-1)) / math.Sqrt(n), nil
}
