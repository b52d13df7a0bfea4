package rollout

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// halfway is a trial in its second step, with learned bounds and labels waiting.
func halfway(t testing.TB, clock *hand) (*Trial, Plan) {
	t.Helper()
	p := smallPlan(clock)
	p.Metrics = append(p.Metrics, Metric{Name: MetricLatency, Kind: Mean, Margin: Slack{Relative: .1}})
	p.Steps[1].Time = 1000 * time.Hour
	trial, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	drive(trial, clock, rand.New(rand.NewPCG(9, 1)), 3050, [2]float64{.01, .012}, [2]float64{.1, .11})
	return trial, p
}

// A trial that was saved and read goes on as the one that was not.
func TestStateSurvives(t *testing.T) {
	clock := newHand()
	trial, p := halfway(t, clock)
	b, err := trial.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	restored, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := restored.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if again, err := restored.MarshalBinary(); err != nil || !bytes.Equal(b, again) {
		t.Errorf("saved again it differs: %v", err)
	}
	if restored.Share() != trial.Share() || trial.Share() != .5 {
		t.Errorf("shares %v and %v, want .5", restored.Share(), trial.Share())
	}
	at := clock.at
	drive(trial, clock, rand.New(rand.NewPCG(10, 1)), 3000, [2]float64{.01, .02}, [2]float64{.1, .12})
	clock.at = at
	drive(restored, clock, rand.New(rand.NewPCG(10, 1)), 3000, [2]float64{.01, .02}, [2]float64{.1, .12})
	// Looks come every hundred observations since the last; that count is not kept.
	for i := range trial.state.Gauges {
		trial.state.Gauges[i].Points, restored.state.Gauges[i].Points = nil, nil
	}
	if a, b := trial.Decision(), restored.Decision(); !reflect.DeepEqual(a, b) {
		t.Errorf("they went apart:\n%+v\n%+v", a, b)
	}
}

// Bounds that were half learned go on being learned.
func TestHalfLearnedBoundsSurvive(t *testing.T) {
	clock := newHand()
	p := smallPlan(clock)
	p.Metrics = append(p.Metrics, Metric{Name: MetricLatency, Kind: Mean, Margin: Slack{Relative: .1}})
	trial, err := NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	g := &trial.state.Gauges[len(p.Metrics)-1]
	for i := range 600 {
		g.add(&trial.plan.Metrics[len(p.Metrics)-1], 0, Base, float64(i))
	}
	b, err := trial.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	restored, _ := NewTrial(p)
	if err := restored.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	r := &restored.state.Gauges[len(p.Metrics)-1]
	for i := 600; i < learnedFrom; i++ {
		r.add(&restored.plan.Metrics[len(p.Metrics)-1], 0, Base, float64(i))
	}
	if !r.Learned || r.Low != 1 || r.High != learnedFrom-2 {
		t.Errorf("learned %v: [%v, %v]", r.Learned, r.Low, r.High)
	}
}

// What was decided stays decided: a restart does not route to what was rolled
// back.
func TestVerdictSurvives(t *testing.T) {
	clock := newHand()
	trial, err := NewTrial(smallPlan(clock))
	if err != nil {
		t.Fatal(err)
	}
	drive(trial, clock, rand.New(rand.NewPCG(2, 1)), 4000, [2]float64{.01, .2}, [2]float64{.1, .1})
	b, err := trial.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	restored, _ := NewTrial(smallPlan(clock))
	if err := restored.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	if d := restored.Decision(); d.Verdict != Rollback || restored.Share() != 0 || len(d.Reasons) == 0 {
		t.Errorf("restored: %s", d.String())
	}
}

func TestStateErrors(t *testing.T) {
	clock := newHand()
	trial, p := halfway(t, clock)
	b, err := trial.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Clone(b)
	newer[len(stateMagic)] = 9
	flipped := bytes.Clone(b)
	flipped[len(b)/2] ^= 1
	other := p
	other.Metrics = append([]Metric(nil), p.Metrics...)
	other.Metrics[0].Margin.Absolute = .02
	renamed, err := NewTrial(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		to   *Trial
		want error
	}{
		{"nothing", nil, trial, ErrCorrupt},
		{"torn", b[:len(b)-9], trial, ErrCorrupt},
		{"flipped", flipped, trial, ErrCorrupt},
		{"newer", newer, trial, ErrVersion},
		{"another plan", b, renamed, ErrPlan},
		{"no state", seal([]byte(`{"Plan":"x"}`)), trial, ErrCorrupt},
		{"a step too many", seal(tamper(b, `"Step":1,"Verdict"`, `"Step":7,"Verdict"`)), trial, ErrCorrupt},
		{"another bet", seal(tamper(b, `"Margin":0.05`, `"Margin":0.5`)), trial, ErrCorrupt},
	} {
		before, _ := c.to.MarshalBinary()
		if err := c.to.UnmarshalBinary(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if after, _ := c.to.MarshalBinary(); !bytes.Equal(before, after) {
			t.Errorf("%s changed the trial", c.name)
		}
	}
}

// tamper changes the JSON of a state.
func tamper(b []byte, from, to string) []byte {
	return []byte(strings.Replace(string(b[len(stateMagic)+1:len(b)-4]), from, to, 1))
}

// seal makes JSON a state with a right checksum.
func seal(body []byte) []byte { return sealAs(stateMagic, body) }

func sealAs(magic string, body []byte) []byte {
	b := append(append([]byte(magic), stateVersion), body...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// Whatever bytes are read, the trial works afterwards, and what it says can be
// saved.
func FuzzUnmarshalBinary(f *testing.F) {
	clock := newHand()
	p := smallPlan(clock)
	p.MaxPending, p.Steps = 16, []Step{{Share: .2, Requests: 20}, {Share: .5}}
	trial, err := NewTrial(p)
	if err != nil {
		f.Fatal(err)
	}
	body := func() []byte {
		b, err := trial.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		return b[len(stateMagic)+1 : len(b)-4]
	}
	f.Add(body())
	drive(trial, clock, rand.New(rand.NewPCG(1, 1)), 120, [2]float64{.1, .1}, [2]float64{.1, .1})
	f.Add(body())
	f.Add(body()[:1000])
	f.Add([]byte(`{"State":{"Gauges":[{}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		trial, err := NewTrial(p)
		if err != nil {
			t.Fatal(err)
		}
		_ = trial.UnmarshalBinary(body)
		if trial.UnmarshalBinary(seal(body)) != nil {
			return
		}
		drive(trial, clock, rand.New(rand.NewPCG(1, 1)), 210, [2]float64{.1, .1}, [2]float64{.1, .1})
		trial.Panel()
		if _, err := trial.MarshalBinary(); err != nil {
			t.Errorf("what was read cannot be saved: %v", err)
		}
	})
}
