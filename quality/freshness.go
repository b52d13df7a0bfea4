package quality

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// Freshness reports how long before the end of the window its newest row was
// made ("quality.freshness"), by the rows' own times. Where they have none a
// monitor takes the time of observing them, to within a pane; elsewhere it is
// undefined. It describes.
type Freshness struct{}

// Evaluate implements monitor.Evaluator.
func (Freshness) Evaluate(c profile.Comparison) []report.Signal {
	if c.Window.Scale > 1 {
		return nil
	}
	s := model(c, "quality.freshness")
	if c.Current.Newest.IsZero() {
		return []report.Signal{undefined(s, "the rows have no time")}
	}
	s.Value = max(0, c.Window.End.Sub(c.Current.Newest).Seconds())
	return []report.Signal{s}
}

// logRates summarises the logarithms of the blocks' rows a second.
func logRates(panes []*profile.Pane) (m sketch.Moments) {
	for _, p := range panes {
		if seconds := p.End.Sub(p.Start).Seconds(); seconds > 0 && p.Rows > 0 {
			m.Add([]float64{math.Log(float64(p.Rows) / seconds)})
		}
	}
	return m
}
