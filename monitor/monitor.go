package monitor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Monitor watches one version of one model against one reference. All methods
// may be called concurrently; on a nil Monitor they do nothing.
type Monitor struct {
	config   config
	schema   *profile.Schema
	intake   *intake
	labels   *labelIntake
	tokens   *tokenBuffer
	stopRuns context.CancelFunc // ends the runs of frozen sets
	saving   sync.Mutex         // one checkpoint at a time
	encoders sync.Pool          // of *tokenEncoder
	keeper   *keeper
	outlet   *outlet

	mu   sync.Mutex // orders pane closes: the ticker, Flush, Shutdown, event time
	done chan struct{}
	once sync.Once
	stop error
	loop sync.WaitGroup
}

// ErrShutdown is returned by Flush after Shutdown.
var ErrShutdown = errors.New("monitor: it has been shut down")

// New returns a running monitor of the named model. Every mistake in the options
// is reported in one error.
func New(model string, schema *profile.Schema, options ...Option) (*Monitor, error) {
	if model == "" || len(model) > 128 {
		return nil, fmt.Errorf("monitor: the model's name has %d bytes; 1 to 128 are allowed", len(model))
	}
	if schema == nil {
		return nil, errors.New("monitor: the schema is nil; make one with profile.SchemaOf or profile.NewSchema")
	}
	config, err := newConfig(options)
	if err != nil {
		return nil, err
	}
	geometry := profile.BlankGeometry(schema)
	if config.reference != nil {
		if config.reference, err = config.reference.Rebind(schema); err != nil {
			return nil, fmt.Errorf("monitor: model %q: %w", model, err)
		}
		geometry = config.reference.Geometry()
	}
	if config.eventTime {
		config.stripes = 1
	}
	m := &Monitor{config: config, schema: schema, done: make(chan struct{}), stopRuns: func() {}}
	limit := config.panes.limit()
	if config.reference == nil {
		limit = uint64(config.learning.Rows)
	}
	m.labels = newLabelIntake(config.stripes)
	m.intake = newIntake(geometry, config.stripes, limit, newJoiner(&m.config, schema.Target(), m.now), m.labels)
	m.tokens = m.intake.join.tokens
	m.outlet = newOutlet(&m.config)
	m.keeper = newKeeper(model, schema, &m.config, m.intake)
	m.restore()
	if err := m.start(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Monitor) start() error {
	if err := m.outlet.start(m); err != nil {
		return err
	}
	if m.config.eventTime {
		close(m.intake.drained)
		return nil
	}
	if now := m.config.clock.Now().UTC(); m.intake.openRows() == 0 || m.keeper.began.IsZero() {
		m.keeper.began = now // else rows were restored, and their pane goes on
	}
	go m.intake.run()
	go m.outlet.run()
	m.loop.Go(m.tick)
	if m.config.checkpoint != nil {
		m.loop.Go(m.saveLoop)
	}
	ctx, cancel := context.WithCancel(m.config.base)
	m.stopRuns = cancel
	for _, v := range m.config.frozen {
		m.loop.Go(func() { v.loop(ctx, m.keeper, m.done) })
	}
	return nil
}

// tick closes panes as they come due.
func (m *Monitor) tick() {
	for {
		m.mu.Lock()
		wait := m.keeper.untilDue(m.config.clock.Now())
		m.mu.Unlock()
		select {
		case <-m.done:
			return
		case <-m.config.clock.After(wait):
		case <-m.intake.enough:
		}
		m.mu.Lock()
		if r := m.keeper.closeIfDue(m.config.clock.Now()); r != nil {
			m.outlet.send(r, nil)
		}
		m.mu.Unlock()
	}
}

// Model identifies what is monitored.
func (m *Monitor) Model() report.Model {
	if m == nil {
		return report.Model{}
	}
	return m.keeper.identity()
}

// Report returns the newest report; before the first pane has closed it has no
// signals. It is never nil and must not be changed.
func (m *Monitor) Report() *report.Report {
	if m == nil {
		return &report.Report{}
	}
	return m.keeper.newest()
}

// Totals yields what can be added over replicas; see [report.Source].
func (m *Monitor) Totals() iter.Seq[report.Total] {
	if m == nil {
		return func(func(report.Total) bool) {}
	}
	return m.keeper.totals()
}

// History yields the recent values of the signals worth drawing.
func (m *Monitor) History() iter.Seq[report.Series] {
	if m == nil {
		return func(func(report.Series) bool) {}
	}
	return m.keeper.history.all()
}

// Profile returns the merged counts of the newest panes, as many as scale says,
// or nil where there are not that many yet. The caller owns it.
func (m *Monitor) Profile(scale int) *profile.Profile {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keeper.window(scale)
}

// Reference returns what live data is compared with, nil while it is being
// learned.
func (m *Monitor) Reference() *profile.Reference {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keeper.reference
}

// AcceptReference makes the newest panes, as many as scale says, the new
// reference: what is seen now is how it should be. Cells stay as they are. Older
// panes are forgotten, so that larger windows start anew. It is recorded as an
// event and closes the open incidents. While the reference is being learned, and
// where there are not that many panes or no row in them, it is an error.
func (m *Monitor) AcceptReference(scale int) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keeper.accept(scale)
}

// Flush drains what was observed, closes the open pane whatever its size,
// evaluates it, and waits until it is exported or the context is done. It
// returns the errors of the exporters.
func (m *Monitor) Flush(ctx context.Context) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	if m.ended() { // with the mutex: Shutdown may have come first
		m.mu.Unlock()
		return ErrShutdown
	}
	wait := make(chan error, 1)
	m.outlet.send(m.keeper.close(m.now(), false), wait)
	m.mu.Unlock()
	select {
	case err := <-wait:
		return err
	case <-ctx.Done():
		return fmt.Errorf("monitor: flush: %w", ctx.Err())
	}
}

// now is the time on the clock, or in event time that of the newest row.
func (m *Monitor) now() time.Time {
	if m.config.eventTime {
		return m.keeper.latest
	}
	return m.config.clock.Now()
}

// ended reports whether Shutdown has begun.
func (m *Monitor) ended() bool {
	select {
	case <-m.done:
		return true
	default:
		return false
	}
}

// Shutdown stops observing, drains and evaluates what was observed, even on a
// context that is done, exports it and shuts the exporters down, for which it
// takes at most five seconds and heeds the context. Where nothing was observed
// since the last pane, the newest report stays. An exporter that does not return
// in time is left behind: its Shutdown may then be called while an Export that
// does not heed its context goes on. Report, Totals and History keep answering.
// Later calls return what the first did.
func (m *Monitor) Shutdown(ctx context.Context) error {
	if m == nil {
		return nil
	}
	m.once.Do(func() {
		close(m.done)
		m.stopRuns()
		m.loop.Wait()
		m.mu.Lock()
		r := m.keeper.close(m.now(), true)
		if !m.config.eventTime {
			close(m.intake.wake) // every lane is closed: nobody signals any more
			<-m.intake.drained
		}
		m.mu.Unlock()
		m.save()
		m.stop = m.outlet.shutdown(ctx, r)
	})
	return m.stop
}
