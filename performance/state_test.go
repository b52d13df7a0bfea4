package performance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// remembering is an evaluator that keeps something between windows.
type remembering interface {
	Evaluate(profile.Comparison) []report.Signal
	EvaluateOutcomes(profile.Comparison) []report.Signal
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func remembers() map[string]func() remembering {
	return map[string]func() remembering{
		"CUSUM":     func() remembering { return &performance.CUSUM{} },
		"Estimated": func() remembering { return &performance.Estimated{Renew: 1500} },
	}
}

// worse are windows of one pane, of which the later are not as the reference is: sums
// add up, the estimate is muted and its calibration renewed.
func worse(t testing.TB, seed uint64, n int) (windows []profile.Comparison) {
	w := newWorld(seed)
	r := reference(t, binarySchema(t), 30, 300, func(int) profile.Row { return w.row() })
	for i := range n {
		if i == n/3 {
			w.slope, w.shift = .3, .5
		}
		windows = append(windows, window(r, 1, 500, func(int) profile.Row { return w.row() }))
	}
	return windows
}

// An evaluator that was saved and restored between any two windows goes on as the
// one that was not.
func TestEvaluatorsGoOn(t *testing.T) {
	windows := worse(t, 5, 12)
	for name, fresh := range remembers() {
		t.Run(name, func(t *testing.T) {
			whole, restarted := fresh(), fresh()
			changed := false
			for i, c := range windows {
				ask := func(e remembering) []report.Signal { return append(e.EvaluateOutcomes(c), e.Evaluate(c)...) }
				want, got, anew := ask(whole), ask(restarted), ask(fresh())
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("window %d\n%+v\nwithout restarts\n%+v", i, got, want)
				}
				changed = changed || !reflect.DeepEqual(anew, want)
				state, err := restarted.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				restarted = fresh()
				if err := restarted.UnmarshalBinary(state); err != nil {
					t.Fatal(err)
				}
				if again, _ := restarted.MarshalBinary(); !bytes.Equal(again, state) {
					t.Fatalf("window %d: it saves differently", i)
				}
			}
			if !changed {
				t.Error("what it remembers makes no difference here: this shows nothing")
			}
		})
	}
}

// A segment is asked about after all rows, with a reference of its own: neither may
// make the other forget.
func TestSegmentsAreRememberedApart(t *testing.T) {
	all, segment := worse(t, 5, 12), worse(t, 6, 12)
	for name, fresh := range remembers() {
		t.Run(name, func(t *testing.T) {
			alone, both := fresh(), fresh()
			for i := range all {
				want, got := alone.EvaluateOutcomes(all[i]), both.EvaluateOutcomes(all[i])
				both.EvaluateOutcomes(segment[i])
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("window %d\n%+v\nwithout segments\n%+v", i, got, want)
				}
			}
		})
	}
}

func TestForeignStates(t *testing.T) {
	cusum, estimated := &performance.CUSUM{}, &performance.Estimated{Renew: 500}
	for _, c := range worse(t, 7, 4) {
		cusum.EvaluateOutcomes(c)
		estimated.EvaluateOutcomes(c)
	}
	a, _ := cusum.MarshalBinary()
	b, _ := estimated.MarshalBinary()
	flipped := bytes.Clone(b)
	flipped[len(b)/2] ^= 4
	newer := bytes.Clone(a)
	newer[1]++
	for _, c := range []struct {
		name  string
		to    remembering
		state []byte
	}{
		{"nothing", cusum, nil}, {"another's", cusum, b}, {"another's", estimated, a}, {"torn", estimated, b[:len(b)/2]},
		{"flipped", estimated, flipped}, {"newer", cusum, newer},
	} {
		before, _ := c.to.MarshalBinary()
		if err := c.to.UnmarshalBinary(c.state); !errors.Is(err, performance.ErrState) {
			t.Errorf("%s: %v", c.name, err)
		}
		if after, _ := c.to.MarshalBinary(); !bytes.Equal(before, after) {
			t.Errorf("%s: it changed what there was", c.name)
		}
	}
}

func FuzzCUSUM(f *testing.F) { fuzzState(f, func() remembering { return &performance.CUSUM{} }) }

func FuzzEstimated(f *testing.F) {
	fuzzState(f, func() remembering { return &performance.Estimated{Renew: 500} })
}

// fuzzState reads bodies under a right checksum, and whatever bytes: what is read is
// saved as it was, and nothing that follows is not finite.
func fuzzState(f *testing.F, fresh func() remembering) {
	windows := worse(f, 5, 4)
	e := fresh()
	for _, c := range windows {
		e.EvaluateOutcomes(c)
	}
	state, err := e.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	body := state[:len(state)-4]
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		e := fresh()
		_ = e.UnmarshalBinary(body)
		state := performance.Sealed(body)
		if e.UnmarshalBinary(state) != nil {
			return
		}
		if again, err := e.MarshalBinary(); err != nil || !bytes.Equal(again, state) {
			t.Fatalf("restored state saves differently: %v", err)
		}
		for _, c := range windows[:1] {
			for _, s := range append(e.EvaluateOutcomes(c), e.Evaluate(c)...) {
				if !s.Finite() {
					t.Fatalf("%+v", s)
				}
			}
		}
	})
}

// What was saved stays readable: the states before any window, by their SHA-256.
func TestStatesAreFixed(t *testing.T) {
	for want, of := range map[string]encoding.BinaryMarshaler{
		"048602b68e3295abf54cd004f08138144d8e3527ec3251b8464fe99fddf3f362": &performance.CUSUM{},
		"2030b7a9ab876a3a25ac6263792528ca5ff259516c9b304ac2c5f800dbeb6fff": &performance.Estimated{},
		"dea86636ef67e03d1881cb245d62484b2e9b0498ef947b22ef64eee90b3cf98f": &performance.Concept{},
	} {
		b, err := of.MarshalBinary()
		if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != want || err != nil {
			t.Errorf("%T: %s, want %s (%v)", of, got, want, err)
		}
	}
}
