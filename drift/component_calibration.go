package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// calibration is what the component test derives from a reference, whatever the
// size of live panes.
type calibration struct {
	reference *profile.Reference
	plans     []*plan
	blocks    int     // time blocks of the reference (or learned live panes)
	blockRows float64 // mean rows of one
	live      bool    // the blocks are no part of the reference's profile
	scales    []report.ScalePlan
	pool      scratch // of *judge
	laws      lawTables
}

type calibrationKey struct{}

// minBlocks is the fewest time blocks that say anything about variability.
const minBlocks = 3

func calibrationOf(r *profile.Reference) *calibration {
	return r.Memo(calibrationKey{}, func() any {
		c := &calibration{reference: r, live: r.Live(), scales: report.Scales()}
		whole := profile.Comparison{Reference: r, Current: r.Profile()}
		for p := range whole.Inputs() {
			c.plans = append(c.plans, newPlan(p))
		}
		var rows float64
		for _, pane := range r.Panes() {
			rows += float64(pane.Rows)
		}
		if n := len(r.Panes()); n >= minBlocks && rows > 0 {
			c.blocks, c.blockRows = n, rows/float64(n)
		}
		if c.live {
			c.learnRange()
		}
		return c
	}).(*calibration)
}

// learnRange counts the values of live panes beyond the reference's range as
// known. The blocks of a reference have none by definition.
func (c *calibration) learnRange() {
	var block counts
	for _, p := range c.plans {
		for _, pane := range c.reference.Panes() {
			p.readPane(&block, pane)
			p.beyond += block.beyond
			p.beyondOf += block.n
		}
	}
}

type variabilityKey struct {
	step     int
	seasonal bool
}

// ratioSteps is the grid of the ratio of live panes to time blocks: steps of
// √2, so that what is kept per reference is bounded however panes vary.
const ratioSteps = 2

// at returns the variability for panes of this many rows, nil where the
// reference has too few blocks; what is left of it after a season where that is
// not nil.
func (c *calibration) at(paneRows float64, s *season) *variability {
	if c.blocks == 0 {
		return nil
	}
	step := int(math.Round(ratioSteps * math.Log2(max(paneRows, 1)/c.blockRows)))
	step = min(max(step, -6), 12)
	return c.reference.Memo(variabilityKey{step, s != nil}, func() any {
		v := c.variability(math.Exp2(float64(step)/ratioSteps), s)
		if s != nil {
			v.settle(c.at(paneRows, nil), c.reference.Panes())
		}
		return v
	}).(*variability)
}
