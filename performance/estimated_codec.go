package performance

const (
	estimatedVersion = 1
	maxMuted         = 512 // bytes of why an estimate is muted
	maxScoreCells    = 4096
	mostRows         = 1e15
)

// MarshalBinary returns the verdict of the self-check and the labels that the
// calibration was renewed with, for all rows and each segment.
func (e *Estimated) MarshalBinary() ([]byte, error) {
	w := newStateWriter(estimatedState, estimatedVersion)
	e.checks.encode(w, func(s *selfCheck) {
		w.text(s.muted[:min(len(s.muted), maxMuted)])
		w.scores(s.recent)
		w.scores(s.known)
	})
	return w.sealed(), nil
}

// UnmarshalBinary restores a state; it goes on when a window follows that is compared
// with the same reference. It returns an error that wraps [ErrState], and changes
// nothing, for bytes that are no state.
func (e *Estimated) UnmarshalBinary(b []byte) error {
	r := newStateReader("estimated", b, estimatedState, estimatedVersion)
	read := decodeStates(r, func(s *selfCheck) { s.muted, s.recent, s.known = r.text(maxMuted), r.scores(), r.scores() })
	if err := r.Close(); err != nil {
		return err
	}
	e.checks, e.check = read, nil
	return nil
}

func (w *stateWriter) scores(s Scores) {
	w.uint(uint64(len(s.Cells)))
	w.uint(uint64(s.Positive))
	for _, c := range s.Cells {
		w.floats(c.N[0], c.N[1], c.Score[0], c.Score[1], c.Squares[0], c.Squares[1], c.Fourth, c.Log, c.LogSquares)
	}
}

func (r *stateReader) scores() (s Scores) {
	n := r.count(maxScoreCells)
	positive := r.Uint64()
	if positive > uint64(n) {
		r.Fail("decisions from cell %d of %d on", positive, n)
	}
	s.Positive = int(positive)
	for range n {
		var c ScoreCell
		for y := range c.N {
			c.N[y] = r.Within(0, mostRows)
		}
		for _, sum := range [...]*[2]float64{&c.Score, &c.Squares} {
			for y := range sum { // of scores in [0, 1], as far as sums are exact
				sum[y] = r.Within(0, c.N[y]*(1+1e-9))
			}
		}
		c.Fourth, c.Log, c.LogSquares = r.Within(0, mostRows), r.Within(0, 100*mostRows), r.Within(0, 1e4*mostRows)
		if r.Err() != nil {
			return Scores{}
		}
		s.Cells = append(s.Cells, c)
	}
	return s
}
