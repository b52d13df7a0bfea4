package monitor

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// validation predicts one frozen set.
type validation struct {
	name      string
	rows      int
	predict   func(context.Context, int) (profile.Outcome, error)
	truths    []profile.Truth
	every     time.Duration
	timeout   time.Duration
	tolerance float64
	trigger   chan struct{}
	print     uint64      // of what it asks
	running   atomic.Bool // also of a run that was left behind

	mu       sync.Mutex
	expected []profile.Outcome // empty before the first run
	answers  []answer          // of the newest run
	first    float64           // mean loss of the expected answers
	last     *verdict          // nil before the first run
	due      time.Time         // in event time
}

// answer is what the function said to one input.
type answer struct {
	profile.Outcome
	failed bool
}

// verdict is what a run has shown.
type verdict struct {
	began, ended time.Time
	changed      []int // rows whose answer differs
	largest      float64
	failed       int // rows without an answer
	unfinished   bool
	loss         profile.Sum
}

// loop runs the set at once, on its schedule, and when it is asked to, until done
// is closed.
func (v *validation) loop(ctx context.Context, k *keeper, done <-chan struct{}) {
	for {
		v.run(ctx, k)
		select {
		case <-done:
			return
		case <-v.trigger:
		case <-k.config.clock.After(v.every):
		}
	}
}

// runDue runs the set where its time has come, in event time.
func (v *validation) runDue(k *keeper, now time.Time) {
	if now.Before(v.due) {
		return
	}
	v.due = now.Add(v.every)
	v.run(k.config.base, k)
}

// run predicts the set and judges the answers. It returns after the timeout at
// the latest; a function that goes on then is left behind, and no other run begins
// until it has ended.
func (v *validation) run(ctx context.Context, k *keeper) {
	began := k.runTime()
	if !v.running.CompareAndSwap(false, true) {
		v.judge(nil, began, began, k)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	result := make(chan []answer, 1)
	go func() {
		var answers []answer
		defer func() { // also where the function ends its goroutine
			v.running.Store(false) // first: whoever has the answers may begin the next run
			result <- answers
		}()
		answers = v.answer(ctx, k)
	}()
	select {
	case answers := <-result:
		if ctx.Err() != nil {
			answers = nil
		}
		v.judge(answers, began, k.runTime(), k)
	case <-ctx.Done():
		v.judge(nil, began, k.runTime(), k)
	}
}

// runTime is the time of a validation run.
func (k *keeper) runTime() time.Time {
	if k.config.eventTime {
		return k.latest
	}
	return k.config.clock.Now().UTC()
}

// answer predicts every row, those after a failure too.
func (v *validation) answer(ctx context.Context, k *keeper) []answer {
	answers := make([]answer, v.rows)
	for i := range answers {
		if ctx.Err() != nil {
			return nil
		}
		err := guard("the predict function of a frozen set", func() (err error) {
			answers[i].Outcome, err = v.predict(ctx, i)
			return err
		})
		answers[i].failed = err != nil
		if err != nil && err != errNoOutcome { //nolint:errorlint // our own, unwrapped
			k.fail("function", err)
		}
	}
	return answers
}

// judge compares answers with what is expected; nil is a run that did not finish.
func (v *validation) judge(answers []answer, began, ended time.Time, k *keeper) {
	v.mu.Lock()
	defer v.mu.Unlock()
	last := &verdict{began: began, ended: ended, unfinished: answers == nil}
	defer func() { v.last = last }()
	if answers == nil {
		return
	}
	first := len(v.expected) == 0
	if first {
		for _, a := range answers {
			v.expected = append(v.expected, a.Outcome)
		}
	}
	v.answers = answers
	target := k.schema.Target()
	for i := range answers {
		a := &answers[i]
		if a.failed {
			last.failed++
			last.changed = append(last.changed, i)
			continue
		}
		if d := difference(&v.expected[i], &a.Outcome); d > v.tolerance {
			last.changed = append(last.changed, i)
			last.largest = max(last.largest, min(d, math.MaxFloat64))
		}
		if len(v.truths) > 0 {
			last.loss.Add(lossOf(target, &a.Outcome, v.truths[i]))
		}
	}
	if first {
		v.first, _ = last.loss.Mean()
	}
}

// difference is by how much answers differ, relative to the larger of 1 and what
// is expected; infinite where they are of different classes.
func difference(want, got *profile.Outcome) (d float64) {
	if want.Class != got.Class || len(want.Probabilities) != len(got.Probabilities) || want.Absent != got.Absent {
		return math.Inf(1)
	}
	d = apart(want.Score, got.Score)
	for i := range want.Probabilities {
		d = max(d, apart(want.Probabilities[i], got.Probabilities[i]))
	}
	return d
}

func apart(want, got float64) float64 {
	if want == got || want != want && got != got {
		return 0
	}
	if d := math.Abs(got-want) / max(1, math.Abs(want)); d == d {
		return d
	}
	return math.Inf(1)
}

// lossOf is what an answer costs; NaN where that is not defined.
func lossOf(t profile.Target, o *profile.Outcome, truth profile.Truth) float64 {
	j := profile.Joined{Score: o.Score, Decided: -1}
	switch t.Task {
	case profile.BinaryTask:
		j.Decided = int(bit(o.Score >= t.Threshold))
	case profile.MulticlassTask:
		j.Decided = slices.Index(t.Classes, o.Class)
		if o.Class == "" && len(o.Probabilities) == len(t.Classes) {
			j.Decided = slices.Index(o.Probabilities, slices.Max(o.Probabilities))
		}
	}
	if !j.Judge(t, truth, time.Time{}) {
		return math.NaN()
	}
	return j.Loss
}

// accept takes the newest answers as the expected ones.
func (v *validation) accept() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.last == nil || v.answers == nil {
		return
	}
	for i := range v.answers {
		v.expected[i] = v.answers[i].Outcome
	}
	v.first, _ = v.last.loss.Mean()
	next := *v.last
	next.changed, next.largest = nil, 0
	v.last = &next
}

