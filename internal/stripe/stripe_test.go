package stripe

import (
	"runtime"
	"sync"
	"testing"
)

func TestSizeIsAPowerOfTwo(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 4, 8: 8, 9: 16} {
		if got := New[int](n).Len(); got != want {
			t.Errorf("New(%d) has %d stripes, want %d", n, got, want)
		}
	}
	if got, least := New[int](0).Len(), 2*runtime.GOMAXPROCS(0); got < least {
		t.Errorf("New(0) has %d stripes, want at least %d", got, least)
	}
}

func TestNoIncrementIsLost(t *testing.T) {
	s := New[int](3)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for range 1000 {
				stripe := s.Acquire()
				stripe.State++
				stripe.Release()
			}
		})
	}
	wg.Wait()
	total := 0
	for i := range s.Len() {
		stripe := s.At(i)
		total += stripe.State
		stripe.Release()
	}
	if total != 32*1000 {
		t.Errorf("%d increments, want %d", total, 32*1000)
	}
}

func TestAcquireMovesOnWhereHomeIsTaken(t *testing.T) {
	s := New[int](2)
	first := s.Acquire()
	second := s.Acquire()
	if first == second {
		t.Fatal("one stripe was acquired twice")
	}
	second.Release()
	if again := s.Acquire(); again != second {
		t.Error("the caller did not stay where it moved to")
	} else {
		again.Release()
	}
	first.Release()
}

func BenchmarkAcquire(b *testing.B) {
	s := New[int](0)
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			s.Acquire().Release()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				s.Acquire().Release()
			}
		})
	})
}
