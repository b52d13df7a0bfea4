package profile

// Encoder turns single rows into cells, as a [Filler] does with those of a batch:
// for a row that is to be labelled elsewhere, and holds no value then. It is not
// safe for concurrent use.
type Encoder struct {
	batch *Batch
	watch *watcher
}

// NewEncoder returns an encoder of rows cut as g says.
func (g *Geometry) NewEncoder() *Encoder {
	return &Encoder{batch: g.NewBatch(), watch: g.newWatcher()}
}

// Encode returns the row as cells, with its truth where that is known. It is the
// encoder's own, and valid until the next call.
func (e *Encoder) Encode(r *Row) *Joined {
	e.batch.Reset()
	e.batch.Append(r)
	w, row := e.watch, columns{e.batch.words, 1, 1}
	for axis := range w.width {
		w.column(&row, axis, w.every[:1])
	}
	w.row(e.batch, 0)
	w.complete(e.batch, 0)
	return &w.joined
}
