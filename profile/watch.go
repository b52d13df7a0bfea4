package profile

import (
	"math"
	"math/bits"
	"time"
)

// watcher turns rows into cells, a byte for each axis, as far as anything looks
// at rows rather than at columns: labels, groups, segments, scores by cell. It
// encodes a column at a time, and only the columns and rows that are asked for.
type watcher struct {
	geometry *Geometry
	lookups  []valueLookup // by axis; empty for labels
	visit    func(*Joined)
	ahead    func(hashes []uint64)
	hashes   []uint64
	scores   sampler
	offers   sampler
	first    uint64 // rows of a profile whose scores are all summed by cell
	summed   uint64 // of the open profile
	width    int    // bytes of a row
	cells    []uint8
	whole    []int32         // rows all columns of which are encoded
	every    []int32         // all rows
	picked   []int32         // room for some
	scored   [BatchRows]bool // whose score is summed by cell
	joined   Joined
}

const (
	scoreRows  = 1024 // the first rows of a profile, all looked at for Profile.Scores
	scoreEvery = 64   // later 1 in as many, and half as many each time their number
	scoreMany  = 2048 // doubles from here on: the means of cells are known well enough
	sampleLate = 16   // 1 in as many rows without an id is offered to a full sample of rows
)

func (g *Geometry) newWatcher() *watcher {
	w := &watcher{
		geometry: g, width: g.latency(), first: scoreRows, scores: sampler{every: scoreEvery}, offers: sampler{every: sampleLate, state: 1},
		lookups: make([]valueLookup, g.latency()), whole: make([]int32, 0, BatchRows), hashes: make([]uint64, 0, BatchRows), every: make([]int32, BatchRows), picked: make([]int32, 0, BatchRows),
		joined: Joined{Probabilities: make([]float32, 0, len(g.schema.target.Classes))},
	}
	w.cells = make([]uint8, BatchRows*w.width)
	for i := range w.lookups {
		if a := &g.axes[i]; a.Numbers() {
			keys := newByteLookup(a.edgeKeys, cellBytes(a.Cells()))
			w.lookups[i] = g.valueLookup(i, &keys)
		}
	}
	for i := range w.every {
		w.every[i] = int32(i)
	}
	return w
}

// cellBytes are the bytes that stand for so many cells.
func cellBytes(cells int) []uint8 {
	b := make([]uint8, cells)
	for i := range b {
		b[i] = uint8(min(i, LastCell))
	}
	return b
}

// Watch makes Drain call visit with every row that has an id or came with its
// truth, in order. What visit is given is reused: it must copy what it keeps.
// The row's Predicted is zero where the row had no time.
func (f *Filler) Watch(visit func(*Joined)) { f.watch.visit = visit }

// Ahead makes Drain call see with the hashes of the ids of a batch, 0 where a row has
// none, before the first of these rows is visited: who looks them up can have them
// fetched from memory together. The slice is reused.
func (f *Filler) Ahead(see func(hashes []uint64)) { f.watch.ahead = see }

// announce tells the hashes of rows that will be visited.
func (w *watcher) announce(b *Batch) {
	w.hashes = w.hashes[:0]
	for _, r := range w.whole {
		w.hashes = append(w.hashes, b.id(int(r)))
	}
	w.ahead(w.hashes)
}

// drain looks at the rows of a batch, whose columns are kept.
func (w *watcher) drain(b *Batch, k *columns, p *Profile) {
	g := w.geometry
	groups := len(p.Groups) > 0
	w.choose(b, p)
	if len(w.whole) == 0 && !groups {
		return
	}
	all := w.every[:b.rows]
	for axis := range w.width {
		rows := w.whole
		if groups && (axis == g.score() || g.axes[axis].Feature.Group || axis == g.score()+1) {
			rows = all
		}
		if len(rows) > 0 {
			w.column(k, axis, rows)
		}
	}
	if groups {
		for _, r := range all {
			w.row(b, int(r))
			g.countGroups(&w.joined, p.Groups)
		}
	}
	if w.visit != nil && w.ahead != nil && b.any&flagID != 0 {
		w.announce(b)
	}
	for _, r := range w.whole {
		w.look(b, int(r), p)
	}
}

