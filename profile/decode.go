package profile

import (
	"iter"
	"math"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/sketch"
)

// Rows yields the rows of the batch as far as they were kept: ids and labels for
// which there was no room as their hash, embeddings as their norm, no
// attributions. A row that is appended to another batch of the same schema counts
// and joins its label as the original would. It serves what has to happen before
// there are cells. The rows own their memory.
func (b *Batch) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		miss := 0
		for i := range b.rows {
			for miss < len(b.misses) && int(b.misses[miss].row) < i {
				miss++
			}
			if !yield(b.row(i, b.misses[miss:])) {
				return
			}
		}
	}
}

// Ignored returns what Rows does not yield: how many values were beyond the
// schema, and how many labels were cut or dropped for want of room.
func (b *Batch) Ignored() (surplus, clipped uint64) { return b.surplus, b.clipped }

// row decodes row i; misses are those from row i on.
func (b *Batch) row(i int, misses []miss) Row {
	cells := b.words[i*b.stride:][:b.stride]
	g := b.geometry
	r := Row{Values: make([]Value, g.schema.Len()), hash: b.id(i)}
	for axis := range r.Values {
		r.Values[axis] = b.value(axis, i, cells[axis], misses)
	}
	flags := b.flags[i]
	if flags&flagTime != 0 {
		r.Time = time.Unix(0, b.times[i]).UTC()
	}
	if v := math.Float64frombits(cells[g.latency()]); v > 0 {
		r.Latency = time.Duration(min(math.Round(v*float64(time.Second)), 1<<63-1024)) // the largest float64 that is an int64
	}
	if flags&flagError != 0 {
		r.Err = errObserved
		if flags&flagPanic != 0 {
			r.Err = &PanicError{}
		}
		return r
	}
	r.Outcome.Absent = cells[g.score()] == bitsAbsent
	if !r.Outcome.Absent {
		r.Outcome.Score = math.Float64frombits(cells[g.score()])
	}
	if g.schema.target.Task == MulticlassTask {
		r.Outcome.Class = className(b.value(g.score()+1, i, cells[g.score()+1], misses))
		r.Outcome.Absent = cells[g.score()+1] == codeAbsent // there may be a class without a score
		r.Outcome.Probabilities = decodeProbabilities(cells[g.Len():])
	}
	if flags&flagTruth != 0 {
		r.Truth = g.schema.target.asTruth(math.Float64frombits(b.truths[i]))
	}
	return r
}

func decodeProbabilities(words []uint64) []float64 {
	if words[0] == bitsAbsent {
		return nil
	}
	probabilities := make([]float64, len(words))
	for i, w := range words {
		probabilities[i] = math.Float64frombits(w)
	}
	return probabilities
}

// asTruth is the inverse of truth; a value that none has is one that fits no row.
func (t Target) asTruth(v float64) Truth {
	switch {
	case t.Task == RegressionTask:
		return Number(v)
	case t.Task == BinaryTask:
		return Truth{kind: binaryTruth, number: v}
	case v >= 0 && int(v) < len(t.Classes):
		return Class(t.Classes[int(v)])
	}
	return Class("")
}

// className returns the class of a decoded value; a label of which only the
// hash was kept becomes a name that no class has.
func className(v Value) string {
	if v.kind == hashedValue {
		return "\uFFFD"
	}
	name, _ := v.Text()
	return name
}

// value decodes the word of an axis.
func (b *Batch) value(axis, row int, word uint64, misses []miss) Value {
	a := &b.geometry.axes[axis]
	if a.Numbers() {
		return a.number(word)
	}
	switch {
	case word < uint64(len(a.Labels)) && a.Kind == Boolean:
		return Bool(word == 1)
	case word < uint64(len(a.Labels)):
		return String(a.Labels[word])
	case word == codeMissing, word == codeAbsent:
		return Missing()
	case word == codeMismatch:
		return Value{kind: invalidValue}
	case word == codeInvalid:
		return String("\xff")
	}
	m := findMiss(misses, row, axis)
	if m == nil {
		return Value{kind: invalidValue}
	}
	if label, ok := b.text(m); ok && sketch.Hash(label) == m.hash {
		return String(strings.Clone(label))
	}
	return Value{kind: hashedValue, bits: m.hash}
}

func (a *Axis) number(word uint64) Value {
	switch {
	case word == bitsMissing, word == bitsAbsent:
		return Missing()
	case word == bitsMismatch:
		return Value{kind: invalidValue}
	case a.Kind == Embedding:
		return Value{kind: normValue, bits: word}
	}
	return Float(math.Float64frombits(word))
}

// findMiss returns the miss of a row's axis; misses begin at that row.
func findMiss(misses []miss, row, axis int) *miss {
	for i := range misses {
		m := &misses[i]
		if int(m.row) != row {
			return nil
		}
		if int(m.axis) == axis {
			return m
		}
	}
	return nil
}

// errObserved stands for an error whose text was not kept.
var errObserved = observedError{}

type observedError struct{}

func (observedError) Error() string { return "profile: the prediction failed" }
