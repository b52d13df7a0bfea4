package profile

import (
	"math"

	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Axis says how one column of a profile is cut into cells. It is fixed by the
// reference and immutable.
//
// A numeric axis has Edges, ascending: cell i is [Edges[i-1], Edges[i]) and the
// outer cells are open, so there is one cell more than edges. An atom, a value
// that stands for much of the reference by itself, is a cell between two
// neighbouring floats. A categorical axis has a cell for each label and a last
// one for the known categories that have no label of their own.
type Axis struct {
	Subject report.Subject
	Kind    Kind
	// Feature is the declaration; its Name is empty for outcomes and latency.
	Feature Feature
	Edges   []float64
	Labels  []string
	// Low and High are the extremes of the reference (numeric; both NaN where
	// there are none or the feature is sensitive).
	Low, High float64
	// FenceLow and FenceHigh are Tukey's outer fences of the reference, three
	// interquartile ranges beyond the quartiles.
	FenceLow, FenceHigh float64
	// Singletons counts the categories that the reference showed once; with
	// them the chance of an unseen one is Singletons/m (Good–Turing).
	Singletons uint64
	// Open is set where the reference had more categories than are remembered,
	// so that "unseen" cannot be told from "rare".
	Open bool

	others   []uint64 // hashes of known categories without a label
	edgeKeys []uint64
	marks    []uint64 // keys of declared and reference limits; see bind
	codes    codeTable
}

// Numbers reports whether the axis is numeric (an embedding's is: it holds the
// norm).
func (a *Axis) Numbers() bool { return a.Kind == Numeric || a.Kind == Embedding }

// Cells returns the number of cells.
func (a *Axis) Cells() int {
	if a.Numbers() {
		return len(a.Edges) + 1
	}
	return len(a.Labels) + 1
}

// Closed reports whether the values of the axis are a declared list.
func (a *Axis) Closed() bool { return len(a.Feature.OneOf) > 0 || a.Kind == Boolean }

// bind computes what the drainer needs from the exported fields.
func (a *Axis) bind() {
	if !a.Numbers() {
		a.codes = newCodeTable(a.Labels, a.others)
		return
	}
	a.edgeKeys = make([]uint64, len(a.Edges))
	for i, e := range a.Edges {
		a.edgeKeys[i] = sketch.Key(e)
	}
	lowest, highest := math.Inf(-1), math.Inf(1)
	or := func(v, otherwise float64) float64 {
		if math.IsNaN(v) {
			return otherwise
		}
		return v
	}
	limit := func(p *float64, otherwise float64) float64 {
		if p == nil {
			return otherwise
		}
		return *p
	}
	// Three pairs: a value below the first or above the second of a pair counts.
	for _, m := range [...]float64{
		limit(a.Feature.Min, lowest), limit(a.Feature.Max, highest),
		or(a.Low, lowest), or(a.High, highest),
		or(a.FenceLow, lowest), or(a.FenceHigh, highest),
	} {
		a.marks = append(a.marks, sketch.Key(m))
	}
}

// Cell codes of categorical values that are in no cell. They are above any
// cell's index.
const (
	codeUnseen uint64 = math.MaxUint32 - iota
	codeMissing
	codeInvalid
	codeMismatch
	codeAbsent
)

// Bits of numeric values that are not numbers. They are NaNs with payloads that
// no arithmetic produces.
const (
	bitsMissing  uint64 = 0x7ff8_7d3a_11f0_0001
	bitsMismatch uint64 = 0x7ff8_7d3a_11f0_0002
	bitsAbsent   uint64 = 0x7ff8_7d3a_11f0_0003
	bitsNaN      uint64 = 0x7ff8_0000_0000_0001
)

// codeTable finds the cell of a category by its hash. It is read-only, so it
// needs no lock; open addressing at half load or less.
type codeTable struct {
	slots []codeSlot
	mask  uint64
}

type codeSlot struct {
	hash uint64
	code uint64 // cell + 1; 0 is an empty slot
}

func newCodeTable(labels []string, others []uint64) codeTable {
	size := 8
	for size < 4*(len(labels)+len(others)) {
		size *= 2
	}
	t := codeTable{slots: make([]codeSlot, size), mask: uint64(size - 1)}
	for i, label := range labels {
		t.insert(sketch.Hash(label), uint64(i))
	}
	for _, h := range others {
		t.insert(h, uint64(len(labels)))
	}
	return t
}

func (t *codeTable) insert(hash, cell uint64) {
	i := hash & t.mask
	for t.slots[i].code != 0 {
		if t.slots[i].hash == hash {
			return
		}
		i = (i + 1) & t.mask
	}
	t.slots[i] = codeSlot{hash, cell + 1}
}

// find returns the cell of a category, or codeUnseen.
func (t *codeTable) find(hash uint64) uint64 {
	for i := hash & t.mask; ; i = (i + 1) & t.mask {
		slot := &t.slots[i&uint64(len(t.slots)-1)]
		if slot.code == 0 {
			return codeUnseen
		}
		if slot.hash == hash {
			return slot.code - 1
		}
	}
}
