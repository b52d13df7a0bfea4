package main

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// burstsPerSample bursts make a sample; between them the process rests, as a service
// does, so that background work can be done meanwhile.
const (
	burstsPerSample = 8
	rest            = time.Millisecond
)

// cost is what one sample measured, in nanoseconds a row, less the cost of as
// many rests and calls that do the same without observing.
type cost struct{ caller, cpu float64 }

// cpuTime is what all threads of the process have used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// sample observes bursts of rows and returns the time that the caller and that
// all threads spent, until nothing is left to be done in the background.
func (s *subject) sample(rows []row, observe func(*row)) (caller, cpu time.Duration) {
	began := cpuTime()
	caller = s.bursts(rows, observe)
	s.settle()
	return caller, cpuTime() - began
}

// bursts observes bursts of rows and returns the time that the caller spent.
func (s *subject) bursts(rows []row, observe func(*row)) (caller time.Duration) {
	for b := range burstsPerSample {
		start := time.Now()
		for i := range s.burst {
			observe(&rows[(i+b*s.burst)%rowsHeld])
		}
		caller += time.Since(start)
		time.Sleep(rest)
	}
	return caller
}

func sampleCost(s *subject, rows []row) cost {
	baseCaller, baseCPU := s.sample(rows, s.base)
	caller, cpu := s.sample(rows, s.observe)
	n := float64(burstsPerSample * s.burst)
	return cost{float64(caller-baseCaller) / n, float64(cpu-baseCPU) / n}
}

// samplePerRequest is a sample with a goroutine for each row, 64 at a time.
func samplePerRequest(s *subject, rows []row) float64 {
	run := func(observe func(*row)) time.Duration {
		var wg sync.WaitGroup
		start := time.Now()
		for i := range s.burst {
			wg.Go(func() { observe(&rows[i%rowsHeld]) })
			if i%64 == 63 {
				wg.Wait()
			}
		}
		wg.Wait()
		took := time.Since(start)
		time.Sleep(rest)
		return took
	}
	base := run(s.base)
	return float64(run(s.observe)-base) / float64(s.burst)
}

// allocations returns allocations a row, those in the background included, of the
// best of some turns: a drainer that was late once makes itself more buffers, which
// are bounded and stay.
func allocations(s *subject, rows []row) float64 {
	const turns, samples = 8, 2
	least := math.Inf(1)
	for range turns {
		s.settle()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range samples {
			s.bursts(rows, s.observe)
		}
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.Mallocs-before.Mallocs)/float64(samples*burstsPerSample*s.burst))
	}
	return least
}

// quantile sorts v and returns its q-quantile.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[min(len(v)-1, int(q*float64(len(v))))]
}
