package sketch

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKeyKeepsOrderAndInverts(t *testing.T) {
	values := []float64{math.Inf(-1), -math.MaxFloat64, -1e9, -1, -math.SmallestNonzeroFloat64,
		0, math.SmallestNonzeroFloat64, 1e-300, 1, math.Nextafter(1, 2), 1e9, math.MaxFloat64, math.Inf(1)}
	for i, v := range values {
		if got := Value(Key(v)); got != v {
			t.Errorf("Value(Key(%g)) = %g", v, got)
		}
		if i > 0 && Key(values[i-1]) >= Key(v) {
			t.Errorf("Key(%g) >= Key(%g)", values[i-1], v)
		}
	}
	if Key(math.Copysign(0, -1)) != Key(0) {
		t.Error("negative zero has a key of its own")
	}
	if !math.IsNaN(Value(Key(math.NaN()))) || Key(math.NaN()) <= Key(math.Inf(1)) {
		t.Error("NaN must survive and sort after +Inf")
	}
	if got := finiteKeys([]uint64{Key(math.Inf(-1)), Key(1), Key(2), Key(math.Inf(1)), Key(math.NaN())}); len(got) != 2 {
		t.Errorf("finiteKeys kept %d keys, want 2", len(got))
	}
}

// shapes are the batches that break a radix sort on leading bits.
func shapes(r *rand.Rand, n int) map[string][]float64 {
	fill := func(f func(i int) float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	return map[string][]float64{
		"normal":      fill(func(int) float64 { return r.NormFloat64() }),
		"lognormal":   fill(func(int) float64 { return math.Exp(2 * r.NormFloat64()) }),
		"offset":      fill(func(int) float64 { return 1e9 + 2*r.Float64() - 1 }),
		"constant":    fill(func(int) float64 { return 3.25 }),
		"ties":        fill(func(int) float64 { return math.Floor(5 * r.Float64() * r.Float64()) }),
		"ascending":   fill(func(i int) float64 { return float64(i) }),
		"descending":  fill(func(i int) float64 { return -float64(i) }),
		"one outlier": fill(func(i int) float64 { return r.Float64() + math.MaxFloat64*float64(1-min(i, 1)) }),
		"two worlds":  fill(func(i int) float64 { return math.Pow(1e300, float64(i%2*2-1)) * (1 + r.Float64()) }),
		"any bits":    fill(func(int) float64 { return math.Float64frombits(r.Uint64()) }),
	}
}

func keysOf(values []float64) []uint64 {
	keys := make([]uint64, len(values))
	for i, v := range values {
		keys[i] = Key(v)
	}
	return keys
}

func TestSortKeysEqualsComparisonSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 47, 48, 49, 255, 1024, 5000, 70000} {
		for name, values := range shapes(r, n) {
			keys := keysOf(values)
			want := slices.Sorted(slices.Values(keys))
			short := slices.Clone(keys)
			if got := SortKeys(keys, make([]uint64, n)); !slices.Equal(got, want) {
				t.Errorf("%s, n=%d: not sorted", name, n)
			}
			if got := SortKeys(short, nil); !slices.Equal(got, want) {
				t.Errorf("%s, n=%d: not sorted without scratch", name, n)
			}
		}
	}
}

func TestSortKeysAllocatesNothing(t *testing.T) {
	keys, scratch := keysOf(shapes(rand.New(rand.NewPCG(1, 2)), 1024)["one outlier"]), make([]uint64, 1024)
	if n := testing.AllocsPerRun(20, func() { SortKeys(keys, scratch) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzSortKeys(f *testing.F) {
	f.Add([]byte{}, uint16(3))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x80\xff\xff\xff\xff\xff\xff\xff\xff"), uint16(100))
	f.Fuzz(func(t *testing.T, data []byte, repeat uint16) {
		var keys []uint64
		for ; len(data) >= 8; data = data[8:] {
			k := binary.LittleEndian.Uint64(data)
			for i := range uint64(repeat%97) + 1 {
				keys = append(keys, k+i*i)
			}
		}
		want := slices.Sorted(slices.Values(keys))
		if got := SortKeys(keys, make([]uint64, len(keys))); !slices.Equal(got, want) {
			t.Errorf("%d keys not sorted", len(keys))
		}
	})
}
