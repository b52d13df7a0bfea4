package stripe_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/stripe"
)

func TestLenIsAPowerOfTwo(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 4, 5: 8, 64: 64} {
		if got := stripe.New[int](n).Len(); got != want {
			t.Errorf("New(%d) has %d stripes, want %d", n, got, want)
		}
	}
	if got := stripe.New[int](0).Len(); got < 2*runtime.GOMAXPROCS(0) {
		t.Errorf("the default is %d stripes for %d processors", got, runtime.GOMAXPROCS(0))
	}
}

func TestNothingIsLostConcurrentSafe(t *testing.T) {
	const goroutines, each = 32, 2000
	s := stripe.New[int](4)
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for range each {
				held := s.Acquire()
				held.State++
				held.Release()
			}
		})
	}
	wg.Wait()
	total := 0
	for i := range s.Len() {
		held := s.At(i)
		total += held.State
		held.Release()
	}
	if total != goroutines*each {
		t.Errorf("%d of %d increments arrived", total, goroutines*each)
	}
}

// TestAcquireGoesRoundABusyStripe holds every stripe but one: Acquire must find
// the free one without waiting.
func TestAcquireGoesRoundABusyStripe(t *testing.T) {
	s := stripe.New[int](8)
	for free := range s.Len() {
		var held []*stripe.Stripe[int]
		for i := range s.Len() {
			if i != free {
				held = append(held, s.At(i))
			}
		}
		got := s.Acquire()
		got.State = free + 1
		got.Release()
		for _, h := range held {
			h.Release()
		}
		if at := s.At(free); at.State != free+1 {
			t.Errorf("stripe %d was free and not used", free)
			at.Release()
		} else {
			at.Release()
		}
	}
}

func BenchmarkAcquire(b *testing.B) {
	s := stripe.New[int](0)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			held := s.Acquire()
			held.State++
			held.Release()
		}
	})
}
