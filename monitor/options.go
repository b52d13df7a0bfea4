package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Option configures a monitor; see the With functions.
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(c *config) { o(c) }

type config struct {
	version    string
	provenance profile.Provenance
	reference  *profile.Reference
	panes      Panes
	learning   Learning
	evaluators []Evaluator
	decider    Decider
	exporters  []report.Exporter
	clock      Clock
	logger     *slog.Logger
	eventTime  bool
	stripes    int
	buffers    int
	history    int
	base       context.Context
}

// Panes says when a pane, the smallest window, closes.
type Panes struct {
	// Every is how long a pane lasts; 0 means 5 minutes.
	Every time.Duration
	// MinRows is how many rows it must hold; 0 means 200. A pane that is due but
	// too small goes on until it has them or has lasted MaxWait times as long.
	MinRows int
	// MaxWait is in units of Every; 0 means 24.
	MaxWait int
	// Rows, where positive, closes a pane after this many rows and at no other
	// time. It is exact with event time; otherwise buffers may add some.
	Rows int
}

// Learning says how a monitor without a reference learns one.
type Learning struct {
	// Rows are observed before cells are cut; 0 means 2,000.
	Rows int
	// Panes are observed before anything is decided; 0 means 72.
	Panes int
}

// Options makes one option of several; nil ones are ignored.
func Options(options ...Option) Option {
	return option(func(c *config) {
		for _, o := range options {
			if o != nil {
				o.apply(c)
			}
		}
	})
}

// WithVersion names the model's version.
func WithVersion(version string) Option { return option(func(c *config) { c.version = version }) }

// WithProvenance sets what reports say about the model's origin; model and
// version are the monitor's own.
func WithProvenance(p profile.Provenance) Option {
	return option(func(c *config) { c.provenance = p })
}

// WithReference sets what live data is compared with. Its schema must match the
// monitor's by feature name and kind. Without a reference the monitor learns one.
func WithReference(r *profile.Reference) Option { return option(func(c *config) { c.reference = r }) }

// WithPanes sets when panes close.
func WithPanes(p Panes) Option { return option(func(c *config) { c.panes = p }) }

// WithLearning sets how a reference, or its natural variability, is learned.
func WithLearning(l Learning) Option { return option(func(c *config) { c.learning = l }) }

// WithEvaluators adds evaluators.
func WithEvaluators(e ...Evaluator) Option {
	return option(func(c *config) { c.evaluators = append(c.evaluators, e...) })
}

// WithDecider sets the decider; the default leaves every signal undecided.
func WithDecider(d Decider) Option { return option(func(c *config) { c.decider = d }) }

// WithExporter adds an exporter. A monitor may have several.
func WithExporter(e report.Exporter) Option {
	return option(func(c *config) { c.exporters = append(c.exporters, e) })
}

// WithClock sets the clock, for tests.
func WithClock(clock Clock) Option { return option(func(c *config) { c.clock = clock }) }

// WithLogger sets where failures of evaluators and exporters are logged; the
// default is slog.Default.
func WithLogger(l *slog.Logger) Option { return option(func(c *config) { c.logger = l }) }

// WithEventTime lets the rows' times drive the panes, and everything happen on
// the observing goroutine: no row is dropped, no goroutine runs, and the same
// rows give the same reports. A row that is older than the open pane is counted
// as late and left out. Rows without a time belong to the open pane.
func WithEventTime() Option { return option(func(c *config) { c.eventTime = true }) }

// WithStripes sets over how many independently locked buffers callers are
// spread; the default is two per processor.
func WithStripes(n int) Option { return option(func(c *config) { c.stripes = n }) }

// WithHistory sets how many points of each signal worth drawing are kept; the
// default is 128.
func WithHistory(points int) Option { return option(func(c *config) { c.history = points }) }

func newConfig(options []Option) (config, error) {
	c := config{
		clock: systemClock{}, logger: slog.Default(), history: 128, base: context.Background(),
	}
	Options(options...).apply(&c)
	c.panes = c.panes.withDefaults()
	c.learning = c.learning.withDefaults()
	return c, errors.Join(c.panes.validate(), c.validate())
}

func (p Panes) withDefaults() Panes {
	if p.Every == 0 {
		p.Every = 5 * time.Minute
	}
	if p.MinRows == 0 {
		p.MinRows = 200
	}
	if p.MaxWait == 0 {
		p.MaxWait = 24
	}
	return p
}

func (l Learning) withDefaults() Learning {
	if l.Rows == 0 {
		l.Rows = 2000
	}
	if l.Panes == 0 {
		l.Panes = 72
	}
	return l
}

func (p Panes) validate() error {
	if p.Every < 0 || p.MinRows < 0 || p.MaxWait < 0 || p.Rows < 0 {
		return fmt.Errorf("monitor: panes %+v: no field may be negative", p)
	}
	return nil
}

// maxLearningRows bounds the rows held before cells are cut.
const maxLearningRows = 50_000

func (c *config) validate() error {
	switch {
	case c.learning.Rows < 1 || c.learning.Rows > maxLearningRows:
		return fmt.Errorf("monitor: learning from %d rows; 1 to %d are possible", c.learning.Rows, maxLearningRows)
	case c.learning.Panes < 3 || c.learning.Panes > 720:
		return fmt.Errorf("monitor: learning from %d panes; 3 to 720 are possible", c.learning.Panes)
	case c.history < 0 || c.stripes < 0:
		return fmt.Errorf("monitor: history of %d points, %d stripes; neither may be negative", c.history, c.stripes)
	case c.clock == nil || c.logger == nil:
		return errors.New("monitor: the clock and the logger must not be nil; leave the option out for the default")
	}
	for i, e := range c.evaluators {
		if e == nil {
			return fmt.Errorf("monitor: evaluator %d is nil", i)
		}
	}
	for i, e := range c.exporters {
		if e == nil {
			return fmt.Errorf("monitor: exporter %d is nil", i)
		}
	}
	return nil
}
