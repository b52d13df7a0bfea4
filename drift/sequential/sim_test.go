package sequential

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// bernoulli returns a source of 0/1 errors with the given rate.
func bernoulli(r *rand.Rand, rate float64) func() float64 {
	return func() float64 {
		if r.Float64() < rate {
			return 1
		}
		return 0
	}
}

// setup makes a detector for a stream with error rate p0, drawing its own
// reference where it needs one.
type setup func(r *rand.Rand, p0 float64) Detector

func esrWith(arl float64, size int, side Side) setup {
	return func(r *rand.Rand, p0 float64) Detector {
		draw, errors := bernoulli(r, p0), 0.0
		for range size {
			errors += draw()
		}
		return &ESR{ARL: arl, Baseline: errors / float64(size), BaselineSize: size, Side: side}
	}
}

// alarms counts the alarms on streams without a change.
func alarms(seed uint64, p0 float64, items, runs int, build setup) (count int) {
	for k := range runs {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		d, draw := build(r, p0), bernoulli(r, p0)
		for range items {
			if d.Add(draw()).State == Change {
				count++
			}
		}
	}
	return count
}

// medianDelay is the median number of items from a jump of the error rate, after
// 5,000 items, to the first alarm upwards; 20,000 stands for a miss.
func medianDelay(seed uint64, p0, p1 float64, runs int, build setup) float64 {
	delays := []float64{}
	for k := range runs {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		d, before, after := build(r, p0), bernoulli(r, p0), bernoulli(r, p1)
		for range 5000 {
			d.Add(before())
		}
		n := 1
		for ; n < 20_000; n++ {
			if q := d.Add(after()); q.State == Change && q.Direction == Up {
				break
			}
		}
		delays = append(delays, float64(n))
	}
	slices.Sort(delays)
	return delays[len(delays)/2]
}

// TestESRFalseAlarms is the promise in use, with references of 5,000 rows and
// with a burn-in: at most 100,000/ARL false alarms per 100,000 items.
func TestESRFalseAlarms(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	const items, runs, arl = 50_000, 12, 1e4
	setups := map[string]setup{
		"reference":            esrWith(arl, 5000, Increase),
		"reference both sides": esrWith(arl, 5000, Both),
		"burn-in":              func(*rand.Rand, float64) Detector { return &ESR{ARL: arl} },
	}
	for name, build := range setups {
		for _, p0 := range []float64{0.02, 0.1, 0.3} {
			t.Run(fmt.Sprint(name, " p0=", p0), func(t *testing.T) {
				count := 0
				for seed := range uint64(3) {
					count += alarms(seed, p0, items, runs, build)
				}
				promised := 3 * runs * items / arl
				t.Logf("%.2f per 100,000 items, promised %.2f", float64(count)/(3*runs*items)*1e5, 1e5/arl)
				if limit := promised + 3*math.Sqrt(promised); float64(count) > limit {
					t.Errorf("%d false alarms, promised %.0f", count, promised)
				}
			})
		}
	}
}

// TestESRRunLength checks the theorem itself: with a true bound the mean time to
// the first alarm is at least ARL, also for streams that are neither independent
// nor 0/1, as long as the mean given the past is at the bound.
func TestESRRunLength(t *testing.T) {
	const arl, mu0, runs = 300.0, 0.2, 1500
	streams := map[string]func(r *rand.Rand) func() float64{
		"errors": func(r *rand.Rand) func() float64 { return bernoulli(r, mu0) },
		"losses": func(r *rand.Rand) func() float64 { return func() float64 { return 2 * mu0 * r.Float64() } },
		"spread depends on the past": func(r *rand.Rand) func() float64 {
			last := 0.0
			return func() float64 {
				width := mu0
				if last > mu0 {
					width = 0.01
				}
				last = mu0 + width*float64(2*r.IntN(2)-1)
				return last
			}
		},
	}
	for name, stream := range streams {
		t.Run(name, func(t *testing.T) {
			total, squares := 0.0, 0.0
			for k := range runs {
				draw := stream(rand.New(rand.NewPCG(5, uint64(k))))
				d, n := &ESR{ARL: arl, Baseline: mu0}, 1.0
				for d.Add(draw()).State != Change {
					n++
				}
				total += n
				squares += n * n
			}
			mean := total / runs
			se := math.Sqrt((squares/runs - mean*mean) / runs)
			t.Logf("mean run length %.0f ± %.0f, promised %.0f", mean, se, arl)
			if mean+3*se < arl {
				t.Errorf("mean run length %.0f ± %.0f, promised at least %.0f", mean, se, arl)
			}
		})
	}
}

