package main

import "time"

// sustain observes at a steady rate on one goroutine, 64 rows at a time, and
// returns the share of rows that were dropped because the drainer was late.
func sustain(s *subject, rows []row, perSecond float64, lasting time.Duration) float64 {
	const together = 64
	before, n := s.dropped(), 0
	start := time.Now()
	for time.Since(start) < lasting {
		for i := range together {
			s.observe(&rows[(n+i)%rowsHeld])
		}
		n += together
		for due := time.Duration(float64(n) / perSecond * 1e9); time.Since(start) < due; { //nolint:revive // a caller that is busy otherwise
		}
	}
	return float64(s.dropped()-before) / float64(n)
}
