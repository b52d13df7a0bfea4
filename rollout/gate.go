package rollout

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Gate says what a challenger has to show before it may take the champion's
// place. The zero value is a gate most services can start with.
type Gate struct {
	// Margin is how much larger the challenger's mean loss may be. 0 means .01.
	Margin float64
	// MinRows of the frozen set need a label. 0 means 500.
	MinRows uint64
	// Alpha is the probability that a challenger which is worse by the margin
	// passes the frozen set. 0 means .05.
	Alpha float64
	// SegmentMargin: no segment of at least MinSegmentRows labelled rows may lose
	// more than this, as measured, or anything at all that is beyond chance (at
	// Alpha over all segments). 0 means .02 and 50 rows.
	SegmentMargin  float64
	MinSegmentRows uint64
	// Slower is how much longer the challenger may take on average, as a share.
	// 0 means .2, negative that it does not matter.
	Slower float64
	// MaxFailures is the share of requests that the challenger may fail beyond
	// what the champion fails. 0 means .001.
	MaxFailures float64
	// MinPairs is how many live pairs there must be. 0 means that live data is
	// judged where it is given, and not missed where it is not.
	MinPairs uint64
	// MinLabels is how many live pairs need their label. With enough of them the
	// live loss must be within the margin too; with fewer it must only not be
	// proven larger. 0 means 0.
	MinLabels uint64
	// MinAgreement is the share of live pairs that must lead to the same action.
	// 0 means that it does not matter.
	MinAgreement float64
}

// GateReport is what a gate has found: plain data for a pipeline (Pass), and with
// [GateReport.String] a page that a person can sign.
type GateReport struct {
	Pass       bool      `json:"pass"`
	Champion   string    `json:"champion"`
	Challenger string    `json:"challenger"`
	At         time.Time `json:"at"`
	Checks     []Check   `json:"checks"`
	Frozen     *Summary  `json:"frozen,omitempty"`
	Live       *Summary  `json:"live,omitempty"`
}

// Check is one criterion.
type Check struct {
	Name string `json:"name"` // "frozen.loss"
	Pass bool   `json:"pass"`
	Text string `json:"text"` // what was found and what was wanted
}

// ErrGate is wrapped by errors of [Gate.Judge].
var ErrGate = errors.New("rollout: gate")

// Judge holds the challenger (the candidate of the summaries) against the gate.
// The frozen set, from [CompareOn], is needed; live, from a shadow's Summary, may
// be nil. The frozen set is taken to be looked at once: a challenger tuned until
// it passes has seen it more often. Live bounds hold however often they are
// looked at. A gate that cannot be passed, and summaries of different versions,
// are errors.
func (g Gate) Judge(at time.Time, frozen, live *Summary) (GateReport, error) {
	g, err := g.resolve()
	if err != nil {
		return GateReport{}, err
	}
	if frozen == nil {
		return GateReport{}, fmt.Errorf("%w: there is no frozen set; compare on one with CompareOn", ErrGate)
	}
	if live != nil && (live.Base != frozen.Base || live.Candidate != frozen.Candidate) {
		return GateReport{}, fmt.Errorf("%w: the frozen set compares %q with %q, the live data %q with %q",
			ErrGate, frozen.Candidate, frozen.Base, live.Candidate, live.Base)
	}
	r := GateReport{Champion: frozen.Base, Challenger: frozen.Candidate, At: at, Frozen: frozen, Live: live}
	r.Checks = append(g.frozen(frozen), g.shared("frozen", frozen)...)
	if live != nil || g.MinPairs > 0 || g.MinLabels > 0 {
		if live == nil {
			live = &Summary{}
		}
		r.Checks = append(r.Checks, g.live(live)...)
	}
	r.Pass = true
	for _, c := range r.Checks {
		r.Pass = r.Pass && c.Pass
	}
	return r, nil
}

func (g Gate) resolve() (Gate, error) {
	g.Margin, g.MinRows, g.Alpha = orDefault(g.Margin, .01), orDefault(g.MinRows, 500), orDefault(g.Alpha, .05)
	g.SegmentMargin, g.MinSegmentRows = orDefault(g.SegmentMargin, .02), orDefault(g.MinSegmentRows, 50)
	g.Slower, g.MaxFailures = orDefault(g.Slower, .2), orDefault(g.MaxFailures, .001)
	ok := g.Margin > 0 && g.Margin < 1 && g.SegmentMargin > 0 && g.SegmentMargin < 1 && g.Alpha > 0 && g.Alpha < .5 &&
		finite(g.Slower) && g.MaxFailures >= 0 && g.MaxFailures <= 1 && g.MinAgreement >= 0 && g.MinAgreement < 1
	if !ok {
		return g, fmt.Errorf("%w: %+v; margins lie in (0, 1), Alpha in (0, .5), MaxFailures in [0, 1], MinAgreement in [0, 1)", ErrGate, g)
	}
	return g, nil
}

// check makes a criterion of what was found.
func check(name string, pass bool, format string, args ...any) Check {
	return Check{name, pass, fmt.Sprintf(format, args...)}
}

