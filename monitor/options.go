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
	history    int
	labels     Labels
	kpis       []KPI
	followers  []Follower
	summarizer Summarizer
	talliers   []report.Tallier
	frozen     []*validation
	checkpoint *checkpoint
	mistakes   []error // found while options were applied
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

// Limits of the options: they bound memory, and a pane's counts have 32 bits.
const (
	maxHistory = 10_000
	maxStripes = 1024
)

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

// WithTallies adds totals of something beside the monitor, a guard or a rollout, to
// those of the monitor.
func WithTallies(t ...report.Tallier) Option {
	return option(func(c *config) { c.talliers = append(c.talliers, t...) })
}

// WithSummarizer sets what writes the one sentence of a report.
func WithSummarizer(s Summarizer) Option { return option(func(c *config) { c.summarizer = s }) }

// WithClock sets the clock, for tests.
func WithClock(clock Clock) Option { return option(func(c *config) { c.clock = clock }) }

// WithLogger sets where failures of evaluators and exporters are logged; the
// default is slog.Default.
func WithLogger(l *slog.Logger) Option { return option(func(c *config) { c.logger = l }) }

// WithEventTime lets the rows' times drive the panes, and everything happen on
// the observing goroutine: no row is dropped, no goroutine runs, and the same
// rows give the same reports. Panes end at multiples of Panes.Every since year 1
// UTC, where the first row after them shows that their time is up. A row that is
// older than the open pane is counted as late and left out, so one row far in
// the future makes all that follow late. Rows without a time, or with one that
// cannot be right (before 1678 or after 2261), belong to the open pane.
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
	c.labels = c.labels.withDefaults()
	return c, errors.Join(c.panes.validate(), c.learning.validate(), c.labels.validate(), validateKPIs(c.kpis), c.validate())
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
		return fmt.Errorf("monitor: panes %+v: no field may be negative; 0 means the default", p)
	}
	if uint64(p.Rows) > maxPaneRows || uint64(p.MinRows) > maxPaneRows {
		return fmt.Errorf("monitor: panes of %d rows, at least %d; at most %d are possible", p.Rows, p.MinRows, int64(maxPaneRows))
	}
	return nil
}

func (l Learning) validate() (err error) {
	if l.Rows < 1 || l.Rows > maxLearningRows {
		err = fmt.Errorf("monitor: learning from %d rows; 1 to %d are possible", l.Rows, maxLearningRows)
	}
	if l.Panes < 3 || l.Panes > 720 {
		err = errors.Join(err, fmt.Errorf("monitor: learning from %d panes; 3 to 720 are possible", l.Panes))
	}
	return err
}

// maxLearningRows bounds the rows held before cells are cut.
const maxLearningRows = 50_000

func (c *config) validate() error {
	errs := c.mistakes
	if len(c.frozen) > maxFrozenSets {
		errs = append(errs, fmt.Errorf("monitor: %d frozen sets; at most %d are possible", len(c.frozen), maxFrozenSets))
	}
	if c.history < 0 || c.history > maxHistory {
		errs = append(errs, fmt.Errorf("monitor: history of %d points; 0 to %d are possible", c.history, maxHistory))
	}
	if c.stripes < 0 || c.stripes > maxStripes {
		errs = append(errs, fmt.Errorf("monitor: %d stripes; 1 to %d are possible, and 0 means two per processor", c.stripes, maxStripes))
	}
	if c.clock == nil {
		errs = append(errs, errors.New("monitor: the clock is nil; leave WithClock out for the system's"))
	}
	if c.logger == nil {
		errs = append(errs, errors.New("monitor: the logger is nil; leave WithLogger out for slog's default"))
	}
	if v, ok := c.decider.(Validator); ok {
		if err := guard(partOf("decider", v), v.Validate); err != nil {
			errs = append(errs, fmt.Errorf("monitor: the decider cannot be used: %w", err))
		}
	}
	for i, e := range c.evaluators {
		if e == nil {
			errs = append(errs, fmt.Errorf("monitor: evaluator %d of %d is nil", i+1, len(c.evaluators)))
		}
	}
	for i, f := range c.followers {
		if f == nil {
			errs = append(errs, fmt.Errorf("monitor: follower %d of %d is nil", i+1, len(c.followers)))
		}
	}
	for i, t := range c.talliers {
		if t == nil {
			errs = append(errs, fmt.Errorf("monitor: tallier %d of %d is nil", i+1, len(c.talliers)))
		}
	}
	for i, e := range c.exporters {
		if e == nil {
			errs = append(errs, fmt.Errorf("monitor: exporter %d of %d is nil", i+1, len(c.exporters)))
		}
	}
	return errors.Join(errs...)
}
