package guard

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Guard stands between callers and a model. Its methods may be called
// concurrently. It has no goroutine of its own and needs no closing.
type Guard[In, Out any] struct {
	policy  Policy[In, Out]
	predict func(context.Context, In) (Out, error)
	unseen  func(context.Context, In) (Out, error) // observes an input that the model did not get; nil without a monitor
	reader  *monitor.Reader[In, Out]               // nil where nothing is read
	checker *profile.Checker                       // nil where not strict
	covers  [reasons]bool                          // by the fallback
	ready   [reasons]*Error                        // without a cause

	clock   clock
	counts  counts
	breaker breaker
	limit   *limiter // nil: no limit
	watch   *watch   // nil: coverage is not watched
	calls   sync.Pool
	values  sync.Pool // of *[]profile.Value
}

// Protect puts a guard around a predict function. Every mistake in the policy is
// reported in one error.
//
// The function may be wrapped by a monitor already, or be a rollout's: the guard
// goes outermost, so that what is inside sees the model and not the fallback.
// With a monitor, [Wrap] does both in the right order.
func Protect[In, Out any](predict func(context.Context, In) (Out, error), p Policy[In, Out]) (*Guard[In, Out], error) {
	if predict == nil {
		return nil, errors.New("guard: the predict function is nil")
	}
	p = p.withDefaults()
	if err := p.validate(); err != nil {
		return nil, err
	}
	g := &Guard[In, Out]{policy: p, predict: predict, clock: newClock(p.Clock)}
	if err := g.bind(); err != nil {
		return nil, err
	}
	g.arm()
	return g, nil
}

// Wrap puts the monitor around the model and the guard around both, in the order
// that is right: the monitor sees what the model answers, not what the fallback
// does, and of the inputs that the guard keeps from the model it sees the inputs
// alone, so that their drift and quality are known while the breaker is open. The
// options are monitor.Wrap's. A nil monitor leaves the guard alone.
func Wrap[In, Out any](m *monitor.Monitor, predict func(context.Context, In) (Out, error), p Policy[In, Out], options ...monitor.WrapOption) (*Guard[In, Out], error) {
	if p.Read != nil {
		return nil, errors.New("guard: wrap: Policy.Read is for Protect; give the options to Wrap itself")
	}
	p.Read = options
	if m == nil {
		return Protect(predict, p)
	}
	if p.Schema != nil && p.Schema != m.Schema() {
		return nil, errors.New("guard: wrap: Policy.Schema is not the monitor's; leave it out, the monitor's is used")
	}
	if i := p.Breaker.Incidents; i != nil && !i.watches(m) {
		return nil, errors.New("guard: wrap: Breaker.Incidents does not watch this monitor; give it to monitor.New with monitor.WithExporter")
	}
	p.Schema = m.Schema()
	watched, err := monitor.Wrap(m, predict, options...)
	if err != nil {
		return nil, err
	}
	g, err := Protect(watched, p)
	if err != nil {
		return nil, err
	}
	// The same inputs, and no outcome: ours comes last, so it is the one that counts.
	inputs := append(options[:len(options):len(options)], monitor.LatencyEvery(0),
		monitor.OutcomeFrom(func(Out) profile.Outcome { return profile.Outcome{Absent: true} }))
	g.unseen, err = monitor.Wrap(m, func(context.Context, In) (out Out, err error) { return out, nil }, inputs...)
	return g, err
}

// bind makes what reads inputs and answers.
func (g *Guard[In, Out]) bind() (err error) {
	p := &g.policy
	if i := p.Breaker.Incidents; i != nil && !i.watches(nil) {
		return errors.New("guard: Breaker.Incidents watches no monitor; give it to monitor.New with monitor.WithExporter first")
	}
	if !p.Strict && !p.Reject.on() && p.Review == nil {
		return nil
	}
	if g.reader, err = monitor.NewReader[In, Out](p.Schema, p.Read...); err != nil {
		return fmt.Errorf("guard: %v to %v: %w", reflect.TypeFor[In](), reflect.TypeFor[Out](), err)
	}
	if p.Strict {
		g.checker = profile.NewChecker(p.Schema)
	}
	if c := p.Reject.Conformal; c != nil && g.reader.HasID() {
		g.watch = newWatch(p.Reject)
	}
	return nil
}

// arm makes the moving parts.
func (g *Guard[In, Out]) arm() {
	p := &g.policy
	for _, r := range p.FallbackOn {
		g.covers[r] = true
	}
	for r := range reasons {
		g.ready[r] = &Error{Guard: p.Name, Reason: r}
	}
	g.breaker = breaker{Breaker: p.Breaker, active: p.Breaker.on(), now: g.clock.now, successes: g.counts.successes}
	if p.Rate > 0 || p.Concurrency > 0 {
		g.limit = newLimiter(g.clock, p.Rate, p.Burst, p.Concurrency, p.Queue, p.Wait, &g.counts.waited)
	}
	g.calls.New = func() any { return g.newCall() }
	n := 0
	if p.Schema != nil {
		n = p.Schema.Len()
	}
	g.values.New = func() any {
		v := make([]profile.Value, n)
		return &v
	}
}

// Stats returns what the guard did so far.
func (g *Guard[In, Out]) Stats() Stats {
	s := g.counts.stats()
	s.Breaker = g.breaker.state()
	if g.limit != nil {
		s.Running, s.Waiting = len(g.limit.slots), int(g.limit.waiting.Load())
	}
	return s
}

// Label takes the truth of an earlier prediction, to watch whether the prediction
// sets of Reject.Conformal cover as often as they should, and to adapt them where
// they are adaptive. It does not label the monitor: give the truth to both. What
// is not remembered any more is counted and ignored.
func (g *Guard[In, Out]) Label(_ context.Context, id string, truth profile.Truth) {
	if g.watch != nil {
		g.watch.label(id, truth)
	}
}

// A guard shows itself on pages and exports its counts; a Conformal signals its
// coverage.
var (
	_ report.Paneler    = (*Guard[int, int])(nil)
	_ report.Tallier    = (*Guard[int, int])(nil)
	_ report.Exporter   = (*Incidents)(nil)
	_ monitor.Evaluator = (*Conformal)(nil)
)
