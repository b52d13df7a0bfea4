package profile

import (
	"math"
	"math/bits"
)

// rowPass looks at rows rather than at columns: it gives every number of a row
// its normal score and sums the products of pairs. It looks at the first 1024
// rows of a profile, and the rest of their batch, and at 1 in k of the others, one at a random place (seeded)
// in each run of k, so that no rhythm of the traffic can hide from it. From 4096
// rows looked at on, k doubles each time their number does: correlations are known
// well enough then, and a row of a busy pane costs next to nothing.
//
// Scores are held with a bias that makes them at least 0. Where the processor does not
// multiply many at once, those of three features are also side by side in one word:
// one multiplication sums three pairs.
type rowPass struct {
	plan    *JointPlan
	sampler sampler
	first   uint64
	rows    []int32       // of the batch, those looked at
	scores  [][]uint8     // by position, of these rows; each begins BatchRows after the one before
	words   [][]uint64    // by position/lanes; none where scores are multiplied as they are
	picked  []uint64      // of a column, those of the rows
	sums    []uint32      // by position, of products
	lookups []valueLookup // of scores, by position
}

const (
	scoreBias = 48 // scoreLimit/ScoreUnit
	lanes     = 3
	laneBits  = 21
	packRows  = (1<<laneBits - 1) / (4 * scoreBias * scoreBias) // rows whose products fit a lane
)

func (g *Geometry) newRowPass() *rowPass {
	if g.joint == nil {
		return nil
	}
	p := &rowPass{plan: g.joint, first: jointRows, sampler: sampler{every: g.joint.every}, rows: make([]int32, 0, BatchRows)}
	d := len(g.joint.Columns)
	for i, column := range g.joint.Columns {
		p.lookups = append(p.lookups, g.valueLookup(column, &g.joint.lookups[i]))
	}
	scores := make([]uint8, d*BatchRows)
	for i := range d {
		p.scores = append(p.scores, scores[i*BatchRows:][:BatchRows])
	}
	p.picked, p.sums = make([]uint64, BatchRows), make([]uint32, d)
	p.pack(!vectorDots())
	return p
}

// pack says whether scores are also held side by side.
func (p *rowPass) pack(packed bool) {
	p.words = nil
	if packed {
		for range (len(p.scores) + lanes - 1) / lanes {
			p.words = append(p.words, make([]uint64, BatchRows))
		}
	}
}

// lookAtAll makes the pass look at every row: what the building of a reference
// can afford. It returns the filler.
func (f *Filler) lookAtAll() *Filler {
	if f.joint != nil {
		f.joint.first = math.MaxUint64
	}
	f.watch.first = math.MaxUint64
	return f
}

// drain adds the rows of a batch, whose columns are kept, to s; p and s may be nil.
func (p *rowPass) drain(b *Batch, k *columns, s *Joint) {
	if p == nil || s == nil || b.geometry.joint != p.plan {
		return
	}
	for i := range b.kept {
		k := &b.kept[i]
		e := int(p.plan.vectors[k.column]) - 1
		p.plan.Embeddings[e].count(b.vectors[k.at:], &s.Embeddings[e])
	}
	p.rows = p.rows[:0]
	p.sampler.every = p.plan.every << bits.Len64(s.Rows/jointPlenty)
	if s.Rows < p.first {
		for r := range b.rows {
			p.rows = append(p.rows, int32(r))
		}
	} else {
		p.rows = p.sampler.pick(p.rows, b.rows)
	}
	if len(p.rows) == 0 || len(p.plan.Columns) == 0 {
		return
	}
	s.Rows += uint64(len(p.rows))
	for i := range p.scores {
		p.column(k, i, s)
	}
	p.products(s)
}

// column scores the values of one feature.
func (p *rowPass) column(k *columns, i int, s *Joint) {
	scores, column, lookup := p.scores[i][:len(p.rows)], k.of(p.plan.Columns[i]), &p.lookups[i]
	if len(p.rows) < len(column) {
		for t, r := range p.rows {
			p.picked[t] = column[r]
		}
		column = p.picked[:len(p.rows)]
	}
	lookup.all(scores, 1, column)
	var sum, squares int64
	valid := len(scores)
	for t, score := range scores {
		if score > 2*scoreBias { // no number
			score = scoreBias
			scores[t] = score
			valid--
		}
		signed := int64(score) - scoreBias
		sum += signed
		squares += signed * signed
	}
	s.Valid[i] += uint64(valid)
	s.Sums[i] += sum
	s.Squares[i] += squares
	if p.words == nil {
		return
	}
	words, lane := p.words[i/lanes][:len(p.rows)], i%lanes*laneBits
	if lane == 0 {
		clear(words)
	}
	for t, score := range scores {
		words[t] |= uint64(score) << lane
	}
}

