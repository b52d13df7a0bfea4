package profile

import "unsafe"

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
