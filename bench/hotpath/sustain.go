package main

import "time"

// sustain observes at a steady rate on one goroutine, 64 rows at a time, and
// returns the share of rows that were dropped because the drainer was late. Time
// for which the caller itself had no processor is not made up for by a burst.
func sustain(s *subject, rows []row, perSecond float64, lasting time.Duration) float64 {
	const together = 64
	gap := time.Duration(together / perSecond * 1e9)
	before, n := s.dropped(), 0
	for end := time.Now().Add(lasting); time.Now().Before(end); n += together {
		start := time.Now()
		for i := range together {
			s.observe(&rows[(n+i)%rowsHeld])
		}
		for time.Since(start) < gap { //nolint:revive // a caller that is busy otherwise
		}
	}
	return float64(s.dropped()-before) / float64(n)
}
