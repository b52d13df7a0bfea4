package drift

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Detectable is the smallest change that a window can show, of one column.
type Detectable struct {
	Subject report.Subject
	// Effect is the size found with probability .8, about: of numbers a shift of
	// the mean in reference standard deviations (on the scale of ranks), of
	// labels the root mean square relative change of shares.
	Effect float64
	// Insensitive is set where Effect exceeds half a standard deviation: a quiet
	// column is then no evidence.
	Insensitive bool
	// Known is false where the reference has no time blocks, so that natural
	// variability is left out and Effect is too small.
	Known bool
}

// Detectable answers what could be found, before anything is observed: the
// smallest change of each feature and outcome column in a window of this many
// panes of this many rows,
//
//	MinEffect + 4.9·sqrt(1/n + 1/m + τ²), n = panes·rows
//
// m being the rows of the reference, or of the slots of the week that the window
// lies in where a season is taken out (their harmonic mean over all windows).
//
// It is approximate, and exact enough to choose the size of panes and to tell a
// monitor that is quiet from one that is blind. Columns without reference rows
// and constants are left out. Panes and rows below 1 give nothing.
func (s Shift) Detectable(r *profile.Reference, panes, rows int) []Detectable {
	if r == nil || panes < 1 || rows < 1 {
		return nil
	}
	c := calibrationOf(r)
	v := c.at(float64(rows), c.season())
	out := make([]Detectable, 0, len(c.plans))
	for i, p := range c.plans {
		if p.m == 0 || p.constant {
			continue
		}
		valid := float64(rows) * p.m / p.total
		effect := p.smallest(c, v, i, p.main(), panes, valid, s.minEffect())
		out = append(out, Detectable{
			Subject: p.axis.Subject, Effect: effect, Insensitive: effect > insensitiveAt, Known: v != nil,
		})
	}
	return out
}
