package rollout

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// ComparisonPlan says how two models are compared on the same requests. Only Base,
// Candidate and Target have no default, and for a regression Tolerance and Loss.
type ComparisonPlan struct {
	// Base and Candidate name the versions, for people.
	Base, Candidate string
	Target          profile.Target
	// Tolerance is how far apart the numbers of a regression may be to agree, and
	// the unit in which differences of scores are binned. 0 means .05, and is an
	// error for a regression.
	Tolerance float64
	// Loss judges an answer once its label is there. nil means [Misclassified],
	// and is an error for a regression.
	Loss Loss
	// Margin is how much larger the candidate's mean loss may be for [Summary]'s
	// EFine, in (0, 1). 0 means .01.
	Margin float64
	// Segments are the names in which the loss is compared too, at most 32.
	Segments []string
	// MaxPending bounds the pairs that wait for a label, about 150 bytes each.
	// Beyond, they are sampled by hash of the id. 0 means 16,384.
	MaxPending int
	// Wait is how long a pair waits for its label. 0 means a week.
	Wait time.Duration
	// Now is the clock. nil means time.Now.
	Now func() time.Time
}

// Answer is what one model made of a request.
type Answer struct {
	Outcome profile.Outcome
	Err     error
	Latency time.Duration // 0 means not measured
}

// Pair is what two models made of the same request.
type Pair struct {
	// ID joins a later label; only its hash is kept. Empty where Truth is known or
	// no label will come.
	ID              string
	Base, Candidate Answer
	Truth           profile.Truth // zero means not known yet
	// Segments are those of the plan that the request is in; others are ignored.
	Segments []string
}

// Comparison holds what is known of two models that answered the same requests.
// Its memory does not grow with them. All methods may be called concurrently.
type Comparison struct {
	plan    ComparisonPlan
	mu      sync.Mutex
	waiting pending[pairWaiting]

	state  comparedState
	drops  [len(dropReasons)]uint64
	panics uint64
}

// comparedState is what a restart must not forget, beside the pairs that wait. Fields are
// exported for the codec.
type comparedState struct {
	Pairs, Agreed, Up, Down uint64 // Up: the candidate alone decided positive
	Failed                  [2]uint64
	Score                   stat.Moments
	Shifts                  [len(shiftEdges) + 1]uint64
	Latency                 [2]latencies
	Slower                  stat.Moments // seconds, candidate - base
	Timed                   [2]stat.Moments
	All                     losses
	Segments                []losses
	Points                  []point
	Stride                  uint64
}

type pairWaiting struct {
	answers  [2]answer
	segments uint32 // bits
	done     bool
}

// losses compares the loss in one population.
type losses struct {
	Loss        [2]stat.Moments
	Difference  stat.Moments
	Worse, Fine stat.PairBet
	Wins, Fails uint64 // pairs in which the candidate lost less, and more
	Graded      bool   // some loss was neither 0 nor 1
}

// shiftEdges are where differences of scores are binned, in units of Tolerance.
var shiftEdges = [...]float64{-8, -4, -2, -1, 1, 2, 4, 8}

const maxSegments = 32

