package performance

const cusumVersion = 1

// MarshalBinary returns the sums.
func (s *CUSUM) MarshalBinary() ([]byte, error) {
	w := newStateWriter(cusumState, cusumVersion)
	s.sums.encode(w, func(sum *sums) { w.floats(sum.up, sum.down) })
	return w.sealed(), nil
}

// UnmarshalBinary restores sums; they go on when a window follows that is compared
// with the same reference. It returns an error that wraps [ErrState], and changes
// nothing, for bytes that are no state.
func (s *CUSUM) UnmarshalBinary(b []byte) error {
	r := newStateReader("cusum", b, cusumState, cusumVersion)
	read := decodeStates(r, func(sum *sums) { sum.up, sum.down = r.Within(0, cusumCap), r.Within(0, cusumCap) })
	if err := r.Close(); err != nil {
		return err
	}
	s.sums = read
	return nil
}
