package sketch

import "math"

const (
	// stackCells is the largest digest worked on in buffers on the stack.
	stackCells  = 256
	bufferCells = 4 * stackCells
)

// Merge adds the observations of other, which is not changed; nil and empty are
// no-ops, and d.Merge(d) doubles d. Merging is commutative up to the rank error
// of the digest, and exactly so while the union is Exact. At the default
// compression it does not allocate.
//
// Where both have a boundary, counts add exactly; a cell that holds a boundary of
// the other digest is divided there by its own density.
func (d *Quantiles) Merge(other *Quantiles) {
	if other == nil || other.count == 0 {
		return
	}
	d.prepare()
	var buffer [stackCells]cell
	in := buffer[:]
	if len(other.cells) > len(buffer) {
		in = make([]cell, len(other.cells))
	}
	d.absorb(other.unpack(in), other.count, other.min, other.max)
}

// absorb merges cells that stand for count observations in [lo, hi].
func (d *Quantiles) absorb(in []cell, count uint64, lo, hi float64) {
	d.prepare()
	var first [stackCells]cell
	var second [bufferCells]cell
	own, out := first[:], second[:]
	if len(in) > stackCells || cap(d.cells) > stackCells {
		own, out = make([]cell, len(d.cells)), make([]cell, 4*(len(d.cells)+len(in)))
	}
	m := merging{a: side{cells: d.unpack(own), high: d.max}, b: side{cells: in, high: hi}, out: out}
	d.note(count, lo, hi)
	m.heavy = heavy * groupFill / float64(cap(d.cells)) * float64(d.count)
	m.run()
	d.settle(out, m.size)
}

// side is one of two lists of cells, of which the first at are done with and
// the next perhaps already cut.
type side struct {
	cells []cell
	at    int
	high  float64
}

func (s *side) done() bool { return s.at == len(s.cells) }

func (s *side) head() *cell { return &s.cells[s.at] }

func (s *side) end() uint64 {
	if s.at+1 < len(s.cells) {
		return s.cells[s.at+1].lo
	}
	return ^uint64(0)
}

// cutAt splits the first cell at the key and returns the part before.
func (s *side) cutAt(key uint64) cell {
	c, high := s.head(), s.high
	if s.at+1 < len(s.cells) {
		high = min(high, Value(s.cells[s.at+1].lo))
	}
	low, high := min(Value(c.lo), c.mean), max(high, c.mean)
	left, right := c.divide(low, high, max(low, min(high, Value(key))))
	right.lo = key
	*c = right
	return left
}

type merging struct {
	a, b  side
	heavy float64 // weight from which a single value stays apart
	out   []cell
	size  int
}

func (m *merging) emit(c cell) {
	if c.weight != 0 {
		m.out[m.size] = c
		m.size++
	}
}

func (m *merging) run() {
	for !m.a.done() && !m.b.done() {
		if m.b.head().lo < m.a.head().lo {
			m.step(&m.b, &m.a)
		} else {
			m.step(&m.a, &m.b)
		}
	}
	for _, s := range [2]*side{&m.a, &m.b} {
		for ; !s.done(); s.at++ {
			m.emit(*s.head())
		}
	}
}

// step deals with the first cell of p, which begins no later than that of q.
func (m *merging) step(p, q *side) {
	x, y := p.head(), q.head()
	switch {
	case x.weight > 0 && y.weight > 0 && x.lo == y.lo:
		m.emit(cell{x.lo, x.mean, x.weight + y.weight})
		p.at, q.at = p.at+1, q.at+1
	case x.weight > 0 && x.lo == y.lo:
		m.single(q, p)
	case x.weight > 0 || y.lo >= p.end():
		m.emit(*x)
		p.at++
	case y.weight > 0:
		m.single(p, q)
	case x.lo < y.lo:
		m.emit(p.cutAt(y.lo))
	default:
		m.both(p, q)
	}
}

// single puts the single value q begins with into the blended cell p begins with,
// or, if it is heavy, apart from it.
func (m *merging) single(p, q *side) {
	y := *q.head()
	q.at++
	if y.weight < m.heavy {
		*p.head() = join(*p.head(), y)
		return
	}
	if p.head().lo < y.lo {
		m.emit(p.cutAt(y.lo))
	}
	m.emit(y)
	if p.head().lo = y.lo + 1; p.head().lo >= p.end() {
		m.emit(*p.head())
		p.at++
	}
}

// both joins two blended cells with the same beginning, up to the nearer end.
func (m *merging) both(p, q *side) {
	end := p.end()
	if end > q.end() {
		p, q, end = q, p, q.end()
	}
	left := *q.head()
	if end < q.end() {
		left = q.cutAt(end)
	} else {
		q.at++
	}
	m.emit(join(*p.head(), left))
	p.at++
}

// join adds the weight of y to the blended cell x.
func join(x, y cell) cell {
	held, total := math.Abs(y.weight), math.Abs(y.weight)-x.weight
	if total == 0 {
		return x
	}
	mean := x.mean + (y.mean-x.mean)*(held/total)
	if !finite(mean) {
		mean = between(min(x.mean, y.mean), max(x.mean, y.mean), 0.5)
	}
	x.mean, x.weight = mean, -total
	return x
}

func (d *Quantiles) note(count uint64, lo, hi float64) {
	if d.count += count; d.count < count {
		d.count = math.MaxUint64
	}
	d.min, d.max = min(d.min, lo), max(d.max, hi)
}
