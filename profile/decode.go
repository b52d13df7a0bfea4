package profile

import (
	"iter"
	"math"
	"strings"
	"time"
)

// Rows yields the rows of the batch as far as they were kept: labels outside the
// cells as long as there was room for them, embeddings as their norm (which no
// schema takes back), no id. It serves what has to happen before there are
// cells. The rows own their memory.
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

// recode returns the batch encoded for another geometry of the same schema.
func (b *Batch) recode(g *Geometry) *Batch {
	to := g.NewBatch()
	to.surplus, to.clipped = b.surplus, b.clipped
	for r := range b.Rows() {
		to.Append(&r)
	}
	return to
}

// row decodes row i; misses are those from row i on.
func (b *Batch) row(i int, misses []miss) Row {
	slot := b.words[i*b.stride:][:b.stride]
	cells := slot[metaWords:]
	g := b.geometry
	r := Row{Values: make([]Value, g.schema.Len())}
	for axis := range r.Values {
		r.Values[axis] = b.value(axis, i, cells[axis], misses)
	}
	flags := slot[wordFlags]
	if flags&flagTime != 0 {
		r.Time = time.Unix(0, int64(slot[wordTime])).UTC()
	}
	if v := math.Float64frombits(cells[g.latency()]); v > 0 {
		r.Latency = time.Duration(math.Round(v * float64(time.Second)))
	}
	if flags&flagError != 0 {
		r.Err = errObserved
		if flags&flagPanic != 0 {
			r.Err = &PanicError{}
		}
	}
	r.Outcome.Score = math.Float64frombits(cells[g.score()])
	if g.schema.target.Task == MulticlassTask {
		r.Outcome.Class, _ = b.value(g.score()+1, i, cells[g.score()+1], misses).Text()
	}
	return r
}

// value decodes the word of an axis.
func (b *Batch) value(axis, row int, word uint64, misses []miss) Value {
	a := &b.geometry.axes[axis]
	if a.Numbers() {
		switch word {
		case bitsMissing, bitsAbsent:
			return Missing()
		case bitsMismatch:
			return Value{kind: invalidValue}
		}
		return Float(math.Float64frombits(word))
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
	for _, m := range misses {
		if int(m.row) != row {
			break
		}
		if int(m.axis) == axis && m.end > m.start {
			return String(strings.Clone(borrow(b.labels[m.start:m.end])))
		}
	}
	return Missing()
}

// errObserved stands for an error whose text was not kept.
var errObserved = observedError{}

type observedError struct{}

func (observedError) Error() string { return "profile: the prediction failed" }
