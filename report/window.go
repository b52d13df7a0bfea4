package report

import "time"

// Window is the stretch of observations a signal was computed from: Scale
// consecutive panes, [Start, End).
type Window struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Scale    int       `json:"scale"`              // panes merged: 1, 2, 4, 16 or 64
	Pane     uint64    `json:"pane"`               // number of the last pane in it, from 1
	Maturity float64   `json:"maturity,omitempty"` // share of rows whose label has arrived, in [0, 1]; 0 where labels play no part
}

// Duration is End − Start.
func (w Window) Duration() time.Duration { return w.End.Sub(w.Start) }

// ScalePlan says how the windows of one scale are evaluated.
type ScalePlan struct {
	Panes  int     // panes merged into a window
	Every  int     // a window is evaluated each time this many panes have closed
	Weight float64 // share of the alarm budget
}

// Scales is the plan of all scales, smallest first: small windows see large
// changes at once, large windows see small ones at last. The weights add to 1.
func Scales() []ScalePlan {
	return []ScalePlan{{1, 1, .1}, {2, 1, .3}, {4, 1, .2}, {16, 4, .2}, {64, 16, .2}}
}
