package exporter

import (
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// observed is one total of the collection under way.
type observed struct {
	series *series
	value  float64
	first  int // of its counts in collector.counts
}

// collector turns a source into observations, one collection at a time.
type collector struct {
	made   instruments
	table  *table
	tally  tally
	own    *tallyOptions
	taken  []observed // reused
	counts []uint64   // reused: the counts of the histograms taken
	left   map[string]uint64
}

func newCollector(made instruments, limit int, cells bool) *collector {
	return &collector{
		made: made, table: newTable(limit, cells), tally: newTally(), left: map[string]uint64{},
	}
}

// collect observes all totals of the source and all points of the snapshot. The
// totals are read to the end before the first is observed, because whether a
// feature fits below the limit is known only then.
func (c *collector) collect(o metric.Observer, source report.Source, points *snapshot) {
	model := source.Model()
	c.table.begin(model)
	if c.own == nil || c.own.model != model {
		c.own = newTallyOptions(model)
	}
	c.taken, c.counts = c.taken[:0], c.counts[:0]
	clear(c.left)
	for total := range source.Totals() {
		c.take(&total)
	}
	for i := range c.taken {
		c.emit(o, &c.taken[i])
	}
	for name, n := range c.left {
		c.tally.raise(name, n)
	}
	points.observe(o, c.made, c.table.limit, &c.tally)
	c.tally.observe(o, c.made, c.own)
}

// take checks a total and remembers it.
func (c *collector) take(t *report.Total) {
	if t.Kind == report.Histogram {
		c.takeHistogram(t)
		return
	}
	h, known := c.made[t.Name]
	switch {
	case !known, h.grows != (t.Kind == report.Counter):
		c.tally.unknown++
	case !h.accepts(t.Value):
		c.tally.values++
	default:
		c.taken = append(c.taken, observed{series: c.table.find(t), value: t.Value})
	}
}

func (c *collector) takeHistogram(t *report.Total) {
	if !isHistogram(t.Name) {
		c.tally.unknown++
		return
	}
	if !wellFormed(t) {
		c.tally.values++
		return
	}
	found := c.table.find(t)
	if !c.table.cells { // the provider's producer exports it, by the same limit
		if found.capped() {
			c.left[found.name]++
		}
		return
	}
	if !c.made[found.sumName].accepts(t.Value) {
		c.tally.values++
		return
	}
	c.taken = append(c.taken, observed{found, t.Value, len(c.counts)})
	c.counts = append(c.counts, t.Counts...)
}

func (c *collector) emit(o metric.Observer, x *observed) {
	s := x.series
	if s.capped() {
		c.left[s.name] += uint64(max(1, len(s.bucket)))
		return
	}
	if s.group != nil {
		s.group.exported = true
	}
	if s.kind != report.Histogram {
		c.made[s.name].observe(o, x.value, s.options)
		return
	}
	c.emitCells(o, x)
}

// emitCells observes a histogram as counters, each bucket with all below it, as
// Prometheus does: histogram_quantile then works on them as they are.
func (c *collector) emitCells(o metric.Observer, x *observed) {
	bucket, below := c.made[x.series.bucketName], uint64(0)
	for i, options := range x.series.bucket {
		below += c.counts[x.first+i]
		bucket.observe(o, float64(below), options)
	}
	c.made[x.series.sumName].observe(o, x.value, x.series.options)
}
