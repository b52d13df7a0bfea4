package profile

import (
	"math"
	"math/rand/v2"
)

// NoPairs switches multivariate state of numeric features off: no pairs, no
// principal components. That of embeddings stays.
func NoPairs() BuildOption { return func(b *builder) { b.pairs = pairsOff } }

// WithPairs switches multivariate state on whatever the number of features. It
// is on by default for 2 to 50 numeric features, of which all pairs are
// followed; of more it follows the 1,200 that are most correlated in the
// reference and 25 others, and no principal components.
func WithPairs() BuildOption { return func(b *builder) { b.pairs = pairsOn } }

// pairsMode says whether pairs are followed.
type pairsMode uint8

const (
	pairsDefault pairsMode = iota
	pairsOff
	pairsOn
)

// halfRun is how many consecutive rows belong to one half of a reference, then
// as many to the other: the plan is fitted on the first half and its baseline
// taken from the second. Fitted and measured on the same rows, directions look
// wider than they are, and every live window narrower.
const halfRun = 32

// fitted reports whether the n-th row is of the half that the plan is fitted on.
func fitted(n uint64) bool { return n/halfRun%2 == 0 }

// jointSurvey samples whole rows in the first pass, for a plan to be fitted on.
type jointSurvey struct {
	columns []int // numeric features
	rows    reservoir
	row     []float64
	vectors []vectorSurvey
}

// vectorSurvey samples the vectors of one embedding.
type vectorSurvey struct {
	column, dimensions int
	chosen             reservoir
	vector             []float64
}

func newJointSurvey(s *Schema, mode pairsMode) *jointSurvey {
	j := new(jointSurvey)
	for i := range s.Len() {
		switch f := s.Feature(i); f.Kind {
		case Numeric:
			j.columns = append(j.columns, i)
		case Embedding:
			if f.Sensitive {
				continue // the edges of its cells would be somebody's values
			}
			v := vectorSurvey{column: i, dimensions: f.Dimensions, vector: make([]float64, f.Dimensions)}
			v.chosen = newReservoir(f.Dimensions, 768, uint64(i))
			j.vectors = append(j.vectors, v)
		}
	}
	d := len(j.columns)
	if d < 2 || mode == pairsOff || d > jointFeatures && mode != pairsOn {
		j.columns = nil
		return j
	}
	most := jointMost
	if d > jointFeatures {
		most = max(256, min(most, 800_000_000/(d*d))) // choosing pairs takes d²/2 products a row
	}
	j.rows = newReservoir(d, most, math.MaxUint32)
	j.row = make([]float64, d)
	return j
}

// look sees the n-th row, the only one of a batch, and what was in it.
func (j *jointSurvey) look(n uint64, batch *Batch, r *Row) {
	if !fitted(n) {
		return
	}
	if len(j.columns) > 0 {
		for i, column := range j.columns {
			j.row[i] = math.Float64frombits(batch.words[column])
		}
		j.rows.add(j.row)
	}
	for i := range j.vectors {
		j.vectors[i].look(r)
	}
}

func (v *vectorSurvey) look(r *Row) {
	if v.column >= len(r.Values) {
		return
	}
	vector, ok := r.Values[v.column].Floats()
	if !ok || len(vector) != v.dimensions {
		return
	}
	for i, x := range vector {
		if x-x != 0 {
			return
		}
		v.vector[i] = float64(x)
	}
	v.chosen.add(v.vector)
}

// reservoir is a uniform choice of rows (Vitter's algorithm R), seeded.
type reservoir struct {
	width, limit int
	values       []float64 // row after row
	seen         uint64
	random       *rand.Rand
}

// newReservoir holds at most most rows, fewer where they are wide.
func newReservoir(width, most int, seed uint64) reservoir {
	return reservoir{width: width, limit: max(jointLeast, min(most, jointNumbers/max(1, width))), random: rand.New(rand.NewPCG(seed, 2))}
}

func (r *reservoir) add(row []float64) {
	r.seen++
	if len(r.values) < r.limit*r.width {
		r.values = append(r.values, row...)
		return
	}
	if at := r.random.Uint64N(r.seen); at < uint64(r.limit) {
		copy(r.values[int(at)*r.width:], row)
	}
}

// len is the number of rows held.
func (r *reservoir) len() int {
	if r.width == 0 {
		return 0
	}
	return len(r.values) / r.width
}

func (r *reservoir) at(i int) []float64 { return r.values[i*r.width : (i+1)*r.width] }

// halfBaseline counts the rows of the other half while a reference is filled.
type halfBaseline struct {
	batch   *Batch
	columns *columns
	pass    *rowPass
	joint   *Joint
}

func (g *Geometry) newHalfBaseline(rows uint64) *halfBaseline {
	if g.joint == nil {
		return nil
	}
	h := &halfBaseline{batch: g.NewBatch(), columns: g.newColumns(), pass: g.newRowPass(), joint: g.joint.newJoint()}
	h.pass.first = math.MaxUint64
	h.batch.keepAll(rows)
	return h
}

// keepAll makes the batch keep all vectors of a reference of so many rows, or
// one in as many as leave enough.
func (b *Batch) keepAll(rows uint64) { b.allVectors = max(1, rows/vectorsToBuild) }

func (h *halfBaseline) add(n uint64, r *Row) {
	if h == nil || fitted(n) {
		return
	}
	h.batch.Append(r)
	if h.batch.Full() {
		h.drain()
	}
}

func (h *halfBaseline) drain() {
	h.pass.drain(h.batch, h.columns.take(h.batch), h.joint)
	h.batch.Reset()
}

// done returns the counts, nil where there were none.
func (h *halfBaseline) done() *Joint {
	if h == nil {
		return nil
	}
	h.drain()
	if h.joint.Rows < jointLeast && len(h.joint.plan.Columns) > 0 {
		return nil
	}
	return h.joint
}
