package rollout

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// Arm is one side of a trial.
type Arm uint8

// The arms. They index the pairs of a [Decision].
const (
	Base Arm = iota
	Candidate
)

// String returns "base" or "candidate".
func (a Arm) String() string {
	if a == Candidate {
		return "candidate"
	}
	return "base"
}

// Trial decides a canary: it assigns keys to arms, is told what came of it, and
// says when the candidate has to go or may stay. [Canary] runs one around two
// predict functions; use a Trial itself where the routing is done elsewhere.
//
// All methods may be called concurrently.
type Trial struct {
	plan  Plan
	seed  uint64
	index map[string]int // of metrics by name
	// route is the step whose share is routed now, or nobody. It is one number, so
	// that no request sees the share of one step and counts in another.
	route atomic.Int32

	mu     sync.Mutex
	state  state
	drops  [len(dropReasons)]uint64
	panics uint64 // of OnDecision
}

// state is what a restart must not forget. Fields are exported for the codec.
type state struct {
	Began, StepBegan time.Time
	Step             int
	Verdict          Verdict
	At               time.Time
	Reasons          []string
	Requests         [maxSteps][2]uint64
	Labelled         [maxSteps][2]uint64
	Units            [maxSteps][2]float64
	Gauges           []gauge
	Seen             bitmap
	since            int // observations since the last look

	waiting pending[waiting]
}

// waiting is a prediction whose label is to come.
type waiting struct {
	answer answer
	seen   uint32 // bits: which metrics have their value
	arm    Arm
	step   uint8
}

// Reasons why something did not count.
type dropReason uint8

const (
	dropNoKey     dropReason = iota // an empty key: it went to the base
	dropEnded                       // after the verdict
	dropUnknownID                   // a label of a prediction that is not waited for
	dropTwice                       // a second label or value for one id
	dropUnusable                    // a label or value that no metric can use
	dropSampled                     // not waited for: too many
	dropExpired                     // waited for too long
)

var dropReasons = [...]string{"no_key", "ended", "unknown_id", "twice", "unusable", "sampled", "expired"}

const (
	lookEvery = 100  // observations between looks
	ratioVoid = 1000 // e-value
)

// NewTrial returns a trial that begins now. Every mistake in the plan is
// reported in one error.
func NewTrial(plan Plan) (*Trial, error) {
	p, err := plan.resolve()
	if err != nil {
		return nil, err
	}
	t := &Trial{plan: p, seed: fingerprint(0, p.Name), index: map[string]int{}}
	at := p.Now()
	t.state = state{
		Began: at, StepBegan: at,
		Seen:    make(bitmap, bitmapBytes),
		waiting: newPending[waiting](p.MaxPending, int64(p.wait())),
	}
	for i, m := range p.Metrics {
		t.index[m.Name] = i
		t.state.Gauges = append(t.state.Gauges, newGauge(m))
	}
	return t, nil
}

// nobody is routed to the candidate.
const nobody = -1

// Share returns the share of keys that go to the candidate now.
func (t *Trial) Share() float64 {
	if step := t.route.Load(); step >= 0 {
		return t.plan.Steps[step].Share
	}
	return 0
}

// Result is what came of a request.
type Result struct {
	Assignment Assignment
	// ID joins the label, where one will come. Only its hash is kept.
	ID      string
	Outcome profile.Outcome
	Err     error
	Latency time.Duration // 0 means not measured
}

// Observe takes what came of a request. It never blocks on anything but other
// calls of this trial.
func (t *Trial) Observe(r Result) {
	at := t.plan.Now()
	t.mu.Lock()
	switch {
	case !r.Assignment.keyed:
		t.drops[dropNoKey]++
	case t.state.Verdict != Continue:
		t.drops[dropEnded]++
	default:
		t.observe(&r, at)
	}
	t.unlockAndTell(at, false)
}

func (t *Trial) observe(r *Result, at time.Time) {
	arm, step := r.Assignment.Arm, int(r.Assignment.step)
	t.state.Requests[step][arm]++
	t.unit(&r.Assignment)
	t.take(MetricErrors, step, arm, loss01(r.Err != nil))
	if r.Latency > 0 {
		t.take(MetricLatency, step, arm, r.Latency.Seconds())
	}
	a := answerOf(t.plan.Target, r.Outcome)
	if r.Err == nil {
		t.take(MetricInvalid, step, arm, loss01(!a.valid(t.plan.Target)))
	} else {
		a = answer{score: math.NaN(), class: -1}
	}
	if r.ID != "" {
		t.state.waiting.add(fingerprint(idSeed, r.ID), at.UnixNano(), waiting{answer: a, arm: arm, step: uint8(step)})
	}
	t.state.since++
}

