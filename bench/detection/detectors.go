package main

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/tidemark-ml/tidemark/drift/sequential"
)

// stream is what a detector is made for.
type stream struct {
	rate, next float64 // error rate before and after the jump
	// luck is the error of the reference's rate in standard errors. It takes the
	// quantiles of a normal law one after the other: the average over references
	// is that of random ones, with less noise.
	luck float64
}

// detector is what a contest needs of sequential.Detector.
type detector interface {
	Add(x float64) sequential.Result
}

// rival makes detectors of one kind, with one setting where it has one.
type rival struct {
	name string
	make func(s stream, setting float64) detector
	// setting is the default, or where tuning begins; alarms get rarer as it rises
	// if rarer, else more frequent.
	setting float64
	rarer   bool
	rises   bool // leaves out alarms that say that the rate fell
}

const (
	referenceItems = 5000   // labelled rows behind the baseline of e-SR
	onset          = 5000   // healthy items that every detector sees before the jump
	patience       = 20_000 // items after it
	stretch        = 50_000 // items of a stream without a jump
)

// esr makes e-SR with a reference of n items; the setting is its ARL.
func esr(n float64) func(s stream, arl float64) detector {
	return func(s stream, arl float64) detector {
		rate := max(0, s.rate+s.luck*math.Sqrt(s.rate*(1-s.rate)/n))
		return &sequential.ESR{ARL: arl, Baseline: rate, BaselineSize: int(n)}
	}
}

func adwin(_ stream, delta float64) detector { return &sequential.ADWIN{Delta: delta} }
func ddm(_ stream, level float64) detector   { return &sequential.DDM{ChangeLevel: level} }

// rivals are e-SR and the peers at their defaults.
func rivals() []rival {
	plain := func(make func() detector) func(stream, float64) detector {
		return func(stream, float64) detector { return make() }
	}
	return []rival{
		{name: "e-SR", make: esr(referenceItems), setting: 1e5},
		{name: "e-SR", make: esr(referenceItems), setting: 1e4},
		{name: "ADWIN", make: adwin, setting: .002},
		{name: "DDM", make: ddm, setting: 3},
		{name: "EDDM", make: plain(func() detector { return &sequential.EDDM{} })},
		{name: "HDDM_A", make: plain(func() detector { return &sequential.HDDMA{} })},
		{name: "HDDM_W", make: plain(func() detector { return &sequential.HDDMW{} })},
		{name: "Page-Hinkley", make: plain(func() detector { return &sequential.PageHinkley{} })},
		{name: "KSWIN", make: plain(func() detector { return &sequential.KSWIN{} })},
	}
}

// detected is what one detector did on streams of errors of one rate.
type detected struct {
	Detector string `json:"detector"`
	// Setting is the ARL of e-SR, the Delta of ADWIN, the ChangeLevel of DDM and
	// the level of the oracle; the others have their defaults.
	Setting float64 `json:"setting,omitempty"`
	Rate    float64 `json:"rate"`
	// FalsePer100k are alarms without a change, per 100,000 items.
	FalsePer100k float64 `json:"false_alarms_per_100k"`
	// Factor is what the rate is multiplied by, Delay the median number of
	// items until that is found, and Missed the share not found in 20,000.
	Factor float64 `json:"factor"`
	Delay  int     `json:"delay"`
	Missed float64 `json:"missed"`
}

func errorRates() []float64   { return []float64{.02, .05, .1, .3} }
func errorFactors() []float64 { return []float64{1.5, 2} }

// alarms reports whether the item raised an alarm that counts.
func (r *rival) alarms(d detector, wrong bool) bool {
	q := d.Add(one(wrong))
	return q.State == sequential.Change && !(r.rises && q.Direction == sequential.Down)
}

// luck is the k-th of n quantiles of a standard normal law.
func luck(k, n int) float64 { return math.Sqrt2 * math.Erfinv((2*float64(k)+1)/float64(n)-1) }

// false100k returns the alarms per 100,000 items without a jump.
func (r *rival) false100k(s stream, setting float64, seed uint64, items int) float64 {
	count, streams := 0, max(items/stretch, 1)
	for k := range streams {
		random := rand.New(rand.NewPCG(seed, uint64(k)))
		s.luck = luck(k, streams)
		d := r.make(s, setting)
		for range stretch {
			if r.alarms(d, random.Float64() < s.rate) {
				count++
			}
		}
	}
	return float64(count) * 1e5 / float64(stretch*streams)
}

// delay returns the median number of items from a jump to the first alarm after
// it, and the share of jumps not found.
func (r *rival) delay(s stream, setting float64, seed uint64, runs int) (items int, missed float64) {
	var delays []int
	for k := range runs {
		random := rand.New(rand.NewPCG(seed, uint64(k)))
		s.luck = luck(k, runs)
		d := r.make(s, setting)
		for range onset {
			r.alarms(d, random.Float64() < s.rate)
		}
		wait := 1
		for wait <= patience && !r.alarms(d, random.Float64() < s.next) {
			wait++
		}
		delays = append(delays, wait)
		missed += one(wait > patience) / float64(runs)
	}
	return median(delays), missed
}

// contest fills a row, but for the false alarms.
func (r *rival) contest(rate, factor, setting float64, seed uint64, runs int) detected {
	d := detected{Detector: r.name, Setting: setting, Rate: rate, Factor: factor}
	d.Delay, d.Missed = r.delay(stream{rate: rate, next: rate * factor}, setting, seed, runs)
	return d
}

func (s *study) measureDetectors() error {
	list, rates := rivals(), errorRates()
	found := make([][]detected, len(list)*len(rates))
	err := parallel(len(found), func(job int) error {
		r, rate, seed := &list[job/len(rates)], rates[job%len(rates)], s.seed*32_452_843+uint64(job)
		alarms := r.false100k(stream{rate: rate, next: rate}, r.setting, seed, s.items/5)
		for _, factor := range errorFactors() {
			d := r.contest(rate, factor, r.setting, seed, s.trials)
			d.FalsePer100k = alarms
			found[job] = append(found[job], d)
		}
		return nil
	})
	for _, d := range found {
		s.result.Detectors = append(s.result.Detectors, d...)
	}
	return errors.Join(err, s.measureDuels())
}
