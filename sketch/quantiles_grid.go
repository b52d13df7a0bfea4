package sketch

import "math"

// The grid of a digest of C cells: cell i ends at the share sin²(π(i+1)/2C), the
// inverse of k₁(q) ∝ asin(2q−1) at equal steps. Fixed boundaries, against the
// usual greedy filling, keep the centroids of one stream where they are from
// merge to merge, which is where most of the error of a merging digest is made.
var defaultGrid = arcsineGrid(cells(DefaultCompression))

// foldGrid is the finer grid on which a sorted batch is summed before it meets
// the centroids.
var foldGrid = arcsineGrid(foldCells)

func arcsineGrid(n int) []float64 {
	grid := make([]float64, n+1)
	for i := range grid {
		s := math.Sin(math.Pi / 2 * (float64(i) + 1) / float64(n))
		grid[i] = s * s
	}
	grid[n] = math.Inf(1) // the last cell takes whatever rounding leaves
	return grid
}
