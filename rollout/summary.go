package rollout

import (
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Summary is what a comparison has found: plain data, nothing in it NaN or
// infinite. Differences are candidate - base.
type Summary struct {
	Base      string `json:"base"`
	Candidate string `json:"candidate"`
	// Pairs were answered by both or failed; Failed counts the failures and
	// answers that are none, of base and candidate.
	Pairs  uint64    `json:"pairs"`
	Failed [2]uint64 `json:"failed"`
	// Agreed pairs led to the same decision, class, or numbers within tolerance.
	// Of the others, Up had the higher score with the candidate, Down the lower;
	// FlipE is McNemar's e-value that these are not as many.
	Agreed    uint64   `json:"agreed"`
	Up        uint64   `json:"up"`
	Down      uint64   `json:"down"`
	Agreement Interval `json:"agreement"` // 95 %, Wilson
	FlipE     float64  `json:"flip_e"`
	// Score is the mean difference of the scores; Shifts counts differences at
	// most -8, -4, -2, -1, 1, 2, 4 and 8 tolerances, and beyond.
	Score  Estimate `json:"score"`
	Shifts []uint64 `json:"shifts"`
	// Latency is the mean difference in seconds, LatencyMean are the means of base
	// and candidate where both were measured. LatencyP50 and LatencyP99 are
	// quantiles of base and candidate, at most 19 % too large.
	Latency     Estimate         `json:"latency"`
	LatencyMean [2]float64       `json:"latency_mean"`
	LatencyP50  [2]time.Duration `json:"latency_p50"`
	LatencyP99  [2]time.Duration `json:"latency_p99"`
	Loss        LossSummary      `json:"loss"`
	Segments    []LossSummary    `json:"segments,omitempty"`
	// Waiting pairs have no label yet.
	Waiting uint64 `json:"waiting"`
}

// LossSummary compares the loss in all labelled pairs, or in those of a segment.
type LossSummary struct {
	Segment    string   `json:"segment,omitempty"`
	Base       float64  `json:"base_value"`
	Candidate  float64  `json:"candidate_value"`
	Difference Estimate `json:"difference"`
	// Once bounds the difference with 95 % confidence at one look alone: for a
	// frozen set that is looked at once. It is narrower than Difference.
	Once Interval `json:"once"`
	// In Wins pairs the candidate lost less, in Fails more; WinE is McNemar's
	// e-value that these are not as many.
	Wins  uint64  `json:"wins"`
	Fails uint64  `json:"fails"`
	WinE  float64 `json:"win_e"`
	// EWorse and EFine are e-values that the candidate's loss is larger, and that
	// it is larger by less than the margin. Reject at 20 for level .05; they stay
	// valid however often they are looked at.
	EWorse float64 `json:"e_worse"`
	EFine  float64 `json:"e_fine"`

	// Graded losses are not all 0 or 1.
	Graded bool `json:"graded,omitempty"`
}

// Estimate is a mean with bounds that hold with 95 % confidence over all looks
// together, where Bounded: from a hundred values on.
type Estimate struct {
	N       uint64  `json:"n"`
	Mean    float64 `json:"mean"`
	SE      float64 `json:"se"` // standard error of the mean
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Bounded bool    `json:"bounded"`
}

// Interval is [Low, High].
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

func estimate(m stat.Moments) Estimate {
	e := Estimate{N: uint64(m.N), Mean: m.Mean}
	if m.N >= 2 {
		e.SE = math.Sqrt(m.Variance() / m.N)
	}
	if m.N >= minPerArm {
		r := stat.SequenceRadius(e.SE, m.N, targetN, .025)
		e.Low, e.High, e.Bounded = m.Mean-r, m.Mean+r, true
	}
	return e
}

// Summary returns what has been found so far.
func (c *Comparison) Summary() Summary {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Summary{
		Base: c.plan.Base, Candidate: c.plan.Candidate, Pairs: c.state.Pairs, Failed: c.state.Failed,
		Agreed: c.state.Agreed, Up: c.state.Up, Down: c.state.Down, FlipE: exp(stat.McNemar(c.state.Up, c.state.Down)),
		Score: estimate(c.state.Score), Shifts: append([]uint64(nil), c.state.Shifts[:]...),
		Latency: estimate(c.state.Slower), LatencyMean: [2]float64{c.state.Timed[Base].Mean, c.state.Timed[Candidate].Mean}, Loss: c.state.All.summary(""),
	}
	if n := c.state.Agreed + c.state.Up + c.state.Down; n > 0 {
		if ci, err := stat.Wilson(int64(c.state.Agreed), int64(n), .95); err == nil {
			s.Agreement = Interval{ci.Lower, ci.Upper}
		}
	}
	for i := range c.state.Latency {
		s.LatencyP50[i], s.LatencyP99[i] = c.state.Latency[i].quantile(.5), c.state.Latency[i].quantile(.99)
	}
	for i := range c.state.Segments {
		s.Segments = append(s.Segments, c.state.Segments[i].summary(c.plan.Segments[i]))
	}
	for _, e := range c.waiting.entries {
		if !e.value.done {
			s.Waiting++
		}
	}
	return s
}

func (l *losses) summary(segment string) LossSummary {
	s := LossSummary{
		Segment: segment, Base: l.Loss[Base].Mean, Candidate: l.Loss[Candidate].Mean, Difference: estimate(l.Difference),
		Wins: l.Wins, Fails: l.Fails, WinE: exp(stat.McNemar(l.Wins, l.Fails)),
		EWorse: exp(l.Worse.Log()), EFine: exp(l.Fine.Log()), Graded: l.Graded,
	}
	s.Once = s.once(.95)
	return s
}

// once is an interval for one look: for losses of 0 and 1 that of Agresti and
// Min, else Student's.
func (s *LossSummary) once(level float64) Interval {
	d := s.Difference
	if d.N < 2 {
		return Interval{-1, 1}
	}
	if !s.Graded {
		ci, err := stat.PairedDifference(s.Fails, s.Wins, d.N, level)
		if err != nil {
			return Interval{-1, 1}
		}
		return Interval{ci.Lower, ci.Upper}
	}
	z := stat.NormalUpperQuantile((1 - level) / 2)
	z += (z*z*z + z) / (4 * float64(d.N-1)) // Student's, to the first order in 1/n
	return Interval{max(-1, d.Mean-z*d.SE), min(1, d.Mean+z*d.SE)}
}

// latencies counts durations in cells a factor of 2^¼ wide, from 1 µs to 4 min.
type latencies struct {
	Counts [4 * 28]uint64
	N      uint64
}

func (l *latencies) add(d time.Duration) {
	l.N++
	l.Counts[latencyCell(d)]++
}

func latencyCell(d time.Duration) int {
	us := float64(d) / float64(time.Microsecond)
	if us < 1 {
		return 0
	}
	return min(int(4*math.Log2(us)), len(latencies{}.Counts)-1)
}

// quantile returns the upper edge of the cell that holds it.
func (l *latencies) quantile(q float64) time.Duration {
	if l.N == 0 {
		return 0
	}
	rank, seen := uint64(math.Ceil(q*float64(l.N))), uint64(0)
	for i, n := range l.Counts {
		if seen += n; seen >= rank {
			return time.Duration(math.Exp2(float64(i+1)/4) * float64(time.Microsecond))
		}
	}
	return 0
}
