package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// together observes rows on n goroutines at once and returns nanoseconds a row
// of all of them. It reports false where they did not really run at the same
// time: other processes share the machine, and a sample in which one goroutine
// waited for a processor says nothing about contention.
func together(n, burst int, rows []row, observe func(*row)) (ns float64, ok bool) {
	if n == 1 {
		start := time.Now()
		for i := range burst {
			observe(&rows[i%rowsHeld])
		}
		return float64(time.Since(start)) / float64(burst), true
	}
	var wg sync.WaitGroup
	var meeting meeting
	began, took := make([]time.Time, n), make([]time.Duration, n)
	for g := range n {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if !meeting.hold(int64(n)) {
				return
			}
			began[g] = time.Now()
			for i := range burst {
				observe(&rows[(i+g*509)%rowsHeld])
			}
			took[g] = time.Since(began[g])
		})
	}
	wg.Wait()
	return overlap(began, took, burst)
}

// overlap judges a sample by its clocks: all must have started within a tenth
// of what they took, and taken about as long.
func overlap(began []time.Time, took []time.Duration, burst int) (ns float64, ok bool) {
	first, last := began[0], began[0]
	least, most := took[0], took[0]
	for i, t := range began {
		if t.IsZero() {
			return 0, false
		}
		if t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
		least, most = min(least, took[i]), max(most, took[i])
	}
	if last.Sub(first) > most/10 || most > least*5/4 {
		return 0, false
	}
	return float64(last.Add(most).Sub(first)) / float64(burst*len(began)), true
}

// meeting starts goroutines at the same moment.
type meeting struct{ here, rounds atomic.Int64 }

// hold returns when all n have exchanged a number of messages at a speed that
// only goroutines on processors of their own reach; false after too long.
func (m *meeting) hold(n int64) bool {
	const exchanges = 50
	deadline := time.Now().Add(20 * time.Millisecond)
	for {
		start := time.Now()
		for range exchanges {
			at := m.here.Add(1)
			goal := (at + n - 1) / n * n
			for m.here.Load() < goal {
				if time.Now().After(deadline) {
					return false
				}
			}
		}
		if time.Since(start) < exchanges*time.Microsecond {
			m.rounds.Add(1)
		}
		// All must leave after the same round: the last exchange settles it.
		at := m.here.Add(1)
		goal := (at + n - 1) / n * n
		for m.here.Load() < goal {
			if time.Now().After(deadline) {
				return false
			}
		}
		if m.rounds.Load() >= n {
			return true
		}
	}
}

// speedUp is throughput with two goroutines over that with one.
func sampleSpeedUp(s *subject, rows []row) (one, two float64, ok bool) {
	burst := min(s.burst, 1024)
	one, _ = together(1, burst, rows, s.observe)
	time.Sleep(rest)
	two, ok = together(2, burst, rows, s.observe)
	time.Sleep(rest)
	return one, two, ok
}