// products sums the products of all pairs over the rows looked at.
func (p *rowPass) products(s *Joint) {
	n := len(p.rows)
	if !p.plan.All {
		for i := range p.plan.Pairs {
			pair := &p.plan.Pairs[i]
			s.Products[i] += dot(p.scores[pair.A][:n], p.scores[pair.B][:n])
		}
		return
	}
	if p.words != nil {
		for from := 0; from < n; from += packRows {
			p.packedProducts(from, min(from+packRows, n), s)
		}
		return
	}
	for i := range p.scores {
		clear(p.scores[i][n:min((n+dotRows-1)/dotRows*dotRows, BatchRows)])
	}
	pair, d := 0, len(p.scores)
	for a := range d - 1 {
		sums := p.sums[a+1:]
		dots(p.scores[a], p.scores[a+1], sums, n)
		total := scoreBias * sum(p.scores[a][:n])
		for _, products := range sums {
			s.Products[pair] += int64(products) - total
			pair++
		}
	}
	p.unbias(0, n, s)
}

// packedProducts is products over some of the rows, packRows at most.
func (p *rowPass) packedProducts(from, to int, s *Joint) {
	d, pair := len(p.scores), 0
	for a := range d - 1 {
		x := p.scores[a][from:to]
		total := scoreBias * sum(x)
		for g := (a + 1) / lanes; g < len(p.words); g++ {
			sums := packed(x, p.words[g][from:to])
			for lane := range lanes {
				b := g*lanes + lane
				if b > a && b < d {
					s.Products[pair] += int64(sums>>(lane*laneBits)&(1<<laneBits-1)) - total
					pair++
				}
			}
		}
	}
	p.unbias(from, to, s)
}

func sum(scores []uint8) (total int64) {
	for _, v := range scores {
		total += int64(v)
	}
	return total
}

// unbias takes the bias of the second of each pair out: with x' = x+c and
// y' = y+c, Σx'y' − cΣx' = Σx'y = Σxy + cΣy.
func (p *rowPass) unbias(from, to int, s *Joint) {
	d := len(p.scores)
	for b := 1; b < d; b++ {
		total := scoreBias * (sum(p.scores[b][from:to]) - int64(to-from)*scoreBias)
		for a, at := 0, b-1; a < b; a++ {
			s.Products[at] -= total
			at += d - 2 - a
		}
	}
}

// packed sums the products of x with each lane of words.
func packed(x []uint8, words []uint64) (sum uint64) {
	words = words[:len(x)]
	for i, v := range x {
		sum += uint64(v) * words[i]
	}
	return sum
}

// dot is the sum of products of biased scores.
func dot(x, y []uint8) (sum int64) {
	y = y[:len(x)]
	for i, v := range x {
		sum += (int64(v) - scoreBias) * (int64(y[i]) - scoreBias)
	}
	return sum
}

// sampler takes one in every, at a pseudo-random place in each run.
type sampler struct {
	every, at, chosen uint32
	state             uint64
}

func (s *sampler) take() bool {
	hit := s.at == s.chosen
	s.skip(1)
	return hit
}

// pick takes from n and appends the places of those taken to rows.
func (s *sampler) pick(rows []int32, n int) []int32 {
	for at := 0; at < n; {
		if ahead := int(s.chosen) - int(s.at); ahead >= 0 && ahead < n-at {
			rows = append(rows, int32(at+ahead))
		}
		step := min(n-at, max(1, int(s.every)-int(s.at)))
		s.skip(step)
		at += step
	}
	return rows
}

// skip passes n, which are not more than are left of the run, or one.
func (s *sampler) skip(n int) {
	if s.at += uint32(n); s.at >= s.every {
		s.at = 0
		s.state = s.state*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
		s.chosen = uint32((s.state >> 33) % uint64(max(1, s.every)))
	}
}
