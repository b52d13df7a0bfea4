package ring_test

import (
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/ring"
)

func TestLastIsTheNewestOldestFirst(t *testing.T) {
	for capacity := range 5 {
		r := ring.New[int](capacity)
		var pushed []int
		for i := range 12 {
			r.Push(i)
			pushed = append(pushed, i)
			held := min(len(pushed), max(1, capacity))
			if r.Len() != held {
				t.Fatalf("capacity %d after %d: holds %d", capacity, i+1, r.Len())
			}
			for n := range 7 {
				want := pushed[len(pushed)-min(n, held):]
				if got := r.Last(n, nil); !slices.Equal(got, want) {
					t.Fatalf("capacity %d, last %d of %v: %v", capacity, n, pushed, got)
				}
			}
		}
		if r.Clear(); r.Len() != 0 || len(r.Last(3, nil)) != 0 {
			t.Errorf("capacity %d: not empty after Clear", capacity)
		}
	}
}

func TestLastAppends(t *testing.T) {
	r := ring.New[int](3)
	r.Push(1)
	if got := r.Last(2, []int{9}); !slices.Equal(got, []int{9, 1}) {
		t.Errorf("%v", got)
	}
}
