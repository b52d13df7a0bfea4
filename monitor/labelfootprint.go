package monitor

import (
	"unsafe"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/internal/stripe"
	"github.com/tidemark-ml/tidemark/profile"
)

const (
	// sketchedOutcomes is how many outcomes with slices there are at a time: the
	// open pane's, the closed one's, those of the cohort that matures and of the one
	// before, and of what is learned of labels and of figures.
	sketchedOutcomes = 6
	// countedOutcomes is how many without beside those of panes: one for each scale,
	// for what was before it, and for the early window and its cohorts.
	countedOutcomes = 16
	// widestScore is by how many cells a learned score may exceed a blank one.
	widestScore = 128
)

// labelBytes is that of what waits for labels, and of what came true: the join, the
// buffers of labels, cohorts that wait and that are mature, and what is learned of
// them. A learned geometry has so many more cells, and its profiles so many parts.
func labelBytes(s *sizer, g *profile.Geometry, c *config, wide, parts int64) (bytes int64) {
	size := g.JoinedSize()
	if c.labels.Capacity > 0 {
		bytes += join.Bytes(size, c.labels.Capacity)
	}
	lanes := stripe.Size(c.stripes)
	if c.eventTime {
		lanes = 1
	}
	event := int64(unsafe.Sizeof(event{}))
	bytes += int64(lanes+spareBuffers)*(eventBatch*event+2*24) + int64(lanes)*int64(unsafe.Sizeof(stripe.Stripe[labelLane]{}))
	if len(c.followers) > 0 {
		bytes += 2*feedRows*int64(size+feedTail) + feedBatch*(int64(unsafe.Sizeof(profile.Joined{}))+int64(size)+4*64)
	}
	bytes += 2 * tokenRoom * int64(size+tokenHead+tokenSum+3*int(unsafe.Sizeof(tokenLabel{})))
	bytes += join.MaxOpen * int64(len(c.kpis)) * int64(unsafe.Sizeof(profile.Sum{}))
	panes := int64(maxCohorts + largestScale() + 2*c.learning.Panes + 2*earlyCohorts)
	more := int64(unsafe.Sizeof(profile.Sum{}))*wide + int64(unsafe.Sizeof(profile.BinaryCell{}))*widestScore*parts
	counts := s.of(g.NewOutcomes(profile.CountsOnly)) + more + int64(len(c.kpis))*int64(unsafe.Sizeof(profile.KPI{}))
	bytes += sketchedOutcomes*(s.of(g.NewOutcomes(profile.WithSketches))+more) + (countedOutcomes+panes)*counts
	bytes += panes * (s.of(g.New(profile.CountsOnly).Pack()) + 4*parts*wide)
	bytes += 8 * (s.of(g.New(profile.CountsOnly)) + 8*parts*wide) // one for each scale, the open cohort, what is learned
	return bytes
}
