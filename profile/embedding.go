package profile

import (
	"math"
	"sort"
)

// EmbeddingPlan says how the vectors of an embedding feature are counted: they
// are measured along the principal axes of the reference, by their norm and by
// the cosine to the reference's centroid, and each measure is cut into cells of
// about equal share.
type EmbeddingPlan struct {
	Column     int
	Dimensions int
	// Every is k: 1 vector in k is copied and measured, the larger the longer the
	// vectors are, so that the cost per row is bounded.
	Every int
	// Centroid is the mean vector, Axes the orthonormal axes one after another.
	Centroid []float32
	Axes     []float32
	// Edges are those of the cells, EmbeddingCells-1 of each measure: the axes,
	// then NormMeasure, then CosineMeasure.
	Edges [][]float64
	// Means are the means of the reference's values in each cell.
	Means [][]float64

	centroidNorm float64
}

const (
	// EmbeddingCells is the number of cells of each measure.
	EmbeddingCells = 16

	embeddingAxes  = 32
	vectorBudget   = 1024 // multiplications per row, on average
	vectorArena    = 2    // vectors more than expected that a batch has room for
	vectorsToBuild = 20_000
)

// Measures returns the number of measures: axes, norm and cosine.
func (e *EmbeddingPlan) Measures() int { return len(e.Edges) }

// NormMeasure returns the index of the norm among the measures.
func (e *EmbeddingPlan) NormMeasure() int { return len(e.Edges) - 2 }

// CosineMeasure returns the index of the cosine to the centroid.
func (e *EmbeddingPlan) CosineMeasure() int { return len(e.Edges) - 1 }

// vectorEvery is 1 in how many vectors of this length are measured.
func vectorEvery(dimensions int) int {
	return max(1, (dimensions*(embeddingAxes+2)+vectorBudget-1)/vectorBudget)
}

func (e *EmbeddingPlan) bind() {
	e.centroidNorm = math.Sqrt(float64(dot32(e.Centroid, e.Centroid)))
}

// EmbeddingCounts is what was counted of an embedding.
type EmbeddingCounts struct {
	Rows  uint64   // vectors measured
	Cells []uint64 // by measure and cell
}

// Measure returns the counts of one measure.
func (c *EmbeddingCounts) Measure(i int) []uint64 {
	return c.Cells[i*EmbeddingCells : (i+1)*EmbeddingCells]
}

// count measures one vector. What is not finite is not counted: the axis of the
// norm has it as invalid.
func (e *EmbeddingPlan) count(vector []float32, c *EmbeddingCounts) {
	vector = vector[:e.Dimensions]
	norm := float64(dot32(vector, vector))
	if norm-norm != 0 {
		return
	}
	c.Rows++
	for i := range e.Edges {
		c.Cells[i*EmbeddingCells+cellAt(e.Edges[i], e.measure(i, vector, norm))]++
	}
}

// measure returns measure i of a vector whose squared norm is given.
func (e *EmbeddingPlan) measure(i int, vector []float32, square float64) float64 {
	switch i {
	case e.NormMeasure():
		return math.Sqrt(square)
	case e.CosineMeasure():
		if square == 0 || e.centroidNorm == 0 {
			return 0
		}
		return float64(dot32(vector, e.Centroid)) / math.Sqrt(square) / e.centroidNorm
	}
	return float64(dot32(vector, e.Axes[i*e.Dimensions:(i+1)*e.Dimensions]))
}

// cellAt returns the cell with edge[i-1] ≤ v < edge[i].
func cellAt(edges []float64, v float64) int {
	return sort.Search(len(edges), func(i int) bool { return edges[i] > v })
}

// dot32 is the inner product, in eight chains.
func dot32(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		s4 += a[4] * b[4]
		s5 += a[5] * b[5]
		s6 += a[6] * b[6]
		s7 += a[7] * b[7]
		a, b = a[8:], b[8:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return (s0 + s1) + (s2 + s3) + ((s4 + s5) + (s6 + s7))
}

// keptVector is a vector that a batch copied.
type keptVector struct {
	column int32
	at     int32 // in the arena
}

// keepVector copies 1 in k of the vectors of an embedding, as far as there is
// room for them.
func (b *Batch) keepVector(column int, v *Value) {
	e := b.geometry.joint.embedding(column)
	if e == nil || v.kind != vectorValue || int(v.bits) != e.Dimensions {
		return
	}
	if b.allVectors == 0 {
		s := &b.samplers[b.geometry.joint.vectors[column]-1]
		if !s.take() || len(b.vectors)+e.Dimensions > cap(b.vectors) {
			return
		}
	} else if b.seen++; b.seen%b.allVectors != 0 {
		return
	}
	vector, _ := v.Floats()
	b.kept = append(b.kept, keptVector{int32(column), int32(len(b.vectors))})
	b.vectors = append(b.vectors, vector...)
}

// vectorState is the part of a batch that holds vectors.
type vectorState struct {
	kept       []keptVector
	vectors    []float32
	samplers   []sampler // by embedding
	allVectors uint64    // > 0: 1 in as many is kept and there is room for all, to build a reference
	seen       uint64
}

func (g *Geometry) newVectorState() (s vectorState) {
	if g.joint == nil || len(g.joint.Embeddings) == 0 {
		return s
	}
	room := 0
	for i := range g.joint.Embeddings {
		e := &g.joint.Embeddings[i]
		s.samplers = append(s.samplers, sampler{every: uint32(e.Every), state: uint64(i)})
		room += (BatchRows/e.Every + vectorArena) * e.Dimensions
	}
	s.vectors = make([]float32, 0, room)
	s.kept = make([]keptVector, 0, BatchRows*len(s.samplers))
	return s
}

func (s *vectorState) reset() { s.kept, s.vectors = s.kept[:0], s.vectors[:0] }
