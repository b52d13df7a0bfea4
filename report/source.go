package report

import (
	"context"
	"iter"
	"time"
)

// Source is what an exporter or a page may read. A monitor is one. All methods
// may be called concurrently, never block on evaluation, and keep answering
// after the source has been shut down.
type Source interface {
	// Model identifies the source. It is known before the first report.
	Model() Model
	// Report returns the newest report, never nil.
	Report() *Report
	// Totals yields what can be added over replicas (and the gauges that go
	// with it), cumulative since the source was created. A series once yielded
	// is yielded ever after.
	Totals() iter.Seq[Total]
	// History yields the recent values of the signals worth drawing.
	History() iter.Seq[Series]
}

// Exporter sends reports elsewhere.
type Exporter interface {
	// Start is called once, before the first report; the exporter may keep the
	// source and read it whenever it likes (a scrape, an SDK's collection).
	Start(Source) error
	// Export is called by one goroutine after each pane, in order, with a report
	// it must not change. An error is counted and logged, not retried.
	Export(context.Context, *Report) error
	// Shutdown is called once, after the last Export, and must heed the context.
	Shutdown(context.Context) error
}

// TotalKind says how a Total behaves.
type TotalKind uint8

// The kinds of total.
const (
	Counter   TotalKind = iota // only ever grows; add over replicas
	Gauge                      // as it is now; do not add
	Histogram                  // counts per bucket, only ever growing; add over replicas
)

// Attribute is one dimension of a Total. Values come from declared names only.
type Attribute struct{ Key, Value string }

// Total is one cumulative number or histogram.
type Total struct {
	Name       string // of the catalogue: "ml.model.predictions"
	Kind       TotalKind
	Attributes []Attribute
	// Value is the count or gauge; for a histogram the sum of the values.
	Value float64
	// Bounds and Counts are set for histograms: Counts[i] values were in
	// (Bounds[i-1], Bounds[i]], and there is one count more than bounds.
	Bounds []float64
	Counts []uint64
}

// Series is the recent past of one signal at one scale, oldest first.
type Series struct {
	Name    string  `json:"name"`
	Subject Subject `json:"subject"`
	Scale   int     `json:"scale"`
	Points  []Point `json:"points"`
}

// Point is one value of a Series.
type Point struct {
	At        time.Time `json:"at"`
	Value     float64   `json:"value"`
	Threshold float64   `json:"threshold,omitempty"`
	Status    Status    `json:"status"`
}
