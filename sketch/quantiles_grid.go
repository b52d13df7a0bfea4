package sketch

import "math"

// The grid of a digest of C cells: cell i ends at the share sin²(π(i+½)/2C), the
// inverse of k₁(q) ∝ asin(2q−1) at equal steps, so that the median and the quartiles
// are in the middle of a cell, where its mean says most about them: at its ends the
// error has twice the variance. The two outermost cells are half as wide.
var defaultGrid = arcsineGrid(cells(DefaultCompression), .5)

// foldGrid is the finer grid on which a sorted batch is summed before it meets
// the centroids. It has the ends of the default one.
var foldGrid = arcsineGrid(foldCells, 1)

// arcsineGrid returns the upper ends of n cells, or of one more where the first is
// narrower, and one at infinity for whatever rounding leaves.
func arcsineGrid(n int, first float64) (grid []float64) {
	for at := first; at < float64(n); at++ {
		s := math.Sin(math.Pi / 2 * at / float64(n))
		grid = append(grid, s*s)
	}
	return append(grid, 1, math.Inf(1))
}
