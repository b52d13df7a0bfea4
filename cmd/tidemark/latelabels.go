package main

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/tidemark-ml/tidemark/internal/table"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// lateLabels hold the truths of a replay back until they were known.
type lateLabels struct {
	times func() (string, error, bool) // of the column, row by row; nil where truths come with their rows
	stop  func()
	held  labelHeap
}

// endOfTime is later than any label.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// newLateLabels reads the column beside the rows, from number from on.
func newLateLabels(d *dataset, column string, from int) *lateLabels {
	if column == "" {
		return &lateLabels{stop: func() {}}
	}
	l := &lateLabels{}
	l.times, l.stop = iter.Pull2(func(yield func(string, error) bool) {
		n := 0
		for _, t := range d.tables {
			for text, err := range t.Texts(column) {
				if n++; err == nil && n <= from {
					continue
				}
				if !yield(text, err) {
					return
				}
			}
		}
	})
	return l
}

func (l *lateLabels) close() { l.stop() }

// hold takes the truth from a row until its time has come. A row without a time
// of its truth is taken as one whose truth was never known.
func (l *lateLabels) hold(row *profile.Row) error {
	if l.times == nil {
		return nil
	}
	text, err, ok := l.times()
	if err != nil || !ok {
		return err
	}
	truth := row.Truth
	row.Truth = profile.Truth{}
	if !truth.Known() {
		return nil
	}
	at, err := table.ParseTime(text)
	if err != nil {
		return fmt.Errorf("time of the label of %q: %w", row.ID, err)
	}
	if at.IsZero() {
		return nil
	}
	heap.Push(&l.held, lateLabel{at, row.ID, truth})
	return nil
}

// tell gives the monitor the labels known by now, in the order of their times.
func (l *lateLabels) tell(ctx context.Context, m *monitor.Monitor, now time.Time) {
	for len(l.held) > 0 && !l.held[0].at.After(now) {
		next, _ := heap.Pop(&l.held).(lateLabel)
		m.LabelAt(ctx, next.id, next.truth, next.at)
	}
}

type lateLabel struct {
	at    time.Time
	id    string
	truth profile.Truth
}

// labelHeap has the earliest label first, of equal ones the smaller id.
type labelHeap []lateLabel

func (h labelHeap) Len() int { return len(h) }
func (h labelHeap) Less(i, j int) bool {
	if c := h[i].at.Compare(h[j].at); c != 0 {
		return c < 0
	}
	return h[i].id < h[j].id
}
func (h labelHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *labelHeap) Push(x any) {
	if l, ok := x.(lateLabel); ok {
		*h = append(*h, l)
	}
}

func (h *labelHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
