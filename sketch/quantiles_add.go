package sketch

// AddSortedKeys adds a batch of sorted keys (see [Key], [SortKeys]): the fast
// way in. Each call pays once for going over all cells, so longer batches are
// cheaper a value: hand over 4096 keys where memory allows. Keys of
// infinities and NaN are ignored. Keys out of order give wrong quantiles, not a
// panic. keys is neither kept nor changed; nothing is allocated.
func (d *Quantiles) AddSortedKeys(keys []uint64) {
	keys = finiteKeys(keys)
	d.prepare()
	for len(keys) > 0 {
		keys = keys[d.addInside(keys):]
		if len(keys) > 0 {
			keys = keys[d.addSome(keys):]
		}
	}
}

// addInside adds the keys that fall into cells there are, and returns how many it
// took: it ends at a key between cells, at a value so often repeated that it
// wants a cell of its own, and where the shape of the digest is due for revision.
func (d *Quantiles) addInside(keys []uint64) int {
	if d.exact || d.shift() > 0 || d.count-d.settled > d.settled/revision ||
		keys[0] < Key(d.min) || keys[len(keys)-1] > Key(d.max) {
		return 0
	}
	at, copies := 0, max(minCopies, len(keys)/copiesShare)
	for i := range d.cells {
		if at == len(keys) || keys[at] < d.cells[i].lo {
			break
		}
		start, end := at, ^uint64(0)
		if i+1 < len(d.cells) {
			end = d.cells[i+1].lo
		}
		p := &d.cells[i]
		if p.single() {
			for at < len(keys) && keys[at] == p.lo {
				at++
			}
			p.mass += uint64(at-start) << placeBits
			continue
		}
		low, sum := Value(p.lo), 0.0
		for at < len(keys) && keys[at] < end {
			sum += Value(keys[at]) - low
			at++
		}
		if at-start >= copies {
			if _, ok := repeated(keys[start:at], copies); ok {
				at = start
				break
			}
		}
		if at > start {
			d.enter(i, float64(at-start), sum)
		}
	}
	d.count += uint64(at)
	return at
}

// enter adds n values to cell i; sum is that of their distances from its lo.
func (d *Quantiles) enter(i int, n, sum float64) {
	p := &d.cells[i]
	low, high := d.ends(i)
	place, held := decodePlace(p.mass&oneValue), float64(p.mass>>placeBits)
	sum += n * (Value(p.lo) - low)
	if moved := place + (sum/(high-low)-n*place)/(held+n); moved >= 0 && moved <= 1 {
		place = moved
	}
	p.mass = (p.mass>>placeBits+uint64(n))<<placeBits | encodePlace(place)
}

// addSome adds keys until the buffer is full and returns how many it took.
func (d *Quantiles) addSome(keys []uint64) int {
	var in [stackCells]cell
	var space [bufferCells]cell
	f := filler{keys: keys, out: space[:], repeated: max(minCopies, len(keys)/copiesShare)}
	cells := in[:]
	if size := cap(d.cells); size > stackCells {
		cells, f.out = d.spare[:size], d.spare[size:]
	}
	f.fill(d.unpack(cells))
	if f.at > 0 {
		d.note(uint64(f.at), Value(keys[0]), Value(keys[f.at-1]))
		d.settle(f.out, f.size)
	}
	return f.at
}

const (
	// A blended digest is cut anew whenever its count has grown by 1/revision.
	revision = 16
	// A value inside a blended cell gets one of its own from minCopies copies in
	// a batch and a share of 1/copiesShare of it.
	minCopies, copiesShare = 4, 64
)

// filler distributes sorted keys over cells.
type filler struct {
	keys     []uint64
	at       int // keys used
	out      []cell
	size     int // cells written to out
	repeated int
}

func (f *filler) emit(c cell) {
	f.out[f.size] = c
	f.size++
}

func (f *filler) fill(cells []cell) {
	for i, c := range cells {
		rest := len(cells) - i
		f.gap(c.lo, rest)
		if c.weight > 0 {
			c.weight += float64(f.run(c.lo))
			f.emit(c)
			continue
		}
		end := ^uint64(0)
		if i+1 < len(cells) {
			end = cells[i+1].lo
		}
		f.blend(c, end, rest)
	}
	f.gap(^uint64(0), 0)
}

// room is whether another cell fits, when rest cells are still to come.
func (f *filler) room(rest int) bool { return len(f.out)-f.size > rest+2 }

// gap makes a cell of each value before the key end. Without room for them all
// it leaves that and every later key to the next round.
func (f *filler) gap(end uint64, rest int) {
	for f.at < len(f.keys) && f.keys[f.at] < end {
		if !f.room(rest) {
			f.keys = f.keys[:f.at]
			return
		}
		k := f.keys[f.at]
		f.emit(cell{k, Value(k), float64(f.run(k))})
	}
}

// run takes the copies of one key.
func (f *filler) run(key uint64) int {
	start := f.at
	for f.at < len(f.keys) && f.keys[f.at] == key {
		f.at++
	}
	return f.at - start
}

// blend adds the keys before end to a blended cell.
func (f *filler) blend(c cell, end uint64, rest int) {
	start, mean, sum := f.at, c.mean, 0.0
	keys := f.keys[start:]
	n := 0
	for n < len(keys) && keys[n] < end {
		sum += Value(keys[n]) - mean
		n++
	}
	if n == 0 {
		f.emit(c)
		return
	}
	if n >= f.repeated && f.room(rest) {
		if v, ok := repeated(keys[:n], f.repeated); ok {
			f.isolate(c, end, v, rest)
			return
		}
	}
	f.at += n
	held := float64(n)
	c.mean = mean + sum/(held-c.weight)
	if !finite(c.mean) { // the sum overflowed
		c.mean = mean
	}
	c.mean = max(c.mean, min(mean, Value(keys[0])))
	c.mean = min(c.mean, max(mean, Value(keys[n-1])))
	c.weight -= held
	f.emit(c)
}

// repeated finds a key with at least the given number of copies.
func repeated(sorted []uint64, copies int) (uint64, bool) {
	for i := copies - 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-copies+1] {
			return sorted[i], true
		}
	}
	return 0, false
}

// isolate gives the key v inside the blended cell c one of its own.
func (f *filler) isolate(c cell, end, v uint64, rest int) {
	low, high := Value(c.lo), Value(min(end, highestKey))
	low, high = min(low, c.mean), max(high, c.mean)
	left, right := c.divide(low, high, Value(v))
	right.lo = v + 1
	if left.weight < 0 || f.keys[f.at] < v {
		f.blend(left, v, rest)
	}
	f.emit(cell{v, Value(v), float64(f.run(v))})
	if right.weight < 0 {
		f.blend(right, end, rest)
	}
}
