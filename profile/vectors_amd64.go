package profile

import "golang.org/x/sys/cpu"

// countVectors counts as many words as make whole vectors of four, where the
// processor has them, and returns how many. See countFrom for what it does.
func (g *grid) countVectors(t *binned, center float64) int {
	n := len(t.words) &^ (ways - 1)
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	_ = t.rest[:n] // the only check
	countAVX2(g, t, center)
	t.counts[noCell] = 0 // those of the rest
	return n
}

// countAVX2 counts a multiple of four words, at least four. Words without a cell
// are counted in noCell and as values that are the center.
//
//go:noescape
func countAVX2(cells *grid, t *binned, center float64)

// settleVectors adds counts to those of cells, which have room for gridCells, and makes
// them 0, if no cell has more than it is allowed then; otherwise it returns false.
func (g *grid) settleVectors(cells []uint32, counts *[gridCells]uint32, a *allowance) bool {
	return cpu.X86.HasAVX2 && settleAVX2(g, (*[gridCells]uint32)(cells[:gridCells]), counts, a)
}

//go:noescape
func settleAVX2(of *grid, cells, counts *[gridCells]uint32, a *allowance) (settled bool)

// cellVectors writes to every width-th byte of cells that of the cell of each word,
// of as many words as make whole vectors of four. It returns how many these are, and
// whether any has no cell and got the byte of noCell.
func (g *grid) cellVectors(bytes *[gridCells]uint8, cells []uint8, width int, words []uint64) (n int, odd bool) {
	n = len(words) &^ (ways - 1)
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0, false
	}
	_ = cells[(n-1)*width] // the only check
	return n, cellsAVX2(g, bytes, &cells[0], width, &words[0], n)
}

// cellsAVX2 looks at n words, a multiple of four and at least four.
//
//go:noescape
func cellsAVX2(from *grid, bytes *[gridCells]uint8, cells *uint8, width int, words *uint64, n int) (odd bool)

// vectorDots reports whether dots multiplies.
func vectorDots() bool { return cpu.X86.HasAVX2 }

// dotRows are multiplied at once.
const dotRows = 32

// dots writes the sums over n rows of the products of x with each of as many others as
// there are sums, which begin BatchRows after one another; behind the rows are zeros, up
// to a multiple of dotRows. None is above 127.
func dots(x, others []uint8, sums []uint32, n int) {
	if n > 0 && len(sums) > 0 {
		dotsAVX2(&x[:BatchRows][0], &others[0], &sums[0], len(sums), (n+dotRows-1)/dotRows*dotRows)
	}
}

//go:noescape
func dotsAVX2(x, others *uint8, sums *uint32, columns, rows int)

// transposeVectors is transpose of as many columns and rows as make whole squares
// of four, and returns how many these are.
func transposeVectors(to []uint64, apart int, words []uint64, stride, columns, rows int) (wide, tall int) {
	wide, tall = columns&^3, rows&^3
	if tall == 0 || !cpu.X86.HasAVX2 {
		return 0, 0
	}
	for c := 0; c < wide; c += 4 {
		transposeAVX2(&to[c*apart], 8*apart, &words[c], 8*stride, tall)
	}
	return wide, tall
}

// transposeAVX2 transposes four columns of rows, a multiple of four and at least
// four; the distances are in bytes.
//
//go:noescape
func transposeAVX2(to *uint64, apart int, from *uint64, stride, rows int)
