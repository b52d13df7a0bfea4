package quality

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Volume reports the rows a second ("quality.volume"). Where the reference has
// at least 20 time blocks with a duration, its critical values are those of the
// reference's log rates, upwards and downwards by Student's t; the floor is
// their mean. It describes: traffic has seasons that a reference need not hold.
type Volume struct{}

// Evaluate implements monitor.Evaluator.
func (Volume) Evaluate(c profile.Comparison) []report.Signal {
	if c.Window.Scale > 1 {
		return nil
	}
	s := model(c, "quality.volume")
	seconds := c.Window.Duration().Seconds()
	if seconds <= 0 {
		return []report.Signal{undefined(s, "the window has no duration")}
	}
	s.Value = float64(c.Current.Rows) / seconds
	rates := logRates(c.Reference.Panes())
	if rates.N < 20 {
		return []report.Signal{s}
	}
	mean := rates.Mean
	sd, _ := rates.SampleVariance()
	sd = math.Sqrt(sd * (1 + 1/float64(rates.N)))
	s.Floor = math.Exp(mean)
	s.Effect = report.Effect{
		Component: "volume", Size: s.Value/s.Floor - 1,
		Words: fmt.Sprintf("%.3g rows a second (reference: %.3g)", s.Value, s.Floor),
	}
	if s.Value == 0 {
		s.P, s.HasP = 0, true
	} else if sd > 0 {
		s.P, s.HasP = stat.StudentTwoSided((math.Log(s.Value)-mean)/sd, float64(rates.N-1)), true
	}
	return []report.Signal{s}
}

// model returns a signal about the model as a whole.
func model(c profile.Comparison, name string) report.Signal {
	return report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
		Reference: c.Reference.Profile().Rows, Current: c.Current.Rows,
	}
}
