package sketch

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
)

// The hash is part of the storage format: these values must never change. They
// were computed with this package when HashID 1 was fixed.
func TestHashGolden(t *testing.T) {
	for input, want := range goldenHashes {
		if got := Hash(input); got != want || HashBytes([]byte(input)) != want {
			t.Errorf("Hash(%q) = %#x, want %#x", input, got, want)
		}
	}
}

func TestHashAvalanche(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 3, 4, 7, 8, 11, 16, 17, 32, 33, 64} {
		const trials = 4000
		var flips [64]int
		for range trials {
			b := make([]byte, n)
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			before := HashBytes(b)
			b[r.IntN(n)] ^= 1 << r.IntN(8)
			for d := before ^ HashBytes(b); d != 0; d &= d - 1 {
				flips[bits.TrailingZeros64(d)]++
			}
		}
		for bit, c := range flips { // 6 standard deviations around one half
			if p := float64(c) / trials; math.Abs(p-0.5) > 6*0.5/math.Sqrt(trials) {
				t.Errorf("%d bytes: output bit %d flips with probability %.3f", n, bit, p)
			}
		}
	}
}

func TestHashDoesNotCollideOnRelatedStrings(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	seen := map[uint64]string{}
	add := func(s string) {
		if other, twice := seen[Hash(s)]; twice && other != s {
			t.Fatalf("Hash(%q) = Hash(%q)", s, other)
		}
		seen[Hash(s)] = s
	}
	for i := range 100000 {
		add(fmt.Sprint(i))
		add(fmt.Sprintf("category-%06d", i))
		add(fmt.Sprintf("a rather long prefix shared by all of them %d", i))
	}
	for n := range 300 {
		add(strings.Repeat("\x00", n))
		add(strings.Repeat("a", n))
	}
}

func TestDistinctErrorBound(t *testing.T) {
	for _, n := range []int{0, 1, 10, 100, 1000, 10000, 300000} {
		d := NewDistinct()
		for i := range n {
			d.Add(fmt.Sprintf("user-%d", i))
			d.Add(fmt.Sprintf("user-%d", i/2)) // repeats change nothing
		}
		if e := math.Abs(float64(d.Estimate()) - float64(n)); e > 3*d.StandardError()*float64(n) {
			t.Errorf("%d values: estimate %d", n, d.Estimate())
		}
	}
}

func TestDistinctMergeIsUnion(t *testing.T) {
	a, b, both := new(Distinct), NewDistinct(), NewDistinct()
	for i := range 5000 {
		h := HashUint64(uint64(i))
		both.InsertHash(h)
		if i%3 > 0 {
			a.InsertHash(h)
		}
		if i%3 < 2 {
			b.InsertHash(h)
		}
	}
	ab, ba := a.Clone(), b.Clone()
	if err := errors.Join(ab.Merge(b), ba.Merge(a), ab.Merge(nil), ab.Merge(new(Distinct))); err != nil {
		t.Fatal(err)
	}
	if ab.Estimate() != both.Estimate() || ba.Estimate() != both.Estimate() {
		t.Errorf("estimates %d, %d, union %d", ab.Estimate(), ba.Estimate(), both.Estimate())
	}
	if ab.Reset(); ab.Estimate() != 0 || new(Distinct).Estimate() != 0 || new(Distinct).Clone().Estimate() != 0 {
		t.Error("empty estimates must be 0")
	}
	if n := testing.AllocsPerRun(20, func() { b.Add("category-17"); _ = b.Merge(a) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDistinctRefusesAnotherHash(t *testing.T) {
	data, err := NewDistinct().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	data[2]++
	if err := new(Distinct).UnmarshalBinary(data); !errors.Is(err, ErrMismatch) {
		t.Errorf("another hash function: %v", err)
	}
}
