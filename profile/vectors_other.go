//go:build !amd64

package profile

// countVectors counts nothing: here all is done by countFrom.
func (g *grid) countVectors(*binned, float64) int { return 0 }

// settleVectors settles nothing: here all cells are looked at one by one.
func (g *grid) settleVectors([]uint32, *[gridCells]uint32, *allowance) bool { return false }

// cellVectors looks at nothing: here all is done by byteOf.
func (g *grid) cellVectors(*[gridCells]uint8, []uint8, int, []uint64) (n int, odd bool) {
	return 0, false
}

// vectorDots says that dots does not multiply.
func vectorDots() bool { return false }

const dotRows = 1

func dots(x, others []uint8, sums []uint32, n int) {}

// transposeVectors transposes nothing: here all is done by copyColumn.
func transposeVectors(to []uint64, apart int, words []uint64, stride, columns, rows int) (wide, tall int) {
	return 0, 0
}
