package sequential

import (
	"errors"
	"math"
)

const (
	esrBets    = 12   // alternatives in the mixture
	esrMinRate = 1e-9 // keeps the stakes finite for a baseline of 0
)

// ESR is the e-SR detector: a mixture of betting e-processes, restarted at every
// item in the manner of Shiryaev and Roberts. It tests the claim that the mean
// of x, given the past, is at most the baseline mu0.
//
// Promise: while the claim holds, the expected number of items to an alarm
// (ARL) is at least the field ARL — for every distribution on [0,1], with no
// assumption of independence or of a family. With both sides watched the promise
// is the same, not halved.
//
// Each of 12 alternatives multiplies the odds of the baseline by some rho. Its
// stake is l = (rho-1)/(1+(rho-1)mu0), and
//
//	R <- (1 + R)(1 + l(x - mu0)),   alarm when the weighted mean of R >= ARL.
//
// The odds 1.3, 1.6 and 2.2 weigh a quarter each, since they are the changes that
// matter and take long to find; 1.05, 1.1 and 1.2 share an eighth, and so do six
// from 2.2 on, evenly in the logarithm, the last being the odds of mu0+0.9(1-mu0).
// Large jumps are found soon whatever their weight.
//
// Since each factor has conditional mean <= 1, mean R - n is a supermartingale;
// optional stopping gives ARL. For 0/1 errors each R is the Shiryaev–Roberts
// procedure with the exact likelihood ratio of the alternative. Sources: Shin,
// Ramdas, Rinaldo, "E-detectors", NEJSDS 2023 (arXiv 2203.03532); Shekhar,
// Ramdas 2023 (arXiv 2309.09111).
//
// The baseline is the mean of the reference plus a margin for its sampling error:
// so many standard errors that references which came out too low take about a
// quarter of the promised false alarms: 1.0 for ARL 100,000 and 5,000 items, more
// for a larger ARL, fewer for a larger reference. The standard error is that of 0/1
// data, the largest possible. With neither Baseline nor BaselineSize the first
// BurnIn items are the reference and the state is Learning. The promise is about
// the bound: one unlucky reference can lie further below the truth than its
// margin and then alarms more often than promised.
//
// Items outside [0,1] are clipped. Feed 0/1 errors, losses divided by a high
// quantile of the reference (its 99.9 %, say, with the Baseline computed after the
// division and clipping), or ranks of regression errors (see Ranks). Positive
// autocorrelation breaks the claim: feed means of batches (50 or more items)
// instead. After an alarm R starts at 0 and the baseline stays: while the model
// is still bad, alarms go on; Reset learns a new baseline.
//
// Memory: 24 stakes and 24 evidences, about 600 bytes, fixed. Warning is said
// from a tenth of the alarm level on (so warnings have an ARL of ARL/10).
type ESR struct {
	ARL          float64 // promised mean items between false alarms; 0 means 100,000; at least 1
	Baseline     float64 // mean of x on the reference, in [0,1]
	BaselineSize int     // reference items behind Baseline; 0 with Baseline > 0 means a known bound (no margin)
	BurnIn       int     // items to learn from without a reference; 0 means 1,000
	Side         Side    // Increase, Decrease or Both

	esrState
}

type esrState struct {
	run
	p        esrParams
	sum      float64 // of the burn-in
	learned  uint64
	up, down bets
	evidence float64
}

type esrParams struct {
	arl, baseline, size, burnIn float64
	side                        Side
}

func (p esrParams) list() []float64 {
	return []float64{p.arl, p.baseline, p.size, p.burnIn, float64(p.side)}
}

func (p esrParams) learns() bool { return p.baseline == 0 && p.size == 0 }

func (d *ESR) params() (esrParams, error) {
	p := esrParams{
		arl: orDefault(d.ARL, 1e5), baseline: d.Baseline, size: float64(d.BaselineSize),
		burnIn: float64(orDefault(d.BurnIn, 1000)), side: d.Side,
	}
	return p, errors.Join(
		within("ESR", "ARL", p.arl, 1, 1e15),
		within("ESR", "Baseline", p.baseline, 0, 1),
		within("ESR", "BaselineSize", p.size, 0, 1e15),
		within("ESR", "BurnIn", p.burnIn, 1, 1e15),
		within("ESR", "Side", float64(p.side), 0, float64(Both)))
}

// Validate reports parameters out of range.
func (d *ESR) Validate() error { _, err := d.params(); return err }

// Add takes an error, loss or rank in [0,1].
func (d *ESR) Add(x float64) Result {
	if !begin(d, x) {
		return d.result()
	}
	x = unit(x)
	if d.p.learns() && d.learned < uint64(d.p.burnIn) {
		return d.learn(x)
	}
	up, down := d.up.add(x), d.down.add(1-x)
	d.evidence = up + down
	if d.p.side == Both {
		d.evidence /= 2
	}
	direction := Up
	if down > up {
		direction = Down
	}
	return d.say(grade(d.evidence >= d.p.arl, d.evidence >= d.p.arl/10, direction))
}

