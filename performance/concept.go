package performance

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/drift/sequential"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Concept watches labelled rows one after the other for errors that have become
// more frequent (binary, multiclass) or larger (regression, by the rank of
// |score−truth| among those of the reference): a step is found within rows, not
// panes. It is a follower of a monitor and reports "concept.error" at the end of
// each pane. Its zero value is ready; use a pointer, one for each monitor.
//
// The statistic is that of [sequential.ESR], a mixture R of bets against the claim
// that the mean error, given the past, is at most μ0: R_t − t is a supermartingale,
// so that R reaches A after at least A rows on average, whatever the errors depend
// on. With k rows a pane (on average so far) a level of A = k/α is reached by
// chance at most once in 1/α panes. So
//
//	P = min(1, k/R)
//
// is at most α no more than once in 1/α panes, which is what a pane may spend. R is
// the smaller of those at the ends of this pane and of the one before, as one wild
// pane, which many worlds have now and then, is no change; with AtOnce it is the
// largest since the last pane.
//
// μ0 is the error of the reference, and as much more as its time blocks show to be
// natural: what a block exceeds once in a thousand. What is worse by less is left to
// windows of many panes. Without time blocks there is no P.
//
// Rows are taken in the order in which their labels come, which must not depend on
// what they say: a batch of labels sorted by outcome is a stretch of right answers and
// one of wrong ones, and reads as a change. Shuffle such a batch before it is told.
//
// It is state of this process, about 1 KB: replicas see a part of the rows each, and
// their evidences may be added ([sequential.ESR.Evidence]). MarshalBinary saves it.
// Not safe for concurrent use.
type Concept struct {
	// Both takes errors that became rarer as news too.
	Both bool
	// AtOnce takes the evidence of a single pane as enough.
	AtOnce bool

	reference string // that the state belongs to
	bound     bool   // the fields below were made for a reference of this process
	known     bool   // natural variability is
	ranks     *sketch.Quantiles
	esr       sequential.ESR
	peak      float64 // of the evidence since the last pane
	certain   bool    // the evidence began anew since the last pane
	last      float64 // evidence at the end of the last pane
	errors    profile.Sum
	rows      uint64 // in panes that have ended
	panes     uint64
}

// evidenceLimit is more than the detector ever gets to, see limit.
const evidenceLimit = 1e15

// Follow takes labelled rows in the order in which their labels came.
func (k *Concept) Follow(r *profile.Reference, rows []profile.Joined) {
	if r == nil {
		return
	}
	if k.reference != r.ID() || !k.bound {
		k.bind(r)
	}
	task := r.Schema().Target().Task
	for i := range rows {
		x := rows[i].Wrong
		if !rows[i].Known || x-x != 0 {
			continue
		}
		if task == profile.RegressionTask {
			rank, ok := k.rank(x)
			if !ok {
				continue
			}
			x = rank
		}
		k.errors.Add(x)
		k.esr.Add(x)
		k.peak = max(k.peak, k.esr.Evidence())
		if k.esr.Evidence() >= k.limit() {
			k.certain = true
			k.esr.Reset()
		}
	}
}

// limit is where the evidence begins anew: that of P = 1e-7, which no budget asks
// for. What is beyond would take as long to decline as it took to grow, long after
// the errors are back to what they were.
func (k *Concept) limit() float64 {
	pane := float64(k.errors.N)
	if k.panes > 0 {
		pane = max(pane, float64(k.rows)/float64(k.panes))
	}
	return 1e7 * max(pane, 1)
}

// rank is the share of the reference's errors below one, ties half.
func (k *Concept) rank(x float64) (float64, bool) {
	if k.ranks == nil {
		return 0, false
	}
	upto, ok := k.ranks.CDF(x)
	below, _ := k.ranks.CDF(math.Nextafter(x, math.Inf(-1)))
	return (upto + below) / 2, ok
}

// bind makes a detector for a reference; of the one that the state was saved under
// it goes on.
func (k *Concept) bind(r *profile.Reference) {
	detector, known, ranks := k.detector(r)
	if k.reference != r.ID() || detector.Baseline != k.esr.Baseline || detector.BaselineSize != k.esr.BaselineSize || detector.Side != k.esr.Side {
		*k = Concept{Both: k.Both, AtOnce: k.AtOnce, reference: r.ID(), esr: detector}
	}
	k.bound, k.known, k.ranks = true, known, ranks
}

