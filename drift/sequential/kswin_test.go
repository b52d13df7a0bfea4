package sequential

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestKSExactEnumerates compares with all interleavings of two small samples.
func TestKSExactEnumerates(t *testing.T) {
	for n := 1; n <= 5; n++ {
		for m := 1; m <= 6; m++ {
			distances := []int{}
			for set := range 1 << (n + m) {
				if bits.OnesCount(uint(set)) == n {
					distances = append(distances, pathDistance(set, n, m))
				}
			}
			row := make([]float64, m+1)
			for h := 0; h <= n*m+1; h++ {
				count := 0
				for _, d := range distances {
					if d >= h {
						count++
					}
				}
				want := float64(count) / float64(len(distances))
				if got := ksExact(n, m, h, row); math.Abs(got-want) > 1e-12 {
					t.Fatalf("n=%d m=%d h=%d: %v, want %v", n, m, h, got, want)
				}
			}
		}
	}
}

func pathDistance(set, n, m int) int {
	i, j, largest := 0, 0, 0
	for step := range n + m {
		if set>>step&1 == 1 {
			i++
		} else {
			j++
		}
		largest = max(largest, i*m-j*n, j*n-i*m)
	}
	return largest
}

func TestKSCritical(t *testing.T) {
	for _, alpha := range []float64{1, 0.1, 0.005, 1e-6, 1e-30} {
		n, m := 70, 30
		h, row := ksCritical(n, m, alpha), make([]float64, m+1)
		if ksExact(n, m, h, row) > alpha || h > 1 && ksExact(n, m, h-1, row) <= alpha {
			t.Errorf("alpha=%v: %d is not the smallest critical distance", alpha, h)
		}
	}
}

// TestKSWINWindow checks the sliding sorted halves against sorting from scratch.
func TestKSWINWindow(t *testing.T) {
	r, d, all := rand.New(rand.NewPCG(2, 3)), KSWIN{WindowSize: 25, StatSize: 10, Alpha: 1e-9}, []float64{}
	for i := range 200 {
		x := float64(r.IntN(12))
		all = append(all, x)
		if d.Add(x).State == Change {
			t.Fatal("an alarm at 1e-9 without a change")
		}
		window := all[max(0, len(all)-25):]
		cut := max(0, len(window)-10)
		old, recent := slices.Sorted(slices.Values(window[:cut])), slices.Sorted(slices.Values(window[cut:]))
		if !slices.Equal(old, d.old) || !slices.Equal(recent, d.recent) {
			t.Fatalf("item %d: old %v recent %v, want %v and %v", i, d.old, d.recent, old, recent)
		}
	}
}

func TestKSWINSeesSpread(t *testing.T) {
	r, d := rand.New(rand.NewPCG(3, 3)), KSWIN{WindowSize: 300, StatSize: 100}
	for i := range 1000 {
		x := r.NormFloat64()
		if i >= 600 {
			x *= 4
		}
		if q := d.Add(x); q.State == Change && i >= 600 {
			return
		}
	}
	t.Error("a fourfold spread was not found")
}
