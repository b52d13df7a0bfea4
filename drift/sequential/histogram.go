package sequential

// histogram is the exponential histogram of ADWIN: row i holds buckets of 2^i
// consecutive items each, oldest first, and higher rows are older.
type histogram struct {
	capacity  int       // buckets in a row before the two oldest are merged
	counts    []int     // buckets in each row; the last row is never empty
	totals    []float64 // rows of stride() places
	variances []float64 // sums of squared deviations, as totals

	width, total, variance float64 // of the whole window
}

// maxRows bounds a window at 2^60 items.
const maxRows = 60

func (h *histogram) stride() int { return h.capacity + 1 }

// meanSquare returns the population variance; rounding may not make it negative.
func (h *histogram) meanSquare() float64 { return max(h.variance/h.width, 0) }

func (h *histogram) insert(x float64) {
	if len(h.counts) == 0 {
		h.grow()
	}
	if h.width > 0 {
		gap := x - h.total/h.width
		h.variance += h.width * gap * gap / (h.width + 1)
	}
	h.width++
	h.total += x
	h.push(0, x, 0)
	h.compress()
}

func (h *histogram) grow() {
	h.counts = append(h.counts, 0)
	row := make([]float64, h.stride())
	h.totals = append(h.totals, row...)
	h.variances = append(h.variances, row...)
}

func (h *histogram) push(row int, total, variance float64) {
	at := row*h.stride() + h.counts[row]
	h.totals[at], h.variances[at] = total, variance
	h.counts[row]++
}

// remove drops the n oldest buckets of a row.
func (h *histogram) remove(row, n int) {
	at, end := row*h.stride(), row*h.stride()+h.counts[row]
	copy(h.totals[at:end], h.totals[at+n:end])
	copy(h.variances[at:end], h.variances[at+n:end])
	h.counts[row] -= n
}

// compress merges the two oldest buckets of every overfull row into one of the
// next row.
func (h *histogram) compress() {
	size := 1.0
	for row := 0; row < len(h.counts) && h.counts[row] > h.capacity; row++ {
		if row == len(h.counts)-1 {
			h.grow()
		}
		at := row * h.stride()
		gap := h.totals[at]/size - h.totals[at+1]/size
		h.push(row+1, h.totals[at]+h.totals[at+1], h.variances[at]+h.variances[at+1]+size*gap*gap/2)
		h.remove(row, 2)
		size *= 2
	}
}

// dropOldest removes the oldest bucket; the window must hold more than one.
func (h *histogram) dropOldest() {
	row := len(h.counts) - 1
	at, n := row*h.stride(), float64(uint64(1)<<row)
	h.width -= n
	h.total -= h.totals[at]
	gap := h.totals[at]/n - h.total/h.width
	h.variance -= h.variances[at] + n*h.width*gap*gap/(n+h.width)
	h.remove(row, 1)
	h.shrink()
}

// shrink drops empty last rows but keeps their memory.
func (h *histogram) shrink() {
	rows := len(h.counts)
	for rows > 0 && h.counts[rows-1] == 0 {
		rows--
	}
	h.counts = h.counts[:rows]
	h.totals = h.totals[:rows*h.stride()]
	h.variances = h.variances[:rows*h.stride()]
}

func (h *histogram) encode(e *encoder) {
	e.floats(h.width, h.total, h.variance)
	e.uints(uint64(len(h.counts)))
	for row, n := range h.counts {
		e.uints(uint64(n))
		at := row * h.stride()
		e.floats(h.totals[at : at+n]...)
		e.floats(h.variances[at : at+n]...)
	}
}

// decode fills an empty histogram of the receiver's capacity.
func (h *histogram) decode(in *decoder) {
	h.width = in.Within(0, 1<<(maxRows+10))
	h.total, h.variance = in.sum(), in.square()
	rows := int(in.count(maxRows))
	sum := 0.0
	for row := 0; row < rows && in.Err() == nil; row++ {
		n := int(in.count(uint64(h.capacity)))
		if n == 0 && row == rows-1 {
			in.Fail("the oldest row of the window is empty")
			return
		}
		h.grow()
		at := row * h.stride()
		for k := range n {
			h.totals[at+k] = in.sum()
		}
		for k := range n {
			h.variances[at+k] = in.square()
		}
		h.counts[row] = n
		sum += float64(n) * float64(uint64(1)<<row)
	}
	if in.Err() == nil && sum != h.width {
		in.Fail("a window of %v items with buckets for %v", h.width, sum)
	}
}
