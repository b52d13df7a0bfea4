package sketch

import (
	"iter"
	"math"
	"slices"
	"unsafe"
)

const (
	// DefaultCompression is the δ of a zero Quantiles: at most 256 cells of 16
	// bytes, 4 KB, and a rank error below 0.02 % on 205k values.
	DefaultCompression = 200

	minCompression = 20
	maxCompression = 2000
)

// Quantiles is a digest of the distribution of a stream: cells that cover the
// number line, each with the count and the mean of what fell into it. It answers
// what a t-digest does (Dunning & Ertl, "Computing extremely accurate quantiles
// using t-digests", 2019) and speaks its terms, but is built otherwise, because
// the centroids of two t-digests overlap and those of one drift.
//
// Cells keep their boundaries, so that what is added after a boundary was cut is
// counted exactly on its two sides; what came before is divided by estimate.
// Boundaries are the roundest numbers available, so that
// replicas of one stream mostly cut at the same ones and their counts simply add.
// Between boundaries the mean says how the observations lean. Cells are of
// nearly even weight, because the rank error wanted is the same at all quantiles,
// and smaller towards the ends, where distributions bend most.
//
// A value often repeated has a cell of its own and is counted exactly: constants,
// zeros, sentinels. As long as at most as many distinct values were seen as there
// are cells (256 at δ = 200), the whole digest is exact. At the default
// compression nothing allocates after construction.
//
// The zero value is an empty digest of [DefaultCompression], allocating at its
// first addition. Not safe for concurrent use. Do not copy a Quantiles after
// first use; Clone it.
type Quantiles struct {
	compression float64 // 0: default
	count       uint64
	min, max    float64
	exact       bool   // every cell is one value
	settled     uint64 // count when the cells were last cut
	cells       []packed
	spare       []cell // working space of digests too large for the stack
}

// NewQuantiles returns an empty digest of 1.28·compression cells of 16 bytes;
// compression is the δ that t-digests of this size have in the literature. More
// cells, less error; it is measured at the default only. Above 256 cells a digest
// keeps 96 bytes a cell
// of working space besides, and Merge allocates. NaN, zero and negative mean
// [DefaultCompression]; others are held to [20, 2000], see Compression.
func NewQuantiles(compression float64) *Quantiles {
	d := new(Quantiles)
	if compression > 0 {
		d.compression = max(minCompression, min(maxCompression, math.Ceil(compression)))
	}
	d.prepare()
	return d
}

// prepare allocates all that a digest ever needs.
func (d *Quantiles) prepare() {
	if d.cells != nil {
		return
	}
	if d.compression == 0 {
		d.compression = DefaultCompression
	}
	size := capacity(d.compression)
	d.cells = make([]packed, 0, size)
	if size > stackCells {
		d.spare = make([]cell, 4*size)
	}
	d.Reset()
}

func capacity(compression float64) int { return int(math.Ceil(1.28 * compression)) }

// Reset empties the digest and keeps its memory.
func (d *Quantiles) Reset() {
	d.cells = d.cells[:0]
	d.count, d.settled, d.exact = 0, 0, true
	d.min, d.max = math.Inf(1), math.Inf(-1)
}

// Clone returns an independent copy.
func (d *Quantiles) Clone() *Quantiles {
	c := NewQuantiles(d.compression)
	c.count, c.min, c.max, c.exact = d.count, d.min, d.max, d.exact || d.count == 0
	c.settled = d.settled
	c.cells = append(c.cells, d.cells...)
	return c
}

// Compression returns the δ in use.
func (d *Quantiles) Compression() float64 {
	if d.compression == 0 {
		return DefaultCompression
	}
	return d.compression
}

// Count returns the number of finite values added.
func (d *Quantiles) Count() uint64 { return d.count }

// Min returns the smallest value added; false when empty. It is exact.
func (d *Quantiles) Min() (float64, bool) {
	if d.count == 0 {
		return 0, false
	}
	return d.min, true
}

// Max returns the largest value added; false when empty. It is exact.
func (d *Quantiles) Max() (float64, bool) {
	if d.count == 0 {
		return 0, false
	}
	return d.max, true
}

// Bytes returns the memory held, capacity included.
func (d *Quantiles) Bytes() int {
	return int(unsafe.Sizeof(*d)) + 16*cap(d.cells) + 24*cap(d.spare)
}

// Centroids yields mean and weight of each cell, means ascending.
func (d *Quantiles) Centroids() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		shift := d.shift()
		for i, p := range d.cells {
			mean := Value(p.lo)
			if !p.single() {
				low, high := d.ends(i)
				mean = between(low, high, decodePlace(p.mass&oneValue))
			}
			if !yield(mean, p.mass>>placeBits<<shift) {
				return
			}
		}
	}
}

// Atoms yields, in ascending order, the values known to be repeated exactly, with
// their number of copies. A value whose share is below about half a cell (0.3 %
// at δ = 200, less towards the ends) may be blended into a cell and is then not
// listed. While the digest is Exact these are all values.
func (d *Quantiles) Atoms() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		shift := d.shift()
		for _, p := range d.cells {
			if p.single() && !yield(Value(p.lo), p.mass>>placeBits<<shift) {
				return
			}
		}
	}
}

// Exact reports whether no two different values were ever blended: Quantile, CDF
// and Atoms then are those of the data itself.
func (d *Quantiles) Exact() bool { return d.exact || d.count == 0 }

// Add adds values in any order. NaN and infinities are ignored: count them
// before. It sorts copies of 1024 values at a time on the stack; one value at a
// time costs a pass over all cells each, so batch where speed counts.
func (d *Quantiles) Add(values ...float64) {
	var keys, scratch [chunk]uint64
	for part := range slices.Chunk(values, chunk) {
		for i, v := range part {
			keys[i] = Key(v)
		}
		d.AddSortedKeys(SortKeys(keys[:len(part)], scratch[:len(part)]))
	}
}

// AddSorted adds ascending values; NaN and infinities are ignored. Values out of
// order are not an error but cost the sort that [Quantiles.Add] does.
func (d *Quantiles) AddSorted(values []float64) {
	var keys, scratch [chunk]uint64
	for part := range slices.Chunk(values, chunk) {
		ordered := true
		for i, v := range part {
			keys[i] = Key(v)
			ordered = ordered && (i == 0 || keys[i-1] <= keys[i])
		}
		sorted := keys[:len(part)]
		if !ordered {
			sorted = SortKeys(sorted, scratch[:len(part)])
		}
		d.AddSortedKeys(sorted)
	}
}

const chunk = 1024
