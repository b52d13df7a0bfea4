package sketch

import (
	"iter"
	"math"
	"slices"
	"unsafe"
)

const (
	// DefaultCompression is the t-digest δ of a zero Quantiles: at most 256
	// centroids, 3 KB, rank error 0.01 to 0.03 % on 205k values.
	DefaultCompression = 200

	minCompression = 20
	maxCompression = 2000
)

// Quantiles is a merging t-digest with the arcsine scale k₁ (Dunning & Ertl,
// "Computing extremely accurate quantiles using t-digests", 2019): centroids
// small at the tails and at most π/(2·1.2δ) of all observations in the middle.
//
// Three things are its own. A centroid that holds copies of one single value
// knows it, and stands for exactly that value: constants, zeros, sentinels and
// integers come out exact, not interpolated. As long as at most as many distinct
// values were seen as there are centroids (256 at δ = 200), the whole digest is
// exact. And it does not allocate after construction: the number of centroids is
// bounded by 1.28δ whatever comes in. Only beyond 2³¹−1 observations, once, it takes
// 1 KB more, for weights of 64 bits.
//
// The zero value is an empty digest of [DefaultCompression], allocating at its
// first addition. Not safe for concurrent use. Do not copy a Quantiles after
// first use; Clone it.
type Quantiles struct {
	compression float64 // 0: default
	count       uint64
	min, max    float64
	exact       bool // every centroid stands for one value
	moved       bool // centroids may lie elsewhere than the cells of the grid

	// Centroids in ascending order. A positive weight is that many copies of one
	// value, a negative one that many observations of several values.
	mean   []float64
	weight []int32   // room for as many as there is for means
	wide   []float64 // instead of weight, of large digests and large counts
	grid   []float64 // upper ends of the cells as shares; read only
	spare  []float64 // merge buffer of digests too large for the stack
}

// NewQuantiles returns an empty digest. compression is the δ of the literature:
// memory is about 15.5·δ bytes up to the default, 41·δ above it, and the rank error
// falls with 1/δ to 1/√δ as there are more or fewer values. NaN, zero and
// negative mean [DefaultCompression]; others are held to [20, 2000], see
// Compression.
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
	if d.mean != nil {
		return
	}
	if d.compression == 0 {
		d.compression = DefaultCompression
	}
	size := capacity(d.compression)
	d.mean = make([]float64, 0, size)
	d.grid = defaultGrid
	if d.compression != DefaultCompression {
		d.grid = arcsineGrid(cells(d.compression), .5)
	}
	if size > stackCentroids {
		d.spare = make([]float64, 2*size)
		d.widen()
	} else {
		d.weight = make([]int32, size)
	}
	d.Reset()
}

// Greedy t-digests hold about 1.2δ centroids; ours are cut at the boundaries of
// a fixed grid of as many cells, which bounds them for certain. The rest of the
// capacity is for single values that split a cell.
func cells(compression float64) int { return int(math.Ceil(1.2 * compression)) }

func capacity(compression float64) int { return cells(compression) + int(compression)/25 + 8 }

// Reset empties the digest and keeps its memory.
func (d *Quantiles) Reset() {
	d.mean = d.mean[:0]
	d.count, d.exact, d.moved = 0, true, false
	d.min, d.max = math.Inf(1), math.Inf(-1)
}

// Clone returns an independent copy.
func (d *Quantiles) Clone() *Quantiles {
	c := NewQuantiles(d.compression)
	c.count, c.min, c.max, c.exact, c.moved = d.count, d.min, d.max, d.exact || d.count == 0, d.moved
	var room [stackCentroids]float64
	c.take(d.centroids(&room), len(d.mean))
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
	own := 0
	if len(d.grid) > 0 && &d.grid[0] != &defaultGrid[0] {
		own = len(d.grid)
	}
	return int(unsafe.Sizeof(*d)) + 4*len(d.weight) + 8*(cap(d.mean)+len(d.wide)+len(d.spare)+own)
}

// Centroids yields mean and weight of each centroid, means ascending.
func (d *Quantiles) Centroids() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		for i, m := range d.mean {
			if !yield(m, uint64(math.Abs(d.at(i)))) {
				return
			}
		}
	}
}

// Atoms yields, in ascending order, the values known to be repeated exactly, with
// their number of copies. A value whose share is below about half a cell (0.3 %
// in the middle at δ = 200) may be blended into a centroid and is then not
// listed. While the digest is Exact these are all values.
func (d *Quantiles) Atoms() iter.Seq2[float64, uint64] {
	return func(yield func(float64, uint64) bool) {
		for i, m := range d.mean {
			if w := d.at(i); w > 0 && !yield(m, uint64(w)) {
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
// time costs a pass over all centroids each, so batch where speed counts.
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
