package profile

import (
	"math"
	"math/bits"
)

// rowPass looks at rows rather than at columns: it gives every number of a row
// its normal score and sums the products of pairs. It looks at the first 1024
// rows of a profile, and the rest of their batch, and at 1 in k of the others, one at
// a random place (seeded) in each run of k, so that no rhythm of the traffic can hide
// from it. From 4096 rows looked at on, k doubles each time their number does:
// correlations are known well enough then, and a row of a busy pane costs next to
// nothing.
type rowPass struct {
	plan    *JointPlan
	sampler sampler
	first   uint64
	rows    []int32       // of the batch, those looked at
	picked  []uint64      // of a column, those of the rows
	lookups []valueLookup // of scores, by position
	scores  *scoreTable   // of the rows, by position
}

func (g *Geometry) newRowPass() *rowPass {
	if g.joint == nil {
		return nil
	}
	p := &rowPass{plan: g.joint, first: jointRows, sampler: sampler{every: g.joint.every}, rows: make([]int32, 0, BatchRows)}
	for i, column := range g.joint.Columns {
		p.lookups = append(p.lookups, g.valueLookup(column, &g.joint.lookups[i]))
	}
	p.picked, p.scores = make([]uint64, BatchRows), newScoreTable(len(g.joint.Columns))
	return p
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
	p.scores.rows = len(p.rows)
	for i := range p.lookups {
		s.Valid[i] += uint64(p.score(k, i))
	}
	p.scores.addTo(s, p.plan)
}

// score looks up the scores of one feature, and returns how many rows have one; the
// others get that of the middle.
func (p *rowPass) score(k *columns, i int) (valid int) {
	scores, column := p.scores.of(i), k.of(p.plan.Columns[i])
	if len(p.rows) < len(column) {
		for t, r := range p.rows {
			p.picked[t] = column[r]
		}
		column = p.picked[:len(p.rows)]
	}
	valid = len(scores)
	if !p.lookups[i].all(scores, 1, column) {
		return valid
	}
	for t, score := range scores {
		if score > 2*scoreBias {
			scores[t] = scoreBias
			valid--
		}
	}
	return valid
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
