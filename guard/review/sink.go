package review

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// Sink takes released items to where people look at them. Put is called by the
// goroutine that calls Release, one item at a time, and should heed the context.
// An error is counted and returned by Release, not retried: the item stays open,
// and [Queue.Open] lists it.
type Sink interface {
	Put(context.Context, Item) error
}

// Func makes a sink of a function.
type Func func(context.Context, Item) error

// Put implements [Sink].
func (f Func) Put(ctx context.Context, item Item) error { return f(ctx, item) }

// Lines writes items as JSON lines. It is safe for concurrent use.
type Lines struct {
	mu sync.Mutex
	w  io.Writer
}

// NewLines returns a sink that writes to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w} }

// Put implements [Sink].
func (l *Lines) Put(_ context.Context, item Item) error {
	line, err := json.Marshal(item)
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.w.Write(append(line, '\n'))
	return err
}
