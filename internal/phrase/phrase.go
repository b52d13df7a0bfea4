// Package phrase says figures to people: one wording wherever the same thing is said.
package phrase

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/report"
)

// Percent shows a share, or a difference of shares, with the digits that matter.
func Percent(v float64) string {
	switch a := math.Abs(100 * v); {
	case a == 0 || a >= 9.95:
		return strconv.FormatFloat(100*v, 'f', 0, 64) + " %"
	case a >= .095:
		return strconv.FormatFloat(math.Round(1000*v)/10, 'g', -1, 64) + " %"
	}
	return strconv.FormatFloat(100*v, 'g', 1, 64) + " %"
}

// Found says what a signal found, in the evaluator's words if it has any.
func Found(s *report.Signal) string {
	switch {
	case s.Effect.Words != "":
		return s.Effect.Words
	case s.HasThreshold:
		return fmt.Sprintf("%s is %.3g, beyond %.3g", s.Name, s.Value, s.Threshold)
	}
	return fmt.Sprintf("%s is %.3g", s.Name, s.Value)
}
