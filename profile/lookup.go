package profile

import (
	"math"
	"math/bits"

	"github.com/tidemark-ml/tidemark/sketch"
)

// byteLookup finds the byte that stands for the cell of a key, without a branch
// to mispredict: edges are padded to a power of two.
type byteLookup struct {
	edges []uint64
	bytes []uint8
}

// newByteLookup returns the lookup of len(edges)+1 cells.
func newByteLookup(edges []uint64, bytes []uint8) byteLookup {
	size := 1
	for size < len(edges)+1 {
		size *= 2
	}
	l := byteLookup{edges: make([]uint64, size), bytes: make([]uint8, size)}
	copy(l.edges, edges)
	for i := len(edges); i < size; i++ {
		l.edges[i] = math.MaxUint64
	}
	for i := range l.bytes {
		l.bytes[i] = bytes[min(i, len(bytes)-1)]
	}
	return l
}

// find returns the byte of the cell with edge[i-1] ≤ key < edge[i].
func (l *byteLookup) find(key uint64) uint8 {
	edges, at := l.edges, 0
	for step := len(edges) >> 1; step > 0; step >>= 1 {
		_, less := bits.Sub64(key, edges[(at+step-1)&(len(edges)-1)], 0)
		at += step & (int(less) - 1)
	}
	return l.bytes[at&(len(l.bytes)-1)]
}

// oddByte stands for values that the grid has no cell for: it is none of a cell.
const oddByte = CellMissing

// valueLookup is a byteLookup of values, which it finds on the axis's grid where
// there is one: that takes a third of the time.
type valueLookup struct {
	grid  *grid
	bytes [gridCells]uint8 // of the grid's cells
	keys  *byteLookup
}

func (g *Geometry) valueLookup(axis int, keys *byteLookup) valueLookup {
	l := valueLookup{grid: g.grids()[axis], keys: keys}
	if l.grid != nil {
		for c := range l.grid.cells {
			l.bytes[c] = keys.bytes[l.grid.cell[c]]
		}
		l.bytes[noCell] = oddByte
	}
	return l
}

// find returns the byte of the cell of v, which must be finite.
func (l *valueLookup) find(v float64) uint8 {
	if l.grid != nil {
		if c := l.grid.find(v); c != noCell {
			return l.bytes[c]
		}
	}
	return l.keys.find(sketch.Key(v))
}

// all writes to every width-th byte of cells that of each word. It returns false where
// it is sure that all are numbers.
func (l *valueLookup) all(cells []uint8, width int, words []uint64) (odd bool) {
	if len(words) == 0 {
		return false
	}
	_ = cells[(len(words)-1)*width]
	n := 0
	if l.grid != nil {
		n, odd = l.grid.cellVectors(&l.bytes, cells, width, words)
	}
	if odd {
		for i, word := range words[:n] {
			if cells[i*width] == oddByte {
				cells[i*width] = l.byteOf(word)
			}
		}
	}
	for i, word := range words[n:] {
		cells[(n+i)*width] = l.byteOf(word)
	}
	return odd || n < len(words)
}

// some is all for some of the words.
func (l *valueLookup) some(cells []uint8, width int, words []uint64, rows []int32) {
	for _, r := range rows {
		cells[int(r)*width] = l.byteOf(words[r])
	}
}

// byteOf returns the byte of a word, whatever it is.
func (l *valueLookup) byteOf(word uint64) uint8 {
	switch v := math.Float64frombits(word); {
	case v-v == 0:
		return l.find(v)
	case word == bitsMissing, word == bitsAbsent:
		return CellMissing
	}
	return CellInvalid
}
