package profile

import (
	"math"
	"time"
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// BatchRows is how many rows a Batch holds.
const BatchRows = 256

// labelArena bounds the bytes of unseen labels that a Batch copies; with many
// label features it is larger, so that one row always has room.
const labelArena = 16 << 10

// Flags of a row: what it has besides values.
const (
	flagTime = 1 << iota
	flagError
	flagPanic
	flagTruth
	flagID
)

// Batch is a bounded buffer of encoded rows: one slot of 8-byte words a row, one
// for each axis and for the probability of each class, what few rows have beside
// it, and a list of the labels that were in no cell. Appending copies, hashes and
// looks labels up; it allocates nothing. A Batch is not safe for concurrent
// use.
type Batch struct {
	geometry *Geometry
	stride   int
	single   bool // there are no classes: the score and the latency are a slot's last words
	rows     int
	words    []uint64
	flags    []uint8  // of each row
	any      uint8    // of all rows together
	times    []int64  // Unix nanoseconds, where flagTime is set
	ids      []uint64 // hashes, where flagID is set
	truths   []uint64 // float bits, or class codes, where flagTruth is set
	misses   []miss
	labels   []byte
	surplus  uint64
	clipped  uint64
	// attributions are summed as rows come; attributed says whether any did.
	attributions []Attribution
	attributed   bool
	vectorState
}

// NewBatch returns an empty batch for rows cut as g says.
func (g *Geometry) NewBatch() *Batch {
	labels := 0
	for i := range g.Len() {
		if !g.Axis(i).Numbers() {
			labels++
		}
	}
	stride := g.Len() + len(g.schema.target.Classes)
	return &Batch{
		geometry: g, stride: stride, single: g.schema.target.Task != MulticlassTask,
		words:        make([]uint64, BatchRows*stride),
		flags:        make([]uint8, BatchRows),
		times:        make([]int64, BatchRows),
		ids:          make([]uint64, BatchRows),
		truths:       make([]uint64, BatchRows),
		misses:       make([]miss, 0, BatchRows*labels),
		labels:       make([]byte, 0, max(labelArena, labels*MaxLabel)),
		attributions: make([]Attribution, g.schema.Len()),
		vectorState:  g.newVectorState(),
	}
}

// Geometry returns how the rows are cut.
func (b *Batch) Geometry() *Geometry { return b.geometry }

// Len returns the number of rows in the batch.
func (b *Batch) Len() int { return b.rows }

// Full reports whether the next row must go elsewhere.
func (b *Batch) Full() bool { return b.rows == BatchRows }

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.rows, b.any, b.misses, b.labels, b.surplus, b.clipped = 0, 0, b.misses[:0], b.labels[:0], 0, 0
	if b.attributed {
		clear(b.attributions)
		b.attributed = false
	}
	b.vectorState.reset()
}

// Append adds a row; the batch must not be Full. Whatever is in the row, nothing
// fails: what does not fit the schema is encoded as what it is.
func (b *Batch) Append(r *Row) {
	slot := b.words[b.rows*b.stride:][:b.stride]
	b.beside(r)
	b.values(slot, r.Values)
	if !b.scored(slot, &r.Outcome, r.Latency, r.Err) {
		b.outcome(slot, &r.Outcome, r.Latency, r.Err)
	}
	b.rows++
}

// appendFields adds a row whose features are the fields of the struct at p, which
// is not nil.
func (b *Batch) appendFields(fields []boundField, p unsafe.Pointer, id string, a *Answer) {
	slot := b.words[b.rows*b.stride:][:b.stride]
	flags := failure(a.Err)
	if id != "" {
		flags |= flagID
		b.ids[b.rows] = HashID(id)
	}
	b.flags[b.rows] = flags
	b.any |= flags
	if at := b.geometry.plainFields(slot, fields, p, 0); at < len(fields) {
		b.fields(slot, fields, p, at)
	}
	if !b.scored(slot, &a.Outcome, a.Latency, a.Err) {
		b.outcome(slot, &a.Outcome, a.Latency, a.Err)
	}
	b.rows++
}