// detector returns a fresh one for a reference, and what goes with it.
func (k *Concept) detector(r *profile.Reference) (d sequential.ESR, known bool, ranks *sketch.Quantiles) {
	d = sequential.ESR{ARL: evidenceLimit}
	if k.Both {
		d.Side = sequential.Both
	}
	o := r.Profile().Outcomes
	if o == nil {
		return d, false, nil
	}
	rate := errorRate(o)
	if !rate.Defined() {
		return d, false, nil
	}
	margin, known := naturalMargin(r, rate)
	base, spread := rate.Value, rate.SE*math.Sqrt(rate.N)
	if r.Schema().Target().Task == profile.RegressionTask {
		base, spread, ranks = .5, 1/math.Sqrt(12), o.AbsoluteError // ranks are uniform
	}
	d.Baseline, d.BaselineSize = min(.99, base+margin*spread), int(min(rate.N, 1e15))
	return d, known, ranks
}

// naturalMargin is how much more errors may become without being news, in standard
// deviations of one row: what the mean of a time block exceeds once in a thousand,
// by τ between blocks and Student's law with as many degrees of freedom as there are
// independent blocks,
//
//	n = NB·τ²₁/(s·τ²_s), s an eighth of the NB blocks
//
// fewer where the wobble lasts. False where the reference has no labelled blocks.
func naturalMargin(r *profile.Reference, rate Figure) (margin float64, known bool) {
	spread := rate.SE * math.Sqrt(rate.N)
	if !(spread > 0) {
		return 0, false
	}
	vary := func(scale int) profile.Variation {
		return r.Variation("concept.error", scale, func(p *profile.Profile) (float64, uint64) {
			if p.Outcomes == nil {
				return 0, 0
			}
			f := errorRate(p.Outcomes)
			if !f.Defined() {
				return 0, 0
			}
			return (f.Value - rate.Value) / spread, uint64(f.N)
		})
	}
	one := vary(1)
	if !one.Known() {
		return 0, false
	}
	blocks := float64(one.Blocks)
	free := blocks
	if scale := one.Blocks / 8; scale > 1 {
		if wide := vary(scale); wide.Known() && wide.Tau2 > 0 {
			free = min(blocks, max(3, blocks*one.Tau2/(float64(scale)*wide.Tau2)))
		}
	}
	return studentUpper(.001, max(2, free-1)) * math.Sqrt(one.Tau2*(1+1/free)), true
}

// errorRate is the share of wrong decisions, or the mean absolute error.
func errorRate(o *profile.Outcomes) Figure {
	if s, ok := OutcomeScores(o); ok {
		c := s.Confusion()
		return proportion(c.FP+c.FN, c.Total(), "no labelled rows")
	}
	return averageOf(o.Loss, 0, anywhere)
}

// Signals returns the signal of the pane that ends.
func (k *Concept) Signals() []report.Signal {
	s := report.Signal{
		Name: "concept.error", Unit: report.UnitOf("concept.error"), Evidence: report.Performance,
		Subject: report.Subject{Kind: report.KindMetric, Name: "error"}, Current: k.errors.N,
	}
	rows, now := k.errors, k.esr.Evidence()
	if k.certain {
		now = k.peak // it began anew since
	}
	seen := min(now, k.last)
	if k.AtOnce {
		seen = k.peak
	}
	k.panes++
	k.rows += rows.N
	k.errors, k.certain, k.peak, k.last = profile.Sum{}, false, k.esr.Evidence(), now
	mean, ok := rows.Mean()
	if !ok {
		s.Undefined = true
		s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: "no label came in this pane"}}
		return []report.Signal{s}
	}
	s.Value = math.Log10(max(1, seen))
	s.Reference = uint64(max(0, k.esr.BaselineSize))
	pane := float64(k.rows) / float64(k.panes)
	if !k.known {
		s.Warnings = []report.Warning{noBlocks}
		return []report.Signal{s}
	}
	s.P, s.HasP = min(1, pane/max(seen, 1)), true
	s.Critical = report.CriticalValues(func(alpha float64) float64 { return math.Log10(max(1, pane/alpha)) })
	if base := k.esr.Baseline; base > 0 {
		s.Effect.Size = mean/base - 1
	}
	if s.P < tellingP {
		s.Effect.Component, s.Effect.Words = "error", fmt.Sprintf("errors %.2g → %.2g", k.esr.Baseline, mean)
		if k.ranks != nil {
			s.Effect.Words = fmt.Sprintf("errors larger than %.0f %% of the reference's, on average", 100*mean)
		}
	}
	return []report.Signal{s}
}
