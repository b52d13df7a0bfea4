package rollout

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

func comparisonPlan(clock *hand) ComparisonPlan {
	return ComparisonPlan{Base: "1", Candidate: "2", Target: profile.Binary(.5), Loss: Brier(), Segments: []string{"north", "south"}, MaxPending: 256, Now: func() time.Time { return clock.at }}
}

// addPairs adds n pairs, of which the candidate's are a little worse, and labels those
// of 50 pairs before.
func addPairs(c *Comparison, clock *hand, from, n int) {
	for i := from; i < from+n; i++ {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		clock.at = clock.at.Add(time.Second)
		p := Pair{ID: fmt.Sprint(i), Segments: []string{"north"}}
		for j, a := range [...]*Answer{&p.Base, &p.Candidate} {
			a.Outcome, a.Latency = profile.Outcome{Score: rng.Float64()}, time.Duration(1+rng.IntN(1000))*time.Microsecond
			if rng.IntN(100) < 2+j {
				a.Err = errors.New("down")
			}
		}
		c.Add(p)
		truth := profile.Negative()
		if rng.IntN(3) == 0 {
			truth = profile.Positive()
		}
		if i >= 50 {
			c.Label(fmt.Sprint(i-50), truth)
		}
	}
}

// A comparison that was saved and read goes on as the one that was not: an e-value
// does not begin again with every deploy of the service.
func TestComparisonSurvives(t *testing.T) {
	clock := newHand()
	open := func() *Comparison {
		c, err := NewComparison(comparisonPlan(clock))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole := open()
	addPairs(whole, clock, 0, 700)
	b, err := whole.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	restored := open()
	if err := restored.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if again, err := restored.MarshalBinary(); err != nil || !bytes.Equal(b, again) {
		t.Errorf("saved again it differs: %v", err)
	}
	at := clock.at
	addPairs(whole, clock, 700, 700)
	clock.at = at
	addPairs(restored, clock, 700, 700)
	x, y := whole.Summary(), restored.Summary()
	if !reflect.DeepEqual(x, y) || x.Loss.Difference.N < 400 || x.Waiting == 0 || !reflect.DeepEqual(whole.charts(), restored.charts()) || whole.drops != restored.drops {
		t.Errorf("they went apart:\n%+v\n%+v", x, y)
	}
}

func TestComparisonStateErrors(t *testing.T) {
	clock := newHand()
	c, err := NewComparison(comparisonPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	addPairs(c, clock, 0, 300)
	b, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	renamed := comparisonPlan(clock)
	renamed.Candidate = "3"
	other, err := NewComparison(renamed)
	if err != nil {
		t.Fatal(err)
	}
	newer, flipped := bytes.Clone(b), bytes.Clone(b)
	newer[len(comparisonMagic)] = 9
	flipped[len(b)/2] ^= 1
	trial, _ := halfway(t, clock)
	trials, err := trial.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name string
		data []byte
		to   *Comparison
		want error
	}{
		{"nothing", nil, c, ErrCorrupt}, {"torn", b[:len(b)-9], c, ErrCorrupt}, {"flipped", flipped, c, ErrCorrupt},
		{"newer", newer, c, ErrVersion}, {"a trial's", trials, c, ErrCorrupt}, {"another plan", b, other, ErrPlan},
		{"no state", sealAs(comparisonMagic, fmt.Appendf(nil, `{"Plan":%q}`, c.plan.print())), c, ErrCorrupt},
		{"more agreed than seen", sealAs(comparisonMagic, tamper(b, `"Agreed":`, `"Agreed":9`)), c, ErrCorrupt},
		{"another bet", sealAs(comparisonMagic, tamper(b, `"Margin":0.01`, `"Margin":0.5`)), c, ErrCorrupt},
	} {
		before, _ := x.to.MarshalBinary()
		if err := x.to.UnmarshalBinary(x.data); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", x.name, err, x.want)
		}
		if after, _ := x.to.MarshalBinary(); !bytes.Equal(before, after) {
			t.Errorf("%s changed the comparison", x.name)
		}
	}
}

// Whatever bytes are read, the comparison works afterwards, and what it says can be
// saved.
func FuzzComparison(f *testing.F) {
	clock := newHand()
	p := comparisonPlan(clock)
	p.MaxPending, p.Segments = 16, []string{"north"}
	open := func() *Comparison {
		c, err := NewComparison(p)
		if err != nil {
			f.Fatal(err)
		}
		return c
	}
	c := open()
	body := func() []byte {
		b, err := c.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		return b[len(comparisonMagic)+1 : len(b)-4]
	}
	f.Add(body())
	addPairs(c, clock, 0, 120)
	f.Add(body())
	f.Add(body()[:500])
	f.Add([]byte(`{"State":{"Segments":[{}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := open()
		_ = c.UnmarshalBinary(body)
		if c.UnmarshalBinary(sealAs(comparisonMagic, body)) != nil {
			return
		}
		addPairs(c, clock, 0, 120)
		s := c.Summary()
		for _, v := range []float64{s.FlipE, s.Loss.WinE, s.Loss.EWorse, s.Loss.EFine, s.Loss.Difference.Mean, s.Loss.Difference.Low, s.Latency.Mean, s.Agreement.Low} {
			if !finite(v) {
				t.Fatalf("%+v", s)
			}
		}
		c.charts()
		if _, err := c.MarshalBinary(); err != nil {
			t.Errorf("what was read cannot be saved: %v", err)
		}
	})
}
