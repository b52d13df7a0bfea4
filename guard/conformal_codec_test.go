package guard_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tidemark-ml/tidemark/guard"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func calibrated(t testing.TB, c guard.Coverage, seed uint64) *guard.Conformal {
	t.Helper()
	s, err := guard.Calibrate(profile.Binary(.5), c, examples(seed, 400, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// learned takes n labels, of which the model is less and less sure to be right.
func learned(c *guard.Conformal, seed uint64, n int) {
	rng := rand.New(rand.NewPCG(seed, 8))
	for i := range n {
		o, truth := example(rng, 1-float64(i)/float64(2*n))
		c.Learn(c.Set(o), truth)
	}
}

var pane = profile.Comparison{Window: report.Window{Scale: 1}}

// sealed gives a body its checksum.
func sealed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// A Conformal that was saved and read goes on as the one that was not: the levels
// that it adapts, and the window that is half full.
func TestConformalGoesOn(t *testing.T) {
	for _, cover := range []guard.Coverage{{Window: 100}, {Window: 150, Adapt: .01, ByClass: true}} {
		whole, restored := calibrated(t, cover, 1), calibrated(t, cover, 1)
		learned(whole, 2, 370)
		state, err := whole.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if body := state[:len(state)-4]; !bytes.HasPrefix(state, []byte("TMCF\x01")) || !bytes.Equal(state, sealed(body)) {
			t.Errorf("sealed otherwise than it is read: %x", state)
		}
		if err := restored.UnmarshalBinary(state); err != nil {
			t.Fatal(err)
		}
		if again, _ := restored.MarshalBinary(); !bytes.Equal(again, state) {
			t.Error("saved again it differs")
		}
		for range 3 {
			if a, b := whole.Evaluate(pane), restored.Evaluate(pane); !reflect.DeepEqual(a, b) || a[0].Undefined {
				t.Fatalf("they went apart\n%+v\n%+v", a, b)
			}
			o := profile.Outcome{Score: .7}
			if whole.Set(o) != restored.Set(o) {
				t.Fatal("sets differ")
			}
			learned(whole, 3, 60)
			learned(restored, 3, 60)
		}
		if in := (profile.Comparison{Window: report.Window{Scale: 1}, Decisive: true}); whole.Evaluate(in) != nil {
			t.Error("a segment has the coverage of all rows")
		}
	}
}

func TestConformalStateErrors(t *testing.T) {
	c := calibrated(t, guard.Coverage{Window: 100}, 1)
	learned(c, 2, 130)
	state, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	flipped, newer := bytes.Clone(state), bytes.Clone(state)
	flipped[len(state)/2] ^= 1
	newer[4]++
	for name, x := range map[string]struct {
		to    *guard.Conformal
		state []byte
		want  error
	}{
		"nothing": {c, nil, guard.ErrState}, "torn": {c, state[:len(state)-9], guard.ErrState}, "flipped": {c, flipped, guard.ErrState},
		"newer":        {c, newer, guard.ErrState},
		"other rows":   {calibrated(t, guard.Coverage{Window: 100}, 5), state, guard.ErrCalibration},
		"other window": {calibrated(t, guard.Coverage{Window: 101}, 1), state, guard.ErrCalibration},
	} {
		before, _ := x.to.MarshalBinary()
		if err := x.to.UnmarshalBinary(x.state); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
		if after, _ := x.to.MarshalBinary(); !bytes.Equal(before, after) {
			t.Errorf("%s: it changed", name)
		}
	}
}

// Whatever bytes are read, it works afterwards and what it says is finite.
func FuzzConformal(f *testing.F) {
	cover := guard.Coverage{Window: 20, Adapt: .05}
	c := calibrated(f, cover, 1)
	learned(c, 2, 50)
	state, err := c.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	body := state[:len(state)-4]
	f.Add(body)
	f.Add(body[:20])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		c := calibrated(t, cover, 1)
		_ = c.UnmarshalBinary(body)
		if c.UnmarshalBinary(sealed(body)) != nil {
			return
		}
		learned(c, 3, 45)
		for _, s := range c.Evaluate(pane) {
			if !s.Finite() {
				t.Fatalf("%+v", s)
			}
		}
		if _, err := c.MarshalBinary(); err != nil {
			t.Fatal(err)
		}
	})
}
