package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// outlet hands reports to the exporters, in order, on a goroutine of its own (in
// event time on the caller's), so that a slow network never delays a pane.
type outlet struct {
	config  *config
	source  *Monitor
	queue   chan parcel
	ended   sync.WaitGroup
	cancel  context.CancelFunc
	context context.Context
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
	o := &outlet{config: c, queue: make(chan parcel, outletQueue)}
	o.context, o.cancel = context.WithCancel(c.base)
	return o
}

// start starts the exporters; where one fails, those before it are shut down.
func (o *outlet) start(m *Monitor) error {
	o.source = m
	for i, e := range o.config.exporters {
		err := guard(fmt.Sprintf("exporter %T", e), func() error { return e.Start(m) })
		if err != nil {
			for _, started := range o.config.exporters[:i] {
				started.Shutdown(o.context)
			}
			return fmt.Errorf("monitor: exporter %T: %w", e, err)
		}
	}
	return nil
}

func (o *outlet) run() {
	o.ended.Go(func() {
		for p := range o.queue {
			o.deliver(p)
		}
	})
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
		o.source.keeper.tallies.unsent.Add(1)
		if wait != nil {
			wait <- errors.New("monitor: the exporters are too slow: the report was dropped")
		}
	}
}

func (o *outlet) deliver(p parcel) {
	var errs []error
	for _, e := range o.config.exporters {
		ctx, cancel := context.WithTimeout(o.context, exportTimeout)
		err := guard(fmt.Sprintf("exporter %T", e), func() error { return e.Export(ctx, p.report) })
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

// shutdown waits for what is queued as long as ctx allows, then cancels it, and
// shuts the exporters down.
func (o *outlet) shutdown(ctx context.Context, wait <-chan error) error {
	var errs []error
	select {
	case err := <-wait:
		errs = append(errs, err)
	case <-ctx.Done():
		errs = append(errs, fmt.Errorf("monitor: shutdown: the last report is not exported: %w", ctx.Err()))
	}
	o.cancel()
	close(o.queue)
	for _, e := range o.config.exporters {
		errs = append(errs, guard(fmt.Sprintf("exporter %T", e), func() error { return e.Shutdown(ctx) }))
	}
	return errors.Join(errs...)
}

// guard calls f and turns a panic into an error.
func guard(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("monitor: %s panicked: %v", what, v)
		}
	}()
	return f()
}