// beside encodes what belongs to no axis.
func (b *Batch) beside(r *Row) {
	flags := failure(r.Err)
	if nanos, ok := unixNano(r.Time); ok {
		flags |= flagTime
		b.times[b.rows] = nanos
	}
	if r.ID != "" {
		flags |= flagID
		b.ids[b.rows] = HashID(r.ID)
	} else if r.hash != 0 {
		flags |= flagID
		b.ids[b.rows] = r.hash
	}
	if r.Truth.Known() {
		value, ok := b.geometry.schema.target.truth(r.Truth)
		if flags |= flagTruth; !ok {
			value = math.NaN()
		}
		b.truths[b.rows] = math.Float64bits(value)
	}
	if len(r.Attributions) > 0 {
		b.attribute(r.Attributions)
	}
	b.flags[b.rows] = flags
	b.any |= flags
}

// id returns the hash of a row's id, 0 where it has none.
func (b *Batch) id(row int) uint64 {
	if b.flags[row]&flagID == 0 {
		return 0
	}
	return b.ids[row]
}

// failure returns the flags of a row with this error.
func failure(err error) uint8 {
	if err == nil {
		return 0
	}
	if _, ok := err.(*PanicError); ok {
		return flagError | flagPanic
	}
	return flagError
}

// unixNano returns t in Unix nanoseconds, and false for the zero time and for
// times that do not fit (years before 1678 or after 2261).
func unixNano(t time.Time) (int64, bool) {
	if t.IsZero() {
		return 0, false
	}
	const last = math.MaxInt64/int64(time.Second) - 1
	if s := t.Unix(); s > last || s < -last {
		return 0, false
	}
	return t.UnixNano(), true
}

// HashID is the hash by which a row's id joins its label; it is not 0. Ids
// themselves are not kept.
func HashID(id string) uint64 { return max(1, sketch.Hash(id)) }

// attribute sums the attributions of a row. Those beyond the schema count as
// surplus.
func (b *Batch) attribute(values []float64) {
	if n := len(b.attributions); len(values) > n {
		b.surplus += uint64(len(values) - n)
		values = values[:n]
	}
	for i, v := range values {
		b.attributions[i].add(v)
	}
	b.attributed = true
}

// PanicError marks a row whose prediction panicked.
type PanicError struct{}

// Error implements error. It does not show what the panic held, which may be
// data.
func (*PanicError) Error() string { return "profile: the model panicked" }

// encode returns the word of axis i for a value.
func (b *Batch) encode(i int, v *Value) uint64 {
	a := &b.geometry.axes[i]
	switch a.Kind {
	case Numeric:
		return encodeNumber(v)
	case Categorical:
		return b.encodeLabel(i, a, v)
	case Boolean:
		return encodeBool(v)
	}
	b.keepVector(i, v)
	return encodeNorm(a, v)
}

func encodeNumber(v *Value) uint64 {
	switch v.kind {
	case floatValue:
		return numberBits(math.Float64frombits(v.bits))
	case intValue:
		return math.Float64bits(float64(int64(v.bits)))
	case missingValue:
		return bitsMissing
	}
	return bitsMismatch
}

// numberBits returns the word of a number. Every NaN is the same one, so that
// none is taken for missing because of its payload.
func numberBits(v float64) uint64 {
	if v != v {
		return bitsNaN
	}
	return math.Float64bits(v)
}

// latencyBits returns the word of a latency, in seconds.
func latencyBits(d time.Duration) uint64 {
	if d <= 0 {
		return bitsAbsent
	}
	return math.Float64bits(float64(d) / float64(time.Second))
}

func encodeBool(v *Value) uint64 {
	switch {
	case v.kind == missingValue:
		return codeMissing
	case v.kind == boolValue, v.kind == intValue && v.bits <= 1:
		return v.bits
	}
	return codeMismatch
}

