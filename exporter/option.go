package exporter

import "time"

// DefaultSeriesLimit is how many series an instrument may have unless
// [WithSeriesLimit] says otherwise: below the 2,000 at which an OpenTelemetry
// SDK starts to pour series into otel.metric.overflow.
const DefaultSeriesLimit = 1900

// Option configures what [New] returns.
type Option interface{ apply(config) config }

type config struct {
	limit int
	now   func() time.Time
}

type optionFunc func(config) config

func (f optionFunc) apply(c config) config { return f(c) }

func newConfig(options []Option) config {
	c := config{limit: DefaultSeriesLimit, now: time.Now}
	for _, o := range options {
		if o != nil {
			c = o.apply(c)
		}
	}
	return c
}

// WithSeriesLimit sets how many series each instrument may have; the default is
// [DefaultSeriesLimit], and n < 1 means the default. The first series that the
// source yields are kept; the others are counted in ml.monitor.series.capped.
//
// Exporters that share a MeterProvider share its instruments, so the limits of
// all models of the process should add up to less than the SDK's limit.
func WithSeriesLimit(n int) Option {
	return optionFunc(func(c config) config {
		if n >= 1 {
			c.limit = n
		} else {
			c.limit = DefaultSeriesLimit
		}
		return c
	})
}

// WithClock sets the clock that dates the histograms of a [Provider]; the
// default is [time.Now], and nil means the default. All other times are the
// SDK's own.
func WithClock(now func() time.Time) Option {
	return optionFunc(func(c config) config {
		if now == nil {
			now = time.Now
		}
		c.now = now
		return c
	})
}
