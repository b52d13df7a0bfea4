package notify

import (
	"context"
	"sync"

	"github.com/tidemark-ml/tidemark/report"
)

// Callback calls functions of yours with each transition and each digest, in
// order, on the goroutine that exports: one that blocks holds up the exporters
// behind it, not the service. A nil function is not called. What is in the
// report at the start is not news.
type Callback struct {
	Transition func(context.Context, report.Transition)
	Digest     func(context.Context, *report.Digest)

	mu     sync.Mutex
	ledger report.Ledger
}

var _ report.Exporter = (*Callback)(nil)

// Start notes what is there already.
func (c *Callback) Start(source report.Source) error {
	if source == nil {
		return errNoSource
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ledger.Know(source.Report())
	return nil
}

// Export calls the functions.
func (c *Callback) Export(ctx context.Context, r *report.Report) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.ledger.Take(r) {
		if c.Transition != nil {
			c.Transition(ctx, t)
		}
	}
	if r != nil && r.Digest != nil && c.Digest != nil {
		c.Digest(ctx, r.Digest)
	}
	return nil
}

// Shutdown does nothing.
func (c *Callback) Shutdown(context.Context) error { return nil }
