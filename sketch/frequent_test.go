package sketch

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkFrequent tests the guarantee against the true counts.
func checkFrequent(t *testing.T, what string, f *Frequent, truth map[string]uint64) {
	t.Helper()
	bound := f.Count() / uint64(f.Capacity())
	held := map[string]bool{}
	for it := range f.All() {
		held[it.Label] = true
		if n := truth[it.Label]; it.Count < n || it.Count-it.Error > n || it.Error > bound {
			t.Errorf("%s: %s counted %d ± %d, truth %d, bound %d", what, it.Label, it.Count, it.Error, n, bound)
		}
	}
	for label, n := range truth {
		if n > bound && !held[label] {
			t.Errorf("%s: %s of count %d > %d is missing", what, label, n, bound)
		}
	}
}

func TestFrequentGuaranteeHoldsAfterMerges(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		zipf := rand.NewZipf(r, 1.2, 1, 5000)
		truth := map[string]uint64{}
		parts := make([]*Frequent, 6)
		for i := range parts {
			parts[i] = NewFrequent(32)
			mine := map[string]uint64{}
			for range 4000 {
				label := fmt.Sprint(zipf.Uint64() + uint64(i)) // shifted: each part has a head of its own
				n := 1 + r.Uint64N(3)
				parts[i].Add(Hash(label), label, n)
				mine[label] += n
				truth[label] += n
			}
			checkFrequent(t, "part", parts[i], mine)
		}
		forward, backward := NewFrequent(32), NewFrequent(32)
		for i := range parts {
			if err := errors.Join(forward.Merge(parts[i]), backward.Merge(parts[len(parts)-1-i])); err != nil {
				t.Fatal(err)
			}
		}
		checkFrequent(t, "forward", forward, truth)
		checkFrequent(t, "backward", backward, truth)
	}
}

func TestFrequentIsExactBelowCapacity(t *testing.T) {
	var f Frequent
	for _, label := range strings.Fields("b a c a b a") {
		f.Add(Hash(label), label, 1)
	}
	f.Add(1, "zero", 0)
	top := f.Top(2)
	if len(top) != 2 || top[0].Label != "a" || top[0].Count != 3 || top[1].Label != "b" || f.Count() != 6 || f.Floor() != 0 {
		t.Errorf("top %+v, count %d, floor %d", top, f.Count(), f.Floor())
	}
	if len(f.Top(-1)) != 0 || len(f.Top(100)) != 3 {
		t.Error("Top must clamp k to what is there")
	}
	if c := f.Clone(); c.Len() != 3 || c.Count() != 6 {
		t.Errorf("clone holds %d items of %d", c.Len(), c.Count())
	}
	if err := f.Merge(NewFrequent(3)); !errors.Is(err, ErrMismatch) {
		t.Errorf("merge of another capacity: %v", err)
	}
	if f.Reset(); f.Len() != 0 || f.Count() != 0 {
		t.Error("reset left something behind")
	}
}

func TestFrequentClipsLabelsBetweenCharacters(t *testing.T) {
	var f Frequent
	f.Add(1, strings.Repeat("x", 63)+"é"+strings.Repeat("y", 1<<20), 1)
	f.Add(2, strings.Repeat("\x80", 100), 1) // no character starts anywhere
	for it := range f.All() {
		if len(it.Label) > MaxLabel || it.Hash == 1 && (!utf8.ValidString(it.Label) || len(it.Label) != 63) {
			t.Errorf("label %q of %d bytes", it.Label, len(it.Label))
		}
	}
}

func TestFrequentAddOfKnownItemsAllocatesNothing(t *testing.T) {
	f := NewFrequent(8)
	f.Add(1, "one", 1)
	if n := testing.AllocsPerRun(20, func() { f.Add(1, "one", 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