// NewComparison returns an empty comparison. Every mistake in the plan is
// reported in one error.
func NewComparison(plan ComparisonPlan) (*Comparison, error) {
	regression := plan.Target.Task == profile.RegressionTask
	var errs []error
	if plan.Tolerance == 0 && regression {
		errs = append(errs, errors.New("rollout: comparison: a regression needs a Tolerance: how far apart may two answers be to agree?"))
	}
	plan.Tolerance = orDefault(plan.Tolerance, .05)
	plan.Margin = orDefault(plan.Margin, .01)
	plan.MaxPending = orDefault(plan.MaxPending, 1<<14)
	plan.Wait = orDefault(plan.Wait, minWait)
	plan.Now = now(plan.Now)
	plan.Segments = slices.Clone(plan.Segments)
	loss, err := lossOf(plan.Loss, plan.Target)
	errs = append(errs, err)
	plan.Loss = loss
	if plan.Base == "" || plan.Candidate == "" || plan.Base == plan.Candidate {
		errs = append(errs, fmt.Errorf("rollout: comparison of versions %q and %q; name the base and the candidate differently", plan.Base, plan.Candidate))
	}
	if !(plan.Tolerance > 0 && plan.Tolerance <= biggest) || !(plan.Margin > 0 && plan.Margin < 1) {
		errs = append(errs, fmt.Errorf("rollout: comparison: tolerance %v and margin %v; the first is positive, the second in (0, 1)", plan.Tolerance, plan.Margin))
	}
	if len(plan.Segments) > maxSegments || plan.MaxPending < 16 || plan.MaxPending > maxPending || plan.Wait < 0 {
		errs = append(errs, fmt.Errorf("rollout: comparison: %d segments, %d pending pairs, wait %v; at most %d segments, 16 to %d pairs and a wait of at least 0 are possible",
			len(plan.Segments), plan.MaxPending, plan.Wait, maxSegments, maxPending))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c := &Comparison{plan: plan, waiting: newPending[pairWaiting](plan.MaxPending, int64(plan.Wait)), state: comparedState{Stride: 1}}
	c.state.All = newLosses(plan.Margin)
	for range plan.Segments {
		c.state.Segments = append(c.state.Segments, newLosses(plan.Margin))
	}
	return c, nil
}

func newLosses(margin float64) losses {
	return losses{Fine: stat.PairBet{Margin: margin, Below: true}}
}

// Add takes a pair. Where either model failed, that is counted, and the pair
// compares nothing else.
func (c *Comparison) Add(p Pair) {
	at := c.plan.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Pairs++
	for i, a := range [2]Answer{p.Base, p.Candidate} {
		if a.Err != nil {
			c.state.Failed[i]++
		}
		if a.Latency > 0 {
			c.state.Latency[i].add(a.Latency)
		}
	}
	if p.Base.Err != nil || p.Candidate.Err != nil {
		return
	}
	if p.Base.Latency > 0 && p.Candidate.Latency > 0 {
		c.state.Slower.Add((p.Candidate.Latency - p.Base.Latency).Seconds())
		c.state.Timed[Base].Add(p.Base.Latency.Seconds())
		c.state.Timed[Candidate].Add(p.Candidate.Latency.Seconds())
	}
	w := pairWaiting{answers: [2]answer{answerOf(c.plan.Target, p.Base.Outcome), answerOf(c.plan.Target, p.Candidate.Outcome)}, segments: c.mask(p.Segments)}
	c.compare(w.answers[Base], w.answers[Candidate])
	switch {
	case p.Truth.Known():
		c.label(&w, p.Truth)
	case p.ID != "":
		c.waiting.add(fingerprint(idSeed, p.ID), at.UnixNano(), w)
	}
}

func (c *Comparison) mask(names []string) (bits uint32) {
	for _, name := range names {
		if i := slices.Index(c.plan.Segments, name); i >= 0 {
			bits |= 1 << i
		}
	}
	return bits
}

// compare needs no label.
func (c *Comparison) compare(base, candidate answer) {
	usable := true
	for i, a := range [2]answer{base, candidate} {
		if !a.valid(c.plan.Target) {
			c.state.Failed[i]++
			usable = false
		}
	}
	if !usable {
		return
	}
	if base.agree(candidate, c.plan.Target, c.plan.Tolerance) {
		c.state.Agreed++
	} else if candidate.score > base.score {
		c.state.Up++
	} else {
		c.state.Down++
	}
	d := candidate.score - base.score
	if !(math.Abs(d) <= biggest) || c.plan.Target.Task == profile.MulticlassTask {
		return
	}
	c.state.Score.Add(d)
	i := 0
	for i < len(shiftEdges) && d > shiftEdges[i]*c.plan.Tolerance {
		i++
	}
	c.state.Shifts[i]++
}

// Label takes the truth about an earlier pair.
func (c *Comparison) Label(id string, truth profile.Truth) {
	at, hash := c.plan.Now().UnixNano(), fingerprint(idSeed, id)
	c.mu.Lock()
	defer c.mu.Unlock()
	w, ok := c.waiting.get(hash, at)
	switch {
	case !ok:
		c.drops[dropUnknownID]++
	case w.done:
		c.drops[dropTwice]++
	default:
		w.done = c.label(&w, truth)
		c.waiting.set(hash, w)
	}
}

func (c *Comparison) label(w *pairWaiting, truth profile.Truth) bool {
	var loss [2]float64
	for i, a := range w.answers {
		v, ok := c.judge(a, truth)
		if !ok || !(v >= 0 && v <= 1) {
			c.drops[dropUnusable]++
			return false
		}
		loss[i] = v
	}
	c.state.All.add(loss)
	for i := range c.state.Segments {
		if w.segments&(1<<i) != 0 {
			c.state.Segments[i].add(loss)
		}
	}
	c.record()
	return true
}

// judge calls the loss, which may be a user's and panic.
func (c *Comparison) judge(a answer, truth profile.Truth) (v float64, ok bool) {
	defer func() {
		if recover() != nil {
			c.panics++
			v, ok = 0, false
		}
	}()
	if !a.valid(c.plan.Target) {
		return 0, false
	}
	return c.plan.Loss(a.outcome(c.plan.Target), truth)
}

func (l *losses) add(loss [2]float64) {
	d := loss[Candidate] - loss[Base]
	for i, v := range loss {
		l.Loss[i].Add(v)
		l.Graded = l.Graded || v != 0 && v != 1
	}
	l.Difference.Add(d)
	// d lies in [-1, 1]: there is no error to see.
	_ = l.Worse.Add(d)
	_ = l.Fine.Add(d)
	switch {
	case d < 0:
		l.Wins++
	case d > 0:
		l.Fails++
	}
}

// record keeps a point of the confidence sequence of the loss; see gauge.record.
func (c *Comparison) record() {
	n := uint64(c.state.All.Difference.N)
	if n%(50*c.state.Stride) != 0 {
		return
	}
	e := estimate(c.state.All.Difference)
	if !e.Bounded {
		return
	}
	c.state.Points = append(c.state.Points, point{n, e.Mean, e.Low, e.High})
	if len(c.state.Points) < sequenceMost {
		return
	}
	for i := range sequenceMost / 2 {
		c.state.Points[i] = c.state.Points[2*i+1]
	}
	c.state.Points, c.state.Stride = c.state.Points[:sequenceMost/2], c.state.Stride*2
}