// TestESRSumOverReplicas: the sum of the evidences keeps the promise, counted in
// items of all replicas.
func TestESRSumOverReplicas(t *testing.T) {
	const level, mu0, replicas, runs = 300.0, 0.2, 4, 1500
	r, total := rand.New(rand.NewPCG(6, 6)), 0.0
	draw := bernoulli(r, mu0)
	for range runs {
		group, sum := [replicas]ESR{}, 0.0
		for i := range group {
			group[i] = ESR{Baseline: mu0, ARL: 1e12}
		}
		for sum < level {
			d := &group[r.IntN(replicas)]
			before := d.Evidence()
			d.Add(draw())
			sum += d.Evidence() - before
			total++
		}
	}
	mean := total / runs
	t.Logf("mean run length of the sum %.0f items, promised at least %v", mean, level)
	if mean < 0.97*level {
		t.Errorf("mean run length of the sum %.0f items, promised at least %v", mean, level)
	}
}

// jumps are the error rates and factors at which delays are compared.
var jumps = []struct{ p0, factor float64 }{{0.02, 1.5}, {0.02, 2}, {0.1, 1.5}, {0.1, 2}, {0.3, 1.5}, {0.3, 2}}

// gains is the ratio of the median delays other/esr, at each jump.
func gains(t *testing.T, esr, other func(p0 float64) setup) []float64 {
	t.Helper()
	ratios := []float64{}
	for _, j := range jumps {
		ours, theirs := 0.0, 0.0
		for seed := range uint64(3) {
			ours += medianDelay(100+seed, j.p0, j.p0*j.factor, 25, esr(j.p0))
			theirs += medianDelay(100+seed, j.p0, j.p0*j.factor, 25, other(j.p0))
		}
		t.Logf("p0=%v x%v: e-SR %.0f items, other %.0f: %.2f times", j.p0, j.factor, ours/3, theirs/3, theirs/ours)
		ratios = append(ratios, theirs/ours)
	}
	return ratios
}

func geometricMean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(v)))
}

// TestESRFasterThanDDM compares at about equal false alarms: DDM with its
// defaults makes 3.5, 0.8 and 0.4 per 100,000 items at error rates 0.02, 0.1 and
// 0.3; e-SR is given the ARL that makes no more.
func TestESRFasterThanDDM(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	ours := func(p0 float64) setup {
		arl := map[float64]float64{0.02: 3e4, 0.1: 1e5, 0.3: 4e5}[p0]
		return esrWith(arl, 5000, Increase)
	}
	ddm := func(float64) setup { return func(*rand.Rand, float64) Detector { return &DDM{} } }
	for _, p0 := range []float64{0.02, 0.1, 0.3} {
		us, them := alarms(8, p0, 100_000, 15, ours(p0)), alarms(8, p0, 100_000, 15, ddm(p0))
		t.Logf("p0=%v: false alarms in 1.5 million items: e-SR %d, DDM %d", p0, us, them)
		if float64(us-them) > 3*math.Sqrt(float64(us+them)) {
			t.Errorf("p0=%v: e-SR makes more false alarms than DDM, %d against %d", p0, us, them)
		}
	}
	if worst := slices.Min(gains(t, ours, ddm)); worst < 1.5 {
		t.Errorf("only %.2f times as fast as DDM, want 1.5", worst)
	}
}

// TestESRAgainstADWIN compares with ADWIN as it is run (its default makes 0 to
// 0.1 false alarms per 100,000 items, e-SR's default at most 1), and with an
// ADWIN whose Delta was tuned for 0.6 per 100,000 at each error rate, which a
// user cannot do beforehand: there the two are about equally fast, and what e-SR
// has is that its rate is known in advance.
func TestESRAgainstADWIN(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	ours := func(float64) setup { return esrWith(1e5, 5000, Increase) }
	adwin := func(delta func(p0 float64) float64) func(float64) setup {
		return func(p0 float64) setup {
			return func(*rand.Rand, float64) Detector { return &ADWIN{Delta: delta(p0)} }
		}
	}
	g := gains(t, ours, adwin(func(float64) float64 { return 0.002 }))
	if slices.Min(g) < 1.2 || geometricMean(g) < 1.5 {
		t.Errorf("against the default ADWIN: gains %.2f, want at least 1.2 each and 1.5 in the geometric mean", g)
	}
	tuned := func(p0 float64) float64 { return map[float64]float64{0.02: 0.08, 0.1: 0.03, 0.3: 0.03}[p0] }
	if g := gains(t, ours, adwin(tuned)); slices.Min(g) < 0.7 || geometricMean(g) < 1 {
		t.Errorf("against a tuned ADWIN: gains %.2f, want at least 0.7 each and 1 in the geometric mean", g)
	}
}
