package profile

import "unsafe"

// columns are the rows of a batch by columns, which begin every apart words.
type columns struct {
	words       []uint64
	apart, rows int
}

// newColumns returns room for a batch.
func (g *Geometry) newColumns() *columns {
	const apart = BatchRows + 8 // as in a Filler
	return &columns{words: make([]uint64, g.Len()*apart), apart: apart}
}

// of returns those of an axis.
func (c *columns) of(axis int) []uint64 { return c.words[axis*c.apart:][:c.rows] }

// gatherRows are transposed at a time: so many that they stay in the nearest cache
// while all columns are picked out of them.
const gatherRows = 32

// take makes them those of a batch.
func (c *columns) take(b *Batch) *columns {
	c.rows = b.rows
	for from := 0; from < b.rows; from += gatherRows {
		transpose(c.words[from:], c.apart, b.words[from*b.stride:], b.stride, b.geometry.Len(), min(gatherRows, b.rows-from))
	}
	return c
}

// transpose writes the columns of some rows, which begin every stride words, to
// columns that begin every apart words.
func transpose(to []uint64, apart int, words []uint64, stride, columns, rows int) {
	if columns == 0 || rows == 0 {
		return
	}
	_, _ = to[(columns-1)*apart+rows-1], words[(rows-1)*stride+columns-1] // the only checks
	wide, tall := transposeVectors(to, apart, words, stride, columns, rows)
	for c := range columns {
		if from := c * apart; c >= wide {
			copyColumn(to[from:from+rows], words[c:], stride)
		} else if tall < rows {
			copyColumn(to[from+tall:from+rows], words[tall*stride+c:], stride)
		}
	}
}

// copyColumn copies every stride-th word.
//
//go:noinline
func copyColumn(to, words []uint64, stride int) {
	if len(to) == 0 {
		return
	}
	_ = words[(len(to)-1)*stride] // the only check
	from, at := unsafe.Pointer(unsafe.SliceData(words)), 0
	for i := range to {
		to[i] = *(*uint64)(unsafe.Add(from, at))
		at += 8 * stride
	}
}
