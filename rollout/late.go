package rollout

import (
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

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
