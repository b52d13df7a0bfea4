package main

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// tail is quantiles of the time of single calls, in nanoseconds, the cost of
// reading the clock included.
type tail struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	N    int     `json:"n"`
}

const (
	callEvery    = 20 * time.Microsecond
	collectEvery = 100 * time.Millisecond
)

// timeCalls observes one row every 20 µs on each of two goroutines for a while,
// collecting every 100 ms, and returns what each call took.
func timeCalls(s *subject, rows []row, lasting time.Duration) []float64 {
	end := time.Now().Add(lasting)
	var wg sync.WaitGroup
	took := make([][]float64, 2)
	for g := range took {
		took[g] = make([]float64, 0, lasting/callEvery)
		wg.Go(func() {
			i := g * 509
			for now := time.Now(); now.Before(end); i++ {
				start := time.Now()
				s.observe(&rows[i%rowsHeld])
				took[g] = append(took[g], float64(time.Since(start)))
				for next := start.Add(callEvery); time.Now().Before(next); {
					runtime.Gosched()
				}
				now = start
			}
		})
	}
	wg.Go(func() {
		for time.Now().Add(collectEvery).Before(end) {
			time.Sleep(collectEvery)
			s.collect()
		}
	})
	wg.Wait()
	return slices.Concat(took...)
}

func tailOf(took []float64) tail {
	return tail{quantile(took, .5), quantile(took, .99), quantile(took, .999), len(took)}
}
