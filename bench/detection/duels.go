package main

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/drift/sequential"
)

// oracle is the procedure of Shiryaev and Roberts that is told both rates. Among
// all procedures with as many false alarms it has the shortest mean delay of a
// jump long after the start (Pollak and Tartakovsky, Statistica Sinica 2009), so
// it bounds what any detector can do that has to learn them.
type oracle struct{ right, wrong, level, r float64 }

func newOracle(s stream, level float64) detector {
	return &oracle{right: (1 - s.next) / (1 - s.rate), wrong: s.next / s.rate, level: level}
}

// Add implements detector.
func (o *oracle) Add(x float64) sequential.Result {
	ratio := o.right
	if x == 1 {
		ratio = o.wrong
	}
	o.r = (1 + o.r) * ratio
	if o.r < o.level {
		return sequential.Result{State: sequential.Stable}
	}
	o.r = 0
	return sequential.Result{State: sequential.Change, Direction: sequential.Up}
}

// duel compares e-SR with one rival at equally many false alarms at one error
// rate, which users cannot tune for: it compares methods, not what one gets.
type duel struct {
	Rate   float64  `json:"rate"`
	Factor float64  `json:"factor"`
	Rival  detected `json:"rival"`
	ESR    detected `json:"e_sr"`       // with a reference of 5,000 items
	Large  detected `json:"e_sr_large"` // with one of 50,000
	Oracle detected `json:"oracle"`
	// Faster is the rival's delay over that of e-SR, and Bound over that of the
	// oracle: no detector with so few false alarms can be much faster than that.
	Faster float64 `json:"times_as_fast"`
	Bound  float64 `json:"bound"`
}

// duellist is a rival of e-SR with the false alarms per 100,000 items to which
// it is tuned; 0 leaves it at its default, and tunes e-SR to what it makes.
type duellist struct {
	rival
	target float64
}

// duellists lists ADWIN, which alarms in both directions, three times: at its
// default, with all its alarms counted as river does, and with rises only as MOA
// does. DDM cannot be tuned at low error rates: it alarms at the first error
// after a beginning without any, whatever its level.
func duellists() []duellist {
	return []duellist{
		{rival{name: "ADWIN .002", make: adwin, setting: .002}, 0},
		{rival{name: "ADWIN", make: adwin, setting: .07}, 1},
		{rival{name: "ADWIN, rises", make: adwin, setting: .15, rises: true}, 1},
		{rival{name: "DDM 3", make: ddm, setting: 3}, 0},
	}
}

// fewAlarms is the number of false alarms below which a rate is not measured:
// e-SR may then make as many as this.
const fewAlarms = 10

// tune returns the setting with the wanted false alarms per 100,000 items: a
// secant in the logarithms, on the same streams throughout.
func (r *rival) tune(s stream, want float64, seed uint64, items int) float64 {
	at, slope, ceiling := math.Log(r.setting), 1.0, math.Log(.99) // Delta is a probability
	if r.rarer {
		at, slope, ceiling = at-math.Log(want), -1, math.Log(1e12)
	}
	var lastAt, lastLog float64
	for step := range 5 {
		found := math.Log(max(r.false100k(s, math.Exp(at), seed, items), .5e5/float64(items)))
		if math.Abs(found-math.Log(want)) < .02 {
			break
		}
		if step > 0 && math.Abs(at-lastAt) > .01 {
			// Noise must not turn the direction, nor make a step endless.
			measured := (found - lastLog) / (at - lastAt)
			slope = math.Copysign(min(max(math.Abs(measured), .5), 10), slope)
		}
		lastAt, lastLog = at, found
		at = min(at+(math.Log(want)-found)/slope, ceiling)
	}
	return math.Exp(at)
}

// measureDuels does one rival at one rate after another.
func (s *study) measureDuels() error {
	list, rates := duellists(), errorRates()
	if s.quick {
		rates = rates[len(rates)/2:]
	}
	found := make([][]duel, len(list)*len(rates))
	err := parallel(len(found), func(job int) error {
		found[job] = s.duels(&list[job/len(rates)], rates[job%len(rates)], s.seed*49_979_687+uint64(job%len(rates)))
		return nil
	})
	for _, d := range found {
		s.result.Duels = append(s.result.Duels, d...)
	}
	return err
}

// entry is a rival with its setting and the false alarms it makes with that.
type entry struct {
	rival
	setting, alarms float64
}

// enter tunes a rival and counts its false alarms on fresh streams.
func (s *study) enter(r rival, jump stream, want float64, seed uint64) entry {
	e := entry{rival: r, setting: r.setting}
	if want > 0 {
		e.setting = r.tune(jump, want, seed, s.items)
	}
	e.alarms = r.false100k(jump, e.setting, seed+1000, s.items)
	return e
}

func (s *study) duels(r *duellist, rate float64, seed uint64) (out []duel) {
	steady := stream{rate: rate, next: rate}
	them := s.enter(r.rival, steady, r.target, seed)
	want := r.target
	if want == 0 {
		want = max(them.alarms, fewAlarms*1e5/float64(s.items))
	}
	us := s.enter(rival{name: "e-SR", make: esr(referenceItems), setting: 5e4, rarer: true}, steady, want, seed)
	large := s.enter(rival{name: "e-SR 50k", make: esr(10 * referenceItems), setting: 7e4, rarer: true}, steady, want, seed)
	for _, factor := range errorFactors() {
		best := s.enter(rival{name: "oracle", make: newOracle, setting: 9e4, rarer: true}, stream{rate: rate, next: rate * factor}, want, seed)
		contest := func(e *entry) detected {
			d := e.contest(rate, factor, e.setting, seed+2000, 20*s.trials)
			d.FalsePer100k = e.alarms
			return d
		}
		d := duel{Rate: rate, Factor: factor, Rival: contest(&them), ESR: contest(&us), Large: contest(&large), Oracle: contest(&best)}
		d.Faster = float64(d.Rival.Delay) / float64(d.ESR.Delay)
		d.Bound = float64(d.Rival.Delay) / float64(d.Oracle.Delay)
		out = append(out, d)
	}
	return out
}

func (d *duel) String() string {
	return fmt.Sprintf("%s\t%.2f\t×%v\t%.2g\t%.2f\t%.2f\t%.2f\t%.2f\t%d\t%d\t%d\t%d\t%.2f\t%.2f",
		d.Rival.Detector, d.Rate, d.Factor, d.Rival.Setting,
		d.Rival.FalsePer100k, d.ESR.FalsePer100k, d.Large.FalsePer100k, d.Oracle.FalsePer100k,
		d.Rival.Delay, d.ESR.Delay, d.Large.Delay, d.Oracle.Delay, d.Faster, d.Bound)
}