func (g *Gate) frozen(s *Summary) []Check {
	d := s.Loss.Difference
	upper := s.Loss.once(1 - 2*g.Alpha).High // one-sided
	checks := []Check{
		check("frozen.rows", d.N >= g.MinRows, "%d labelled rows, at least %d wanted", d.N, g.MinRows),
		check("frozen.loss", d.N > 1 && upper < g.Margin, "mean loss %.4f against %.4f, difference %+.4f, with %.3g %% confidence below %+.4f; below %+.4f wanted",
			s.Loss.Candidate, s.Loss.Base, d.Mean, 100*(1-g.Alpha), upper, g.Margin),
	}
	return append(checks, g.segments("frozen", s, func(l *LossSummary, level float64) float64 { return l.once(level).Low })...)
}

// segments checks that nobody is harmed; low bounds the difference from below.
func (g *Gate) segments(where string, s *Summary, low func(*LossSummary, float64) float64) (checks []Check) {
	large := 0
	for _, l := range s.Segments {
		if l.Difference.N >= g.MinSegmentRows {
			large++
		}
	}
	for i := range s.Segments {
		l := &s.Segments[i]
		if l.Difference.N < g.MinSegmentRows {
			continue
		}
		bound := low(l, 1-2*g.Alpha/float64(large))
		checks = append(checks, check(where+".segment "+l.Segment, l.Difference.Mean <= g.SegmentMargin && bound <= 0,
			"mean loss %.4f against %.4f in %d rows, difference %+.4f, surely above %+.4f; at most %+.4f and no sure harm wanted",
			l.Candidate, l.Base, l.Difference.N, l.Difference.Mean, bound, g.SegmentMargin))
	}
	return checks
}

// shared are the criteria of both kinds of data.
func (g *Gate) shared(where string, s *Summary) []Check {
	n := float64(max(1, s.Pairs))
	base, challenger := float64(s.Failed[Base])/n, float64(s.Failed[Candidate])/n
	checks := []Check{check(where+".failures", s.Pairs > 0 && challenger <= base+g.MaxFailures,
		"%d of %d requests failed, the champion %d; at most %.3g %% more wanted", s.Failed[Candidate], s.Pairs, s.Failed[Base], 100*g.MaxFailures)}
	if g.Slower < 0 {
		return checks
	}
	if s.Latency.N == 0 {
		return append(checks, check(where+".latency", false, "latency was not measured; measure it, or make Slower negative"))
	}
	slower := s.Latency.Mean / s.LatencyMean[Base]
	return append(checks, check(where+".latency", slower <= g.Slower,
		"mean %.4g s against %.4g s, %+.3g %%; at most %+.3g %% wanted", s.LatencyMean[Candidate], s.LatencyMean[Base], 100*slower, 100*g.Slower))
}

func (g *Gate) live(s *Summary) []Check {
	d := s.Loss.Difference
	checks := []Check{
		check("live.pairs", s.Pairs >= g.MinPairs, "%d requests were shadowed, at least %d wanted", s.Pairs, g.MinPairs),
		check("live.labels", d.N >= g.MinLabels, "%d of them have a label, at least %d wanted", d.N, g.MinLabels),
		check("live.loss not larger", s.Loss.EWorse < 1/g.Alpha, "E %.3g that the loss is larger; below %.3g wanted", s.Loss.EWorse, 1/g.Alpha),
	}
	if g.MinLabels > 0 {
		checks = append(checks, check("live.loss", d.Bounded && d.High < g.Margin,
			"difference %+.4f, in [%+.4f, %+.4f] at any look; below %+.4f wanted", d.Mean, d.Low, d.High, g.Margin))
	}
	if g.MinAgreement > 0 {
		checks = append(checks, check("live.agreement", s.Agreement.Low >= g.MinAgreement,
			"the same action in %d of %d, surely above %.4f; at least %.4f wanted", s.Agreed, s.Agreed+s.Up+s.Down, s.Agreement.Low, g.MinAgreement))
	}
	if s.Pairs == 0 {
		return checks
	}
	checks = append(checks, g.segments("live", s, func(l *LossSummary, _ float64) float64 { return l.Difference.Low })...)
	return append(checks, g.shared("live", s)...)
}

// Reasons are the texts of the checks that failed.
func (r *GateReport) Reasons() (failed []string) {
	for _, c := range r.Checks {
		if !c.Pass {
			failed = append(failed, c.Name+": "+c.Text)
		}
	}
	return failed
}

// String is a page for a person to read and sign.
func (r *GateReport) String() string {
	var b strings.Builder
	word := map[bool]string{true: "PASS", false: "FAIL"}
	fmt.Fprintf(&b, "Challenger %s against champion %s, %s: %s\n\n", r.Challenger, r.Champion, r.At.UTC().Format("2006-01-02 15:04 MST"), word[r.Pass])
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "  %s  %s\n        %s\n", word[c.Pass], c.Name, c.Text)
	}
	fmt.Fprintf(&b, "\nDecided by ______________________  on ______________  [ ] promote  [ ] keep %s\n", r.Champion)
	return b.String()
}
