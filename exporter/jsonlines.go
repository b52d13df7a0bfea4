package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// patience is how long Export waits for a writer.
const patience = 2 * time.Second

// JSONLines writes reports and the transitions of incidents as JSON lines. Make
// one with [NewJSONLines]. All methods may be called concurrently; lines of one
// report stand together.
type JSONLines struct {
	to       io.Writer
	patience time.Duration
	slot     chan struct{} // holds a token while a write is under way
	dropped  atomic.Uint64
	failed   atomic.Uint64
	stuck    atomic.Bool // the write under way has outlasted an Export

	mu     sync.Mutex // guards ledger
	ledger report.Ledger
}

var _ report.Exporter = (*JSONLines)(nil)

// NewJSONLines returns an exporter to a writer, which stays the caller's to
// close, after Shutdown. For each report it makes one Write of one [Line] for
// the report and one for each transition.
//
// A writer that blocks holds Export up for 2 s at most (less if its context
// ends); from then on reports are dropped at once, and counted, until the writer
// has taken what it was given.
func NewJSONLines(to io.Writer) *JSONLines {
	return &JSONLines{to: to, patience: patience, slot: make(chan struct{}, 1)}
}

// Start returns [ErrNoWriter] or [ErrNoSource].
func (x *JSONLines) Start(source report.Source) error {
	switch {
	case x.to == nil:
		return ErrNoWriter
	case source == nil:
		return ErrNoSource
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ledger.Know(source.Report())
	return nil
}

// Export writes the lines of a report. It returns the writer's error,
// [ErrSlow] where the report was dropped or is still being written when patience
// or ctx ends, or an error of encoding. A failed write is not tried again.
func (x *JSONLines) Export(ctx context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	if x.to == nil {
		return ErrNoWriter
	}
	text, err := x.encode(r)
	if err != nil {
		x.failed.Add(1)
		return err
	}
	deadline, cancel := context.WithTimeout(ctx, x.patience)
	defer cancel()
	if !x.acquire(deadline) {
		n := x.dropped.Add(1)
		return fmt.Errorf("%w: report of pane %d dropped, %d so far", ErrSlow, r.Pane, n)
	}
	done := make(chan error, 1)
	go x.write(text, done)
	select {
	case err := <-done:
		return err
	case <-deadline.Done():
		x.stuck.Store(true)
		return fmt.Errorf("%w: report of pane %d is still being written: %w", ErrSlow, r.Pane, context.Cause(deadline))
	}
}

// Shutdown waits for a write under way until ctx ends, and then returns
// [ErrSlow].
func (x *JSONLines) Shutdown(ctx context.Context) error {
	select {
	case x.slot <- struct{}{}:
		<-x.slot
		return nil
	default:
	}
	select {
	case x.slot <- struct{}{}:
		<-x.slot
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: a write is still under way at shutdown: %w", ErrSlow, ctx.Err())
	}
}

// Dropped counts the reports that were not written because the writer was busy.
func (x *JSONLines) Dropped() uint64 { return x.dropped.Load() }

// Failed counts the reports that could not be encoded or whose write failed.
func (x *JSONLines) Failed() uint64 { return x.failed.Load() }

// encode returns the lines of a report. Transitions are taken from the ledger
// even where the write then fails: a line late by panes would mislead.
func (x *JSONLines) encode(r *report.Report) ([]byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r = finite(r)
	text, err := appendLine(nil, Line{Schema: LineSchema, Event: EventReport, At: r.At, Report: r})
	for _, t := range x.ledger.Take(r) {
		var failed error
		text, failed = appendLine(text, Line{
			Schema: LineSchema, Event: string(transitionOf(t.Change)), At: at(&t), Incident: &t.Incident,
		})
		err = errors.Join(err, failed)
	}
	return text, err
}

// acquire takes the slot; while a write is stuck it does not wait for it.
func (x *JSONLines) acquire(ctx context.Context) bool {
	select {
	case x.slot <- struct{}{}:
		return true
	default:
	}
	if x.stuck.Load() {
		return false
	}
	select {
	case x.slot <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// write runs on a goroutine of its own, because an io.Writer has no deadline.
func (x *JSONLines) write(text []byte, done chan<- error) {
	var err error
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("exporter: the writer panicked: %v", p)
		}
		if err != nil {
			x.failed.Add(1)
		}
		x.stuck.Store(false)
		<-x.slot
		done <- err
	}()
	n, err := x.to.Write(text)
	switch {
	case err != nil:
		err = fmt.Errorf("exporter: write lines: %w", err)
	case n < len(text):
		err = fmt.Errorf("exporter: write lines: %d of %d bytes: %w", n, len(text), io.ErrShortWrite)
	}
}
