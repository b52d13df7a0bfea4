package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// outlet hands reports to the exporters, in order, on a goroutine of its own (in
// event time on the caller's), so that a slow network never delays a pane.
type outlet struct {
	config    *config
	source    *Monitor
	queue     chan parcel
	ended     chan struct{} // closed when the queue is closed and empty
	abandoned atomic.Bool   // the exporters are being shut down: export no more
	cancel    context.CancelFunc
	context   context.Context
}

// parcel is a report to export; the errors go to wait, where there is one.
type parcel struct {
	report *report.Report
	wait   chan<- error
}

const (
	outletQueue   = 16               // reports waiting; one more is dropped and counted
	exportTimeout = 30 * time.Second // of one exporter for one report
)

func newOutlet(c *config) *outlet {
	o := &outlet{config: c, queue: make(chan parcel, outletQueue), ended: make(chan struct{})}
	o.context, o.cancel = context.WithCancel(c.base)
	return o
}

// start starts the exporters; where one fails, those before it are shut down.
func (o *outlet) start(m *Monitor) error {
	o.source = m
	if c := o.config.checkpoint; c != nil {
		c.told.Know(m.Report())
	}
	for i, e := range o.config.exporters {
		err := guard(partOf("exporter", e), func() error { return e.Start(m) })
		if err != nil {
			ctx, cancel := context.WithTimeout(o.context, ioCap)
			defer cancel()
			defer o.cancel()
			return errors.Join(fmt.Errorf("monitor: exporter %T did not start: %w", e, err),
				o.closeExporters(ctx, o.config.exporters[:i], time.After(shutdownCap)))
		}
	}
	return nil
}

// run delivers until the queue is closed.
func (o *outlet) run() {
	defer close(o.ended)
	for p := range o.queue {
		o.deliver(p)
	}
}

// send queues a report, or in event time exports it at once.
func (o *outlet) send(r *report.Report, wait chan<- error) {
	p := parcel{r, wait}
	if o.config.eventTime {
		o.deliver(p)
		return
	}
	select {
	case o.queue <- p:
	default:
		o.drop(p)
	}
}

// drop counts a report that the exporters were too slow for.
func (o *outlet) drop(p parcel) {
	o.source.keeper.tallies.unsent.Add(1)
	if p.wait != nil {
		p.wait <- fmt.Errorf("monitor: %d reports wait for the exporters, which are too slow: one more was dropped", outletQueue)
	}
}

func (o *outlet) deliver(p parcel) {
	if c := o.config.checkpoint; c != nil && !o.config.eventTime && p.report != nil && c.news(p.report) {
		o.source.save()
	}
	var errs []error
	for _, e := range o.config.exporters {
		if o.abandoned.Load() {
			o.drop(p)
			return
		}
		ctx, cancel := context.WithTimeout(o.context, exportTimeout)
		err := guard(partOf("exporter", e), func() error { return e.Export(ctx, p.report) })
		cancel()
		if err != nil {
			o.source.keeper.fail("exporter", err)
			errs = append(errs, err)
		}
	}
	if p.wait != nil {
		p.wait <- errors.Join(errs...)
	}
}

// The times that exporters have at shutdown: until their context ends, until
// Export is waited for no longer, and until Shutdown is.
const (
	ioCap       = 4 * time.Second
	exportCap   = 4500 * time.Millisecond
	shutdownCap = 5 * time.Second
)

// shutdown exports what is queued and the last report, if there is one, and
// shuts the exporters down. What they do obeys ctx and ioCap; one that heeds
// neither is left behind when its time is up.
func (o *outlet) shutdown(ctx context.Context, last *report.Report) error {
	exported, closed := time.NewTimer(exportCap), time.NewTimer(shutdownCap)
	defer exported.Stop()
	defer closed.Stop()
	ctx, cancel := context.WithTimeout(ctx, ioCap)
	defer cancel()
	defer o.cancel()
	if ctx.Err() != nil {
		o.cancel()
	}
	defer context.AfterFunc(ctx, o.cancel)()
	if o.config.eventTime {
		go o.run()
	}
	wait := make(chan error, 1)
	if last == nil {
		wait <- nil
	} else {
		o.sendLast(ctx, parcel{last, wait})
	}
	close(o.queue)
	var errs []error
	select {
	case <-o.ended:
		errs = append(errs, <-wait)
	case <-exported.C:
		o.abandoned.Store(true)
		errs = append(errs, fmt.Errorf("monitor: shutdown: an exporter has not returned from Export within %v; it is left behind", exportCap))
	}
	return errors.Join(append(errs, o.closeExporters(ctx, o.config.exporters, closed.C))...)
}

// sendLast queues the last report, waiting for room as long as ctx allows.
func (o *outlet) sendLast(ctx context.Context, p parcel) {
	select {
	case o.queue <- p:
		return
	default:
	}
	select {
	case o.queue <- p:
	case <-ctx.Done():
		o.drop(p)
	}
}

// closeExporters shuts exporters down side by side, so that one that hangs does
// not keep the others from flushing, and waits until up receives.
func (o *outlet) closeExporters(ctx context.Context, exporters []report.Exporter, up <-chan time.Time) error {
	type result struct {
		i   int
		err error
	}
	results := make(chan result, len(exporters))
	for i, e := range exporters {
		go func() {
			results <- result{i, guard(partOf("exporter", e), func() error { return e.Shutdown(ctx) })}
		}()
	}
	errs := make([]error, len(exporters))
	for i, e := range exporters {
		errs[i] = fmt.Errorf("monitor: shutdown: exporter %T has not shut down within %v; it is left behind", e, shutdownCap)
	}
	for range exporters {
		select {
		case r := <-results:
			errs[r.i] = r.err
		case <-up:
			return errors.Join(errs...)
		}
	}
	return errors.Join(errs...)
}
