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

// Assignment is where a request goes. It is made by [Trial.Assign] and handed
// back with what came of it.
type Assignment struct {
	Arm   Arm
	step  uint8
	keyed bool
	key   uint64
}

// Assign returns the arm of a key: the same at every call, in every replica and
// after every restart, as long as the share is. As it grows, keys join the
// candidate and none leaves. An empty key belongs to the base and counts for
// nothing. It takes no lock and allocates nothing.
func (t *Trial) Assign(key string) Assignment {
	if key == "" {
		return Assignment{}
	}
	a := Assignment{keyed: true, key: fingerprint(t.seed, key)}
	step := t.route.Load()
	if step == nobody {
		return a
	}
	a.step = uint8(step)
	if float64(a.key>>11)/(1<<53) < t.plan.Steps[step].Share {
		a.Arm = Candidate
	}
	return a
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

// unit counts a key at its first request. Keys that come often must not count
// often: their requests are not assigned independently. A key whose bit another
// one has set does not count, whatever its arm, so the ratio is not moved.
func (t *Trial) unit(a *Assignment) {
	if t.state.Seen.set(remix(a.key)) {
		t.state.Units[a.step][a.Arm]++
	}
}

// bitmap remembers keys by one bit of their hash.
type bitmap []byte

const bitmapBytes = 1 << 15

// set sets the bit of a hash and reports whether it was not set before.
func (b bitmap) set(hash uint64) bool {
	at, bit := hash/8%bitmapBytes, byte(1)<<(hash%8)
	before := b[at]
	b[at] |= bit
	return before&bit == 0
}

// remix makes the bit of a key independent of its arm, which the leading bits of
// the same hash decide.
func remix(h uint64) uint64 {
	h ^= unitSeed
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// take gives a value to the metric of that name, if the plan has it.
func (t *Trial) take(name string, step int, arm Arm, v float64) {
	if i, ok := t.index[name]; ok {
		t.state.Gauges[i].add(&t.plan.Metrics[i], step, arm, v)
	}
}

// Label takes the truth about an earlier prediction.
func (t *Trial) Label(id string, truth profile.Truth) {
	t.late(id, MetricLoss, func(w waiting) (float64, bool) {
		if t.plan.Loss == nil || !w.answer.valid(t.plan.Target) {
			return 0, false
		}
		return t.plan.Loss(w.answer.outcome(t.plan.Target), truth)
	})
}

// Record takes a business metric of an earlier prediction: a value for a Mean,
// 0 or 1 for a Rate. One value counts for each prediction and metric.
func (t *Trial) Record(id, metric string, v float64) {
	t.late(id, metric, func(waiting) (float64, bool) { return v, true })
}

func (t *Trial) late(id, metric string, value func(waiting) (float64, bool)) {
	at := t.plan.Now()
	t.mu.Lock()
	if reason, ok := t.join(fingerprint(idSeed, id), metric, at, value); !ok {
		t.drops[reason]++
	}
	t.unlockAndTell(at, false)
}

func (t *Trial) join(hash uint64, metric string, at time.Time, value func(waiting) (float64, bool)) (dropReason, bool) {
	i, known := t.index[metric]
	if !known || metric == MetricErrors || metric == MetricInvalid || metric == MetricLatency {
		return dropUnusable, false
	}
	if t.state.Verdict != Continue {
		return dropEnded, false
	}
	w, ok := t.state.waiting.get(hash, at.UnixNano())
	if !ok {
		return dropUnknownID, false
	}
	if w.seen&(1<<i) != 0 {
		return dropTwice, false
	}
	m := &t.plan.Metrics[i]
	v, ok := t.judge(value, w)
	if !ok || !(math.Abs(v) <= biggest) || (m.Kind == Rate && v != 0 && v != 1) {
		return dropUnusable, false
	}
	w.seen |= 1 << i
	t.state.waiting.set(hash, w)
	t.state.Gauges[i].add(m, int(w.step), w.arm, v)
	if metric == MetricLoss {
		t.state.Labelled[w.step][w.arm]++
	}
	t.state.since++
	return 0, true
}

// judge calls a user's loss, which may panic.
func (t *Trial) judge(value func(waiting) (float64, bool), w waiting) (v float64, ok bool) {
	defer func() {
		if recover() != nil {
			t.panics++
			v, ok = 0, false
		}
	}()
	return value(w)
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