// choose picks the rows of which all columns are needed.
func (w *watcher) choose(b *Batch, p *Profile) {
	w.whole = w.whole[:0]
	if p.Rows <= uint64(b.rows) {
		w.summed = 0 // a profile that has just begun
	}
	var scored []int32
	if p.Scores != nil {
		scored = w.pickScores(b)
	}
	if len(p.Segments) > 0 {
		w.whole = append(w.whole, w.every[:b.rows]...)
		return
	}
	flags := uint8(0)
	if p.Reservoir != nil {
		flags = flagID
	}
	if w.visit != nil {
		flags = flagTruth | flagID
	}
	if p.Reservoir == nil && b.any&flags == 0 {
		w.whole = append(w.whole, scored...)
		return
	}
	for r := range b.rows {
		wanted := w.scored[r] || b.flags[r]&flags != 0
		if sample := p.Reservoir; sample != nil && !wanted {
			wanted = sample.Len() < sample.most || w.offers.take()
		}
		if wanted {
			w.whole = append(w.whole, int32(r))
		}
	}
}

// pickScores picks, marks and returns the rows whose scores are summed by cell: the
// first ones of a profile, and some of the others.
func (w *watcher) pickScores(b *Batch) (rows []int32) {
	rows = w.every[:b.rows]
	if w.summed >= w.first {
		w.scores.every = scoreEvery << bits.Len64(w.summed/scoreMany)
		rows = w.scores.pick(w.picked[:0], b.rows)
	}
	w.summed += uint64(len(rows))
	for _, r := range rows {
		w.scored[r] = true
	}
	return rows
}

// column encodes the values of one axis.
func (w *watcher) column(k *columns, axis int, rows []int32) {
	words, cells := k.of(axis), w.cells[axis:]
	switch a := &w.geometry.axes[axis]; {
	case !a.Numbers():
		for _, r := range rows {
			cells[int(r)*w.width] = labelByte(words[r])
		}
	case len(rows) == len(words):
		w.lookups[axis].all(cells, w.width, words)
	default:
		w.lookups[axis].some(cells, w.width, words, rows)
	}
}

// labelByte returns the byte of a label's code.
func labelByte(code uint64) uint8 {
	switch {
	case code <= LastCell:
		return uint8(code)
	case code == codeUnseen:
		return CellUnseen
	case code == codeMissing, code == codeAbsent:
		return CellMissing
	case code == codeInvalid, code == codeMismatch:
		return CellInvalid
	}
	return LastCell
}

// row makes w.joined row r of the batch, without its truth.
func (w *watcher) row(b *Batch, r int) {
	g, j := w.geometry, &w.joined
	slot := b.words[r*b.stride:][:b.stride]
	j.Cells = w.cells[r*w.width:][:w.width]
	j.Hash, j.Known, j.Labelled, j.Predicted = b.id(r), false, time.Time{}, time.Time{}
	j.Truth, j.Loss, j.Wrong = 0, 0, 0
	j.Probabilities = j.Probabilities[:0]
	j.Score = math.Float64frombits(slot[g.score()])
	j.Decided = -1
	switch g.schema.target.Task {
	case BinaryTask:
		if j.Score-j.Score == 0 {
			j.Decided = 0
			if j.Score >= g.schema.target.Threshold {
				j.Decided = 1
			}
		}
	case MulticlassTask:
		if c := int(j.Cells[g.score()+1]); c < len(g.schema.target.Classes) {
			j.Decided = c
		}
	}
}

// look counts and shows a row of which all columns are encoded.
func (w *watcher) look(b *Batch, r int, p *Profile) {
	j := &w.joined
	w.row(b, r)
	flags := b.flags[r]
	if w.scored[r] {
		w.scored[r] = false
		p.sumScore(j)
	}
	p.segment(j, b.words[r*b.stride:][:b.stride], flags)
	show := w.visit != nil && (j.Hash != 0 || flags&flagTruth != 0)
	if !show && p.Reservoir == nil {
		return
	}
	w.complete(b, r)
	p.Reservoir.add(j)
	if show {
		w.visit(j)
	}
}

// complete adds time, probabilities and truth to w.joined.
func (w *watcher) complete(b *Batch, r int) {
	g, j, flags := w.geometry, &w.joined, b.flags[r]
	if flags&flagTime != 0 {
		j.Predicted = time.Unix(0, b.times[r]).UTC()
	}
	if words := b.words[r*b.stride+g.Len():][:b.stride-g.Len()]; len(words) > 0 && words[0] != bitsAbsent {
		for _, word := range words {
			j.Probabilities = append(j.Probabilities, float32(math.Float64frombits(word)))
		}
	}
	if flags&flagTruth != 0 {
		j.judge(g.schema.target, math.Float64frombits(b.truths[r]), j.Predicted)
	}
}

// sumScore adds the score of a row to the cells it is in.
func (p *Profile) sumScore(j *Joined) {
	if j.Score-j.Score != 0 {
		return
	}
	for axis, sums := range p.Scores {
		if sums != nil {
			sums[placeOf(j.Cells[axis], len(sums))].Add(j.Score)
		}
	}
}
