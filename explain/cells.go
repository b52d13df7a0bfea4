package explain

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidemark-ml/tidemark/profile"
)

// counts are the rows by cell of a column, and last those whose value is in no
// cell: as sums of scores and losses are kept.
func counts(t *profile.Tally) []float64 {
	out := make([]float64, len(t.Cells)+1)
	for i, c := range t.Cells {
		out[i] = float64(c)
	}
	out[len(t.Cells)] = float64(t.Missing + t.Invalid + t.Mismatched + t.Unseen)
	return out
}

// told reports whether sums by cell tell the cells of an axis apart: those of more
// than [profile.LastCell] share the last.
func told(a *profile.Axis) bool { return a.Cells() <= profile.LastCell }

// place names the rows of a run of cells of an axis: "age in [18, 25)",
// "region=north", "age from 60". The cell after the last is that of values in no
// cell. Of a sensitive axis neither edges nor undeclared labels are shown.
func place(a *profile.Axis, first, last int) string {
	name := a.Subject.Name
	switch {
	case first >= a.Cells():
		return name + " missing or of no known value"
	case !a.Numbers():
		return name + "=" + label(a, first)
	case a.Feature.Sensitive:
		return fmt.Sprintf("%s in cells %d to %d of %d", name, first+1, last+1, a.Cells())
	}
	last = min(last, len(a.Edges))
	switch {
	case first == 0 && last == len(a.Edges):
		return name + " of any value"
	case first == 0:
		return name + " below " + number(a.Edges[last])
	case last == len(a.Edges):
		return name + " from " + number(a.Edges[first-1])
	case last == first && a.Edges[last] <= math.Nextafter(a.Edges[first-1], math.Inf(1)):
		return name + "=" + number(a.Edges[first-1])
	}
	return name + " in [" + number(a.Edges[first-1]) + ", " + number(a.Edges[last]) + ")"
}

func label(a *profile.Axis, cell int) string {
	switch {
	case cell >= len(a.Labels):
		return "(other)"
	case a.Feature.Sensitive && !a.Closed():
		return fmt.Sprintf("(undeclared %d)", cell+1)
	}
	return a.Labels[cell]
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