// signals say what the newest run has shown, until there is a newer one.
func (v *validation) signals(pane uint64) []report.Signal {
	v.mu.Lock()
	defer v.mu.Unlock()
	last := v.last
	if last == nil {
		return nil
	}
	s := report.Signal{
		Name: "validation.changed", Unit: report.UnitOf("validation.changed"), Evidence: report.Quality,
		Subject: report.Subject{Kind: report.KindMetric, Name: v.name},
		Window:  report.Window{Start: last.began, End: last.ended, Scale: 1, Pane: pane},
		Value:   float64(len(last.changed)), HasP: true, P: 1,
		Reference: uint64(v.rows), Current: uint64(v.rows),
	}
	if last.unfinished {
		s.Value = float64(v.rows)
	}
	if s.Value > 0 {
		s.P = 0 // no chance is involved: one changed answer is one too many
	}
	s.Effect = report.Effect{Component: "answers", Words: last.words(v), Size: last.largest}
	signals := []report.Signal{s}
	if loss, ok := last.loss.Mean(); ok {
		l := s
		l.Name, l.Unit, l.Evidence, l.Value, l.HasP, l.P = "validation.loss", report.UnitOf("validation.loss"), report.Describes, loss, false, 0
		l.Floor, l.Current = v.first, last.loss.N
		l.Effect = report.Effect{Component: "loss", Size: loss - v.first}
		signals = append(signals, l)
	}
	return signals
}

// words names the first rows that changed by their index: what they hold stays
// with whoever froze the set.
func (w *verdict) words(v *validation) string {
	if w.unfinished {
		return fmt.Sprintf("the %d inputs were not all answered within %v", v.rows, v.timeout)
	}
	if len(w.changed) == 0 {
		return fmt.Sprintf("all %d answers as expected", v.rows)
	}
	var rows []string
	for _, i := range w.changed[:min(len(w.changed), shownFrozen)] {
		rows = append(rows, fmt.Sprint(i))
	}
	if len(w.changed) > shownFrozen {
		rows = append(rows, "…")
	}
	text := fmt.Sprintf("%d of %d answers changed (rows %s)", len(w.changed), v.rows, strings.Join(rows, ", "))
	if w.failed > 0 {
		text += fmt.Sprintf(", %d of them failed", w.failed)
	}
	return text
}
