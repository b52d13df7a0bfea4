package monitor

import (
	"unsafe"

	"github.com/tidemark-ml/tidemark/internal/stripe"
	"github.com/tidemark-ml/tidemark/profile"
)

// Footprint returns the bytes of heap that a monitor of this schema and these
// options will use at most, whatever it is given to observe, on a machine with
// the present GOMAXPROCS. It is computed from the sizes of the real buffers,
// of which most are allocated only under load. Without a reference it includes
// the rows held while one is learned, which is most of it.
//
// What evaluators, deciders and exporters keep is not included, nor are reports and
// what a checkpoint says of these; the history of the signals that evaluators yield is. Options that New would refuse count as
// far as they go; a nil schema has a footprint of 0.
func Footprint(schema *profile.Schema, options ...Option) (bytes int64) {
	if schema == nil {
		return 0
	}
	c, _ := newConfig(options)
	g := profile.BlankGeometry(schema)
	if c.reference != nil {
		if r, err := c.reference.Rebind(schema); err == nil {
			g = r.Geometry()
		}
	}
	s := newSizer()
	bytes = s.of(g)
	if c.reference != nil {
		bytes += s.of(c.reference)
	}
	wide := int64(0)
	if c.reference == nil {
		wide = widestCells(g)
	}
	bytes += batchesBytes(s, g, &c)
	times := 1 + int64(len(g.Segments().Segments)) // each segment has cells of its own
	bytes += sketched * (s.of(g.New(profile.WithSketches)) + (8*times+int64(unsafe.Sizeof(profile.Sum{})))*wide)
	bytes += counted * (s.of(g.New(profile.CountsOnly)) + 8*times*wide)
	bytes += (int64(largestScale()+2*c.learning.Panes) + 2) * (s.of(g.New(profile.CountsOnly).Pack()) + 4*times*wide)
	labels := labelBytes(s, g, &c, wide, times)
	bytes += s.of(g.NewFiller()) + labels
	history := int64(0)
	if len(c.evaluators) > 0 {
		history = maxSeries * (int64(c.history)*int64(unsafe.Sizeof(point{})) + int64(unsafe.Sizeof(seriesKey{})) + 256)
	}
	bytes += history
	if c.checkpoint != nil {
		bytes += 3 * (labels + history) // encoded, in a slice that doubles as it grows, and once more with its checksum
	}
	if c.reference == nil {
		bytes += learningBytes(g, wide) + jointBytes(schema, int64(largestScale()+2*c.learning.Panes)+sketched+counted)
	}
	return bytes + bytes/8 + fixedBytes // the allocator rounds up by an eighth at most
}

const (
	// sketched is how many profiles with sketches there are at a time: the open
	// one, the spare, one being evaluated, one being learned from.
	sketched = 4
	// counted is how many without: the totals, their snapshot for each of some
	// readers, one for each scale.
	counted = 16
	// fixedBytes is for stacks, channels, events and reports.
	fixedBytes = 2 << 20
)

// batchesBytes is that of the lanes, the pool and the queue.
func batchesBytes(s *sizer, g *profile.Geometry, c *config) int64 {
	lanes := stripe.Size(c.stripes)
	if c.eventTime {
		lanes = 1
	}
	most := int64(poolMost(lanes) + lanes + 1)
	return most*s.of(g.NewBatch()) + int64(lanes)*int64(unsafe.Sizeof(stripe.Stripe[lane]{}))
}

// Limits of the cells that a learned reference cuts; see package profile.
const (
	widestNumeric     = 128
	widestLabels      = 101
	widestCategories  = 20_000
	categoryBytes     = 128 // of one category while the reference is built
	widestLabelBytes  = 64 + 16
	widestSampleBytes = 2 * 8
	widestJoint       = 50   // numeric features that are looked at together
	jointSample       = 4096 // rows
)

// widestCells is by how many cells a learned geometry may exceed a blank one.
func widestCells(g *profile.Geometry) (cells int64) {
	for i := range g.Len() {
		if g.Axis(i).Numbers() {
			cells += widestNumeric
		} else {
			cells += widestLabels
		}
	}
	return cells
}

// jointBytes is that of what a learned reference knows of features together: a
// sum for each pair and three for each number in every pane and profile, and the
// sample that their geometry is fitted to.
func jointBytes(s *profile.Schema, profiles int64) int64 {
	var numbers int64
	for i := range s.Len() {
		if s.Feature(i).Kind == profile.Numeric {
			numbers++
		}
	}
	numbers = min(numbers, widestJoint)
	pairs := numbers * (numbers - 1) / 2
	return profiles*8*(pairs+3*numbers) + 2*jointSample*numbers*8
}

// learningBytes is that of the rows held, and of what a geometry and its making
// take.
func learningBytes(g *profile.Geometry, wide int64) (bytes int64) {
	row := int64(unsafe.Sizeof(profile.Row{}))
	for i := range g.Len() {
		row += int64(unsafe.Sizeof(profile.Value{}))
		if g.Axis(i).Numbers() {
			row += widestSampleBytes
			continue
		}
		row += profile.MaxLabel
		bytes += widestCategories*categoryBytes + 4*widestCategories*16 + widestLabels*widestLabelBytes
	}
	// The slice of rows doubles as it grows, and for a moment there are two.
	return bytes + maxLearningRows*(row+2*int64(unsafe.Sizeof(profile.Row{}))) + 3*8*wide
}