// Evidence returns the current mean of R, at least 0; an alarm is Evidence >=
// ARL. Evidences of several replicas with the same claim may be added: the sum
// reaching A has an ARL of at least A items over all replicas together.
func (d *ESR) Evidence() float64 { return d.evidence }

// Bound returns mu0, the largest mean that counts as no change (for Decrease the
// smallest). ok is false while it is being learned.
func (d *ESR) Bound() (mu0 float64, ok bool) {
	switch {
	case d.up.active:
		return d.up.mu0, true
	case d.down.active:
		return 1 - d.down.mu0, true
	}
	return 0, false
}

// Reset forgets everything, a learned baseline included.
func (d *ESR) Reset() { d.esrState = esrState{} }

func (d *ESR) start() bool {
	if !resolve(&d.p, &d.run, d.params) {
		return false
	}
	if !d.p.learns() {
		d.place(d.p.baseline, d.p.size)
	}
	return true
}

func (d *ESR) restart() {
	d.run = d.run.fresh()
	d.up.r, d.down.r, d.evidence = [esrBets]float64{}, [esrBets]float64{}, 0
}

func (d *ESR) learn(x float64) Result {
	d.sum += x
	d.learned++
	if float64(d.learned) >= d.p.burnIn {
		d.place(d.sum/float64(d.learned), float64(d.learned))
	}
	return d.say(Learning, Unknown)
}

// place sets the stakes for a baseline mean of the given sample size.
func (d *ESR) place(mean, size float64) {
	high, low := mean, 1-mean
	if size > 0 {
		arl := d.p.arl
		if d.p.side == Both {
			arl *= 2 // two sides, each half as often
		}
		c := margin(size, arl)
		high, low = upperLimit(high, size, c), upperLimit(low, size, c)
	}
	if d.p.side != Decrease {
		d.up = newBets(high)
	}
	if d.p.side != Increase {
		d.down = newBets(low)
	}
}

// bets is the mixture for one side.
type bets struct {
	mu0    float64
	active bool
	stake  [esrBets]float64
	r      [esrBets]float64
}

// newBets returns inactive bets for a claim that [0,1] cannot contradict.
func newBets(mu0 float64) bets {
	if mu0 >= 1 {
		return bets{}
	}
	b := bets{mu0: max(mu0, esrMinRate), active: true}
	for k, odds := range alternatives(b.mu0) {
		b.stake[k] = (odds - 1) / (1 + (odds-1)*b.mu0)
	}
	return b
}

// alternatives are the factors of the odds of mu0 that are bet on: three small,
// three likely and six large ones.
func alternatives(mu0 float64) [esrBets]float64 {
	odds := [esrBets]float64{1.05, 1.1, 1.2, 1.3, 1.6, 2.2}
	last := odds[5]
	step := math.Pow((10+9*(1-mu0)/mu0)/last, 1.0/6)
	for k := 6; k < esrBets; k++ {
		last *= step
		odds[k] = last
	}
	return odds
}

// add returns the mean evidence after x; inactive bets have none.
func (b *bets) add(x float64) float64 {
	if !b.active {
		return 0
	}
	gain := x - b.mu0
	for k := range b.r {
		b.r[k] = (1 + b.r[k]) * (1 + b.stake[k]*gain)
	}
	small := b.r[0] + b.r[1] + b.r[2]
	likely := b.r[3] + b.r[4] + b.r[5]
	large := b.r[6] + b.r[7] + b.r[8] + b.r[9] + b.r[10] + b.r[11]
	return small/24 + likely/4 + large/48
}

func (d *ESR) book() (kind, []float64) { return kindESR, d.p.list() }

func (d *ESR) encode(e *encoder) {
	e.uints(d.learned)
	e.floats(d.sum, d.evidence)
	e.floats(d.up.r[:]...)
	e.floats(d.down.r[:]...)
}

func (d *ESR) decode(in *decoder) {
	d.learned = in.count(uint64(d.p.burnIn))
	d.sum = in.Within(0, float64(d.learned))
	if d.p.learns() && float64(d.learned) == d.p.burnIn {
		d.place(d.sum/d.p.burnIn, d.p.burnIn)
	}
	d.evidence = in.Within(0, largest)
	for k := range d.up.r {
		d.up.r[k] = in.Within(0, largest)
	}
	for k := range d.down.r {
		d.down.r[k] = in.Within(0, largest)
	}
}

// MarshalBinary returns the state.
func (d *ESR) MarshalBinary() ([]byte, error) { return appendState(d, nil) }

// AppendBinary appends the state to b.
func (d *ESR) AppendBinary(b []byte) ([]byte, error) { return appendState(d, b) }

// UnmarshalBinary restores a state saved under the receiver's parameters.
func (d *ESR) UnmarshalBinary(b []byte) error { return restoreState(d, b) }