// Seeds of hashes that have nothing to do with the assignment.
const (
	idSeed   = 0x5bd1e9955bd1e995
	unitSeed = 0x2545f4914f6cdd1d
)

// take gives a value to the metric of that name, if the plan has it.
func (t *Trial) take(name string, step int, arm Arm, v float64) {
	if i, ok := t.index[name]; ok {
		t.state.Gauges[i].add(&t.plan.Metrics[i], step, arm, v)
	}
}

// Kill ends the trial: every key goes to the base at once, plan or no plan. The
// first verdict stands; what Kill does to the routing it does in any case.
func (t *Trial) Kill(reason string) {
	at := t.plan.Now()
	t.mu.Lock()
	t.route.Store(nobody)
	ended := t.state.Verdict == Continue
	if ended {
		t.end(Killed, at, reason)
	}
	d := t.decision(at)
	t.mu.Unlock()
	if ended {
		t.tell(d)
	}
}

// Decision returns what the trial has come to; it looks anew, so a horizon that
// has passed without traffic is seen.
func (t *Trial) Decision() Decision {
	at := t.plan.Now()
	t.mu.Lock()
	return t.unlockAndTell(at, true)
}

// snapshot is Decision without looking anew: a page or a scrape decides nothing.
func (t *Trial) snapshot() Decision {
	at := t.plan.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.decision(at)
}

// unlockAndTell looks if it is time to, unlocks, and tells of what changed.
func (t *Trial) unlockAndTell(at time.Time, asked bool) (d Decision) {
	changed := false
	if asked || t.state.since >= lookEvery {
		t.state.since = 0
		changed = t.state.Verdict == Continue && t.look(at)
	}
	if asked || changed {
		d = t.decision(at)
	}
	t.mu.Unlock()
	if changed {
		t.tell(d)
	}
	return d
}

// tell calls OnDecision, which may panic.
func (t *Trial) tell(d Decision) {
	if t.plan.OnDecision == nil {
		return
	}
	defer func() {
		if recover() != nil {
			t.mu.Lock()
			t.panics++
			t.mu.Unlock()
		}
	}()
	t.plan.OnDecision(d)
}

// decision is the state for people. Call it with the lock.
func (t *Trial) decision(at time.Time) Decision {
	s := &t.state
	d := Decision{
		Verdict: s.Verdict, At: at, Base: t.plan.Base, Candidate: t.plan.Candidate,
		Step: s.Step + 1, Share: t.Share(), Reasons: slices.Clone(s.Reasons),
	}
	if s.Verdict != Continue {
		d.At = s.At
	}
	for i := range s.Requests {
		for arm := range 2 {
			d.Requests[arm] += s.Requests[i][arm]
			d.Keys[arm] += uint64(s.Units[i][arm])
			d.Labelled[arm] += s.Labelled[i][arm]
		}
	}
	d.RatioP, d.RatioE = t.ratio()
	for i := range s.Gauges {
		d.Findings = append(d.Findings, t.finding(i))
	}
	if s.Verdict == Continue {
		d.Reasons = t.waitingFor(at)
	}
	return d
}

func (t *Trial) finding(i int) Finding {
	m, g := &t.plan.Metrics[i], &t.state.Gauges[i]
	f := g.finding(m, t.plan.Alpha)
	f.Worse, f.Fine = g.worse(m, t.alphaEach()), g.fine(m, t.plan.Alpha)
	return f
}

// alphaEach is the share of each metric in the probability of a false rollback.
// A promotion needs every metric, so there each has the whole.
func (t *Trial) alphaEach() float64 { return t.plan.Alpha / float64(len(t.plan.Metrics)) }

// ratio tests whether keys reached the arms in the ratio they were to.
func (t *Trial) ratio() (p, e float64) {
	x2, df, logE := 0.0, 0.0, 0.0
	for i, step := range t.plan.Steps {
		x, y := t.state.Units[i][Candidate], t.state.Units[i][Base]
		if x+y == 0 {
			continue
		}
		expected := (x + y) * step.Share
		x2 += (x - expected) * (x - expected) / (expected * (1 - step.Share))
		df++
		logE += stat.SampleRatio(x, y, step.Share)
	}
	if df == 0 {
		return 1, 1
	}
	return stat.ChiSquareSF(x2, df), exp(logE)
}

// end sets the verdict.
func (t *Trial) end(v Verdict, at time.Time, reasons ...string) {
	t.state.Verdict, t.state.At, t.state.Reasons = v, at, reasons
	if v != Promote && (v == Killed || !t.plan.AdviseOnly) {
		t.route.Store(nobody)
	}
}

// percent formats a share.
func percent(v float64) string { return fmt.Sprintf("%.3g %%", 100*v) }