// encodeNorm stands for a whole embedding on the axis of its norm.
func encodeNorm(a *Axis, v *Value) uint64 {
	switch {
	case v.kind == missingValue:
		return bitsMissing
	case v.kind == normValue:
		return v.bits
	case v.kind != vectorValue || int(v.bits) != a.Feature.Dimensions:
		return bitsMismatch
	}
	vector, _ := v.Floats()
	var sum float64
	for _, x := range vector {
		sum += float64(x) * float64(x)
	}
	return numberBits(math.Sqrt(sum))
}

func (b *Batch) encodeLabel(i int, a *Axis, v *Value) uint64 {
	switch v.kind {
	case stringValue:
		return b.lookup(i, a, v.text())
	case missingValue:
		return codeMissing
	case intValue:
		var digits [20]byte
		return b.lookup(i, a, decimal(&digits, int64(v.bits)))
	case boolValue:
		if v.bits == 1 {
			return b.lookup(i, a, "true")
		}
		return b.lookup(i, a, "false")
	case hashedValue:
		return b.lookupHash(i, a, v.bits)
	}
	return codeMismatch
}

func (b *Batch) lookupHash(i int, a *Axis, hash uint64) uint64 {
	code := a.codes.find(hash)
	if code < uint64(len(a.Labels)) {
		return code
	}
	return b.missHash(i, hash, code)
}

func (b *Batch) lookup(i int, a *Axis, label string) uint64 {
	hash := sketch.Hash(label)
	code := a.codes.find(hash)
	if code < uint64(len(a.Labels)) {
		return code
	}
	return b.miss(i, hash, label, code)
}

// scored encodes an answer that is a score, as most are, and reports whether it was. It
// is small enough to be inlined.
func (b *Batch) scored(slot []uint64, o *Outcome, latency time.Duration, err error) bool {
	if !b.single || err != nil || o.Absent {
		return false
	}
	slot[len(slot)-2], slot[len(slot)-1] = numberBits(o.Score), latencyBits(latency)
	return true
}

// outcome encodes any other answer.
func (b *Batch) outcome(slot []uint64, o *Outcome, latency time.Duration, err error) {
	g := b.geometry
	score, at := g.score(), g.latency()
	slot[score], slot[at] = bitsAbsent, latencyBits(latency)
	if b.single {
		return
	}
	absent := err != nil || o.Absent
	slot[score+1] = codeAbsent
	b.probabilities(slot[at+1:], o, absent)
	if !absent {
		slot[score], slot[score+1] = b.class(score+1, o)
	}
}

// probabilities keeps those of the classes: as many as the target has classes,
// or none, which NaN stands for.
func (b *Batch) probabilities(words []uint64, o *Outcome, absent bool) {
	if len(o.Probabilities) != len(words) || absent {
		words[0] = bitsAbsent
		return
	}
	for i, p := range o.Probabilities {
		words[i] = numberBits(p)
	}
}

// class returns the words of a multiclass outcome: the probability of the
// predicted class, and its code. An outcome without probabilities and with a
// zero score has no score, rather than one of 0 that no class is predicted with;
// a wrong number of probabilities makes an invalid one.
func (b *Batch) class(axis int, o *Outcome) (score, code uint64) {
	a := &b.geometry.axes[axis]
	best := mostProbable(o.Probabilities)
	switch {
	case o.Class != "":
		code = b.lookup(axis, a, o.Class)
	case best < 0 || len(o.Probabilities) != len(a.Labels):
		code = codeMissing
	default:
		code = uint64(best)
	}
	switch {
	case len(o.Probabilities) == 0 && o.Score == 0:
		score = bitsAbsent
	case len(o.Probabilities) == 0:
		score = numberBits(o.Score)
	case len(o.Probabilities) != len(a.Labels) || best < 0:
		score = bitsNaN
	case code < uint64(len(a.Labels)):
		score = numberBits(o.Probabilities[code])
	default:
		score = numberBits(o.Probabilities[best])
	}
	return score, code
}

// mostProbable returns the index of the largest probability, the first of equal
// ones, and −1 where there is none that is a number.
func mostProbable(probabilities []float64) int {
	best := -1
	for i, p := range probabilities {
		if p == p && (best < 0 || p > probabilities[best]) {
			best = i
		}
	}
	return best
}
