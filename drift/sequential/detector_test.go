package sequential

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

// fresh makes every detector of the package, in several configurations.
func fresh() map[string]func() Detector {
	return map[string]func() Detector{
		"ESR reference":    func() Detector { return &ESR{Baseline: 0.2, BaselineSize: 5000, ARL: 200} },
		"ESR burn-in":      func() Detector { return &ESR{BurnIn: 150, Side: Both, ARL: 100} },
		"ESR decrease":     func() Detector { return &ESR{Baseline: 0.6, Side: Decrease, ARL: 300} },
		"ADWIN":            func() Detector { return &ADWIN{} },
		"ADWIN river":      func() Detector { return &ADWIN{RiverCompatible: true, Clock: 1} },
		"ADWIN one bucket": func() Detector { return &ADWIN{MaxBuckets: 1, Clock: 1, Delta: 0.9, MinWindow: -1, Grace: -1} },
		"PageHinkley":      func() Detector { return &PageHinkley{Threshold: 5, Side: Both} },
		"DDM":              func() Detector { return &DDM{ChangeLevel: 2, WarningLevel: 1.5} },
		"EDDM":             func() Detector { return &EDDM{} },
		"HDDMA":            func() Detector { return &HDDMA{Side: Both, Confidence: 0.05, WarningConfidence: 0.2} },
		"HDDMW":            func() Detector { return &HDDMW{Side: Both, Confidence: 0.05, WarningConfidence: 0.2} },
		"KSWIN":            func() Detector { return &KSWIN{Alpha: 0.05} },
		"CUSUM":            func() Detector { return &CUSUM{Mean: 0.4, SD: 0.5, ARL: 100} },
	}
}

// errorsAt returns n 0/1 errors whose rate changes at every quarter.
func errorsAt(seed uint64, n int, rates ...float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		if r.Float64() < rates[i*len(rates)/n] {
			out[i] = 1
		}
	}
	return out
}

func eachDetector(t *testing.T, f func(t *testing.T, build func() Detector)) {
	for name, build := range fresh() {
		t.Run(name, func(t *testing.T) { f(t, build) })
	}
}

// changing is a stream on which every detector of fresh says all it can say.
func changing(seed uint64) []float64 { return errorsAt(seed, 3000, 0.2, 0.7, 0.2, 0.9) }

func TestDetectorsFindBigChanges(t *testing.T) {
	eachDetector(t, func(t *testing.T, build func() Detector) {
		d, changes := build(), 0
		for _, x := range changing(7) {
			if d.Add(x).State == Change {
				changes++
			}
		}
		if changes == 0 {
			t.Error("no change found in a stream with three")
		}
	})
}

func TestSavedStateContinuesTheSame(t *testing.T) {
	eachDetector(t, func(t *testing.T, build func() Detector) {
		for seed := range uint64(3) {
			compareRestored(t, build, changing(seed), seed)
		}
	})
}

// compareRestored saves and restores one of two equal detectors at random
// points; both must say the same for ever.
func compareRestored(t *testing.T, build func() Detector, stream []float64, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	a, b := build(), build()
	for i, x := range stream {
		ra, rb := a.Add(x), b.Add(x)
		if ra != rb {
			t.Fatalf("item %d: %+v after a restore, want %+v", i, rb, ra)
		}
		if r.IntN(20) == 0 || ra.State == Change {
			b = restored(t, b, build())
		}
	}
}

func restored(t *testing.T, from, into Detector) Detector {
	t.Helper()
	state, err := from.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := into.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
	again, err := into.AppendBinary([]byte("x"))
	if err != nil || !bytes.Equal(again, append([]byte("x"), state...)) {
		t.Fatalf("a restored state is saved differently (err %v)", err)
	}
	return into
}

func TestNonFiniteInputIsCountedAndHarmless(t *testing.T) {
	bad := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -math.MaxFloat64}
	eachDetector(t, func(t *testing.T, build func() Detector) {
		clean, dirty, ignored := build(), build(), uint64(0)
		for i, x := range changing(11) {
			want := clean.Add(x)
			got := dirty.Add(x)
			if want.Ignored = ignored; got != want {
				t.Fatalf("item %d: %+v, want %+v", i, got, want)
			}
			if got := dirty.Add(bad[i%len(bad)]); got.State == Change {
				t.Fatalf("item %d: an ignored value raised an alarm", i)
			}
			ignored++
		}
	})
}

func TestExtremeFiniteInput(t *testing.T) {
	eachDetector(t, func(t *testing.T, build func() Detector) {
		d := build()
		for i := range 2000 {
			d.Add([]float64{1e100, -1e100, 0, 1e-300}[i%4])
		}
		state, err := d.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := build().UnmarshalBinary(state); err != nil {
			t.Errorf("the state left the finite numbers: %v", err)
		}
	})
}

func TestResetIsAsNew(t *testing.T) {
	eachDetector(t, func(t *testing.T, build func() Detector) {
		used, unused := build(), build()
		for _, x := range changing(3) {
			used.Add(x)
		}
		used.Add(math.NaN())
		used.Reset()
		for i, x := range changing(4) {
			if got, want := used.Add(x), unused.Add(x); got != want {
				t.Fatalf("item %d: %+v, want %+v", i, got, want)
			}
		}
	})
}

