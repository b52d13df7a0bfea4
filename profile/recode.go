package profile

import "github.com/tidemark-ml/tidemark/sketch"

// recode returns the batch encoded for another geometry of the same schema, and
// false where the schema is another one. Numbers and everything about the row
// itself are the same in both; only labels have other cells.
func (b *Batch) recode(g *Geometry) (*Batch, bool) {
	if !g.sameColumns(b.geometry) {
		return nil, false
	}
	to := g.NewBatch()
	to.surplus, to.clipped = b.surplus, b.clipped
	copy(to.words, b.words[:b.rows*b.stride])
	to.any = b.any
	copy(to.flags, b.flags[:b.rows])
	copy(to.times, b.times[:b.rows])
	copy(to.ids, b.ids[:b.rows])
	copy(to.truths, b.truths[:b.rows])
	copy(to.attributions, b.attributions)
	to.attributed = b.attributed
	at := 0
	for ; to.rows < b.rows; to.rows++ {
		for at < len(b.misses) && int(b.misses[at].row) < to.rows {
			at++
		}
		b.recodeLabels(to, b.misses[at:])
	}
	return to, true
}

// recodeLabels encodes the labels of row to.rows.
func (b *Batch) recodeLabels(to *Batch, misses []miss) {
	cells := to.words[to.rows*to.stride:][:to.stride]
	for i := range to.geometry.axes {
		from, a := &b.geometry.axes[i], &to.geometry.axes[i]
		if a.Numbers() || a.Kind == Boolean {
			continue
		}
		word := cells[i]
		if word < uint64(len(from.Labels)) {
			cells[i] = to.lookup(i, a, from.Labels[word])
			continue
		}
		if word > uint64(len(from.Labels)) && word != codeUnseen {
			continue // missing, invalid, mismatched or absent
		}
		if m := findMiss(misses, to.rows, i); m != nil {
			cells[i] = b.recodeMiss(to, m, i, a)
		}
	}
}

func (b *Batch) recodeMiss(to *Batch, m *miss, i int, a *Axis) uint64 {
	if label, ok := b.text(m); ok && sketch.Hash(label) == m.hash {
		return to.lookup(i, a, label)
	}
	return to.lookupHash(i, a, m.hash)
}

// sameColumns reports whether two geometries have columns of the same subjects
// and kinds in the same order.
func (g *Geometry) sameColumns(o *Geometry) bool {
	if len(g.axes) != len(o.axes) {
		return false
	}
	for i := range g.axes {
		if g.axes[i].Subject != o.axes[i].Subject || g.axes[i].Kind != o.axes[i].Kind {
			return false
		}
	}
	return true
}
