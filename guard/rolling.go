package guard

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// rolling counts which of the last labels were covered, and judges coverage once
// for every full window of them.
type rolling struct {
	level      float64
	calibrated int // rows, of the smallest stratum
	covered    []bool
	next, n, k int // of the last len(covered) labels, n are known and k covered
	blockN     int // of the labels since the last judgement
	blockK     int

	labels, hits uint64
	judged       uint64  // windows
	low, high    float64 // tail probabilities of the last window: of so few, and so many
	lowest       float64 // of low, since it was asked for; 1: nothing new
	fresh        bool
	asked        uint64 // windows when it was
}

func newRolling(c *Conformal) rolling {
	return rolling{level: c.cover.Level, calibrated: c.least, covered: make([]bool, c.cover.Window), low: 1, high: 1, lowest: 1}
}

func (r *rolling) add(covered bool) {
	r.labels++
	if r.n < len(r.covered) {
		r.n++
	} else if r.covered[r.next] {
		r.k--
	}
	r.covered[r.next] = covered
	if covered {
		r.k++
		r.hits++
		r.blockK++
	}
	r.next = (r.next + 1) % len(r.covered)
	if r.blockN++; r.blockN == len(r.covered) {
		r.judge()
	}
}

// judge ends a window: it is compared once with what calibration promises, so
// that looking at it often does not make an alarm of chance.
func (r *rolling) judge() {
	r.low, r.high = coverageTails(r.blockK, r.blockN, r.calibrated, r.level)
	r.lowest = min(r.lowest, r.low)
	r.blockN, r.blockK, r.fresh = 0, 0, true
	r.judged++
}

// interval returns the rolling coverage with its 95 % interval (Wilson), and
// false before the first label.
func (r *rolling) interval() (share float64, ci stat.Interval, ok bool) {
	ci, err := stat.Wilson(int64(r.k), int64(r.n), .95)
	if err != nil {
		return 0, stat.Interval{}, false
	}
	return float64(r.k) / float64(r.n), ci, true
}

// coverageTails returns the probabilities that of m exchangeable labels k or
// fewer, and k or more, are covered by sets calibrated at a level with n rows:
// coverage is Beta(n+1−l, l) with l = ⌊(n+1)(1−level)⌋ over calibrations, so the
// count is beta-binomial. Unlike a binomial test it allows for the luck of the
// calibration rows. Source: Vovk 2012; Angelopoulos and Bates 2023, section 3.2.
// Ties among nonconformities make the second tail too small.
func coverageTails(k, m, n int, level float64) (atMost, atLeast float64) {
	l := math.Floor(float64(n+1)*(1-level) + 1e-9)
	a, b := float64(n+1)-l, l
	// The log of P(j), from one j to the next by the ratio of two terms.
	p := logBeta(a, float64(m)+b) - logBeta(a, b)
	for j := 0; j <= m; j++ {
		if j <= k {
			atMost += math.Exp(p)
		}
		if j >= k {
			atLeast += math.Exp(p)
		}
		x := float64(j)
		p += math.Log(float64(m-j) / (x + 1) * (x + a) / (float64(m-j) - 1 + b))
	}
	return min(1, atMost), min(1, atLeast)
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}