func TestInvalidParameters(t *testing.T) {
	nan := math.NaN()
	for _, d := range []Detector{
		&ESR{ARL: nan}, &ESR{Baseline: 1.5}, &ESR{BaselineSize: -1}, &ESR{Side: 3}, &ESR{BurnIn: -5},
		&ADWIN{Delta: 2}, &ADWIN{Delta: -1}, &ADWIN{Clock: -1}, &ADWIN{MaxBuckets: 5000},
		&PageHinkley{Alpha: 1.1}, &PageHinkley{Threshold: nan}, &PageHinkley{Side: 9},
		&DDM{ChangeLevel: nan}, &EDDM{WarningLevel: 2}, &HDDMA{Confidence: 2}, &HDDMW{Lambda: nan},
		&KSWIN{StatSize: 100}, &KSWIN{WindowSize: 1 << 20}, &CUSUM{SD: -1}, &CUSUM{ARL: 1}, &CUSUM{Mean: nan},
	} {
		t.Run(fmt.Sprintf("%T", d), func(t *testing.T) {
			if err := d.Validate(); !errors.Is(err, ErrParameter) {
				t.Errorf("Validate() = %v, want ErrParameter", err)
			}
			d.Add(1)
			if got, want := d.Add(1), (Result{State: Learning, Ignored: 2}); got != want {
				t.Errorf("Add() = %+v, want %+v", got, want)
			}
			if _, err := d.MarshalBinary(); !errors.Is(err, ErrParameter) {
				t.Errorf("MarshalBinary() error = %v, want ErrParameter", err)
			}
			if err := d.UnmarshalBinary(nil); !errors.Is(err, ErrParameter) {
				t.Errorf("UnmarshalBinary() error = %v, want ErrParameter", err)
			}
		})
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	saved := func(d Detector) []byte {
		for _, x := range changing(5)[:1000] {
			d.Add(x)
		}
		b, err := d.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := (&DDM{WarmStart: 50}).UnmarshalBinary(saved(&DDM{})); !errors.Is(err, ErrParametersChanged) {
		t.Errorf("other parameters: %v", err)
	}
	if err := (&EDDM{}).UnmarshalBinary(saved(&DDM{})); !errors.Is(err, ErrState) {
		t.Errorf("another kind: %v", err)
	}
	eachDetector(t, func(t *testing.T, build func() Detector) {
		state := saved(build())
		for n := range len(state) {
			if err := build().UnmarshalBinary(state[:n]); !errors.Is(err, ErrState) {
				t.Fatalf("the first %d of %d bytes: %v", n, len(state), err)
			}
		}
		if err := build().UnmarshalBinary(append(state, 0)); !errors.Is(err, ErrState) {
			t.Errorf("one byte too many: %v", err)
		}
	})
}

// FuzzUnmarshal feeds bytes to every decoder: they are refused, or give a
// detector that works and saves itself.
func FuzzUnmarshal(f *testing.F) {
	for _, build := range fresh() {
		d := build()
		for i, x := range changing(1) {
			d.Add(x)
			if i%1400 == 7 {
				b, _ := d.MarshalBinary()
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, build := range fresh() {
			d := build()
			err := d.UnmarshalBinary(b)
			if err != nil && !errors.Is(err, ErrState) && !errors.Is(err, ErrParametersChanged) {
				t.Fatalf("%s: unexpected error %v", name, err)
			}
			for i := range 200 {
				d.Add(float64(i % 2))
			}
			if _, err := d.MarshalBinary(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

func TestAddDoesNotAllocate(t *testing.T) {
	eachDetector(t, func(t *testing.T, build func() Detector) {
		d := build()
		stream := errorsAt(9, 8192, 0.3)
		for _, x := range stream {
			d.Add(x)
		}
		i := 0
		allocs := testing.AllocsPerRun(2000, func() { d.Add(stream[i%len(stream)]); i++ })
		if allocs != 0 {
			t.Errorf("%v allocations per Add, want 0", allocs)
		}
	})
}

func TestNames(t *testing.T) {
	got := fmt.Sprint(Learning, Stable, Warning, Change, State(9), Down, Unknown, Up, Direction(5))
	if want := "learning stable warning change State(9) down unknown up Direction(5)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What was saved stays readable: the state after one item, by its CRC-32C, where no
// logarithm is in it, whose last bit is the machine's.
func TestStatesAreFixed(t *testing.T) {
	for name, want := range map[string]uint32{
		"ESR burn-in": 0x73cca051, "ADWIN": 0xd3b8beb1, "ADWIN river": 0x70e752a1, "ADWIN one bucket": 0xa17d605a, "PageHinkley": 0x28f5dacd,
		"DDM": 0x08858b30, "EDDM": 0xde0b24ce, "HDDMA": 0x59f66d26, "KSWIN": 0x95d6dadc, "CUSUM": 0xd6ba4170,
	} {
		d := fresh()[name]()
		d.Add(1)
		b, err := d.MarshalBinary()
		if got := wire.Sum(b); got != want || err != nil {
			t.Errorf("%s: CRC-32C %#08x of %d bytes, want %#08x (%v)", name, got, len(b), want, err)
		}
	}
}
