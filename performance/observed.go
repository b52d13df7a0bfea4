package performance

import "github.com/tidemark-ml/tidemark/profile"

// observed is what a measure may look at of a window: its labels, and the counts
// of a column's cells.
type observed struct {
	outcomes *profile.Outcomes
	cells    func(column int) []float64
	rows     float64
	whole    bool // the reference itself, whose standard error is wanted too
}

func profileView(p *profile.Profile) observed {
	return observed{outcomes: p.Outcomes, rows: float64(p.Rows), cells: func(i int) []float64 {
		if i >= len(p.Columns) {
			return nil
		}
		return floats(p.Columns[i].Cells)
	}}
}

func paneView(p *profile.Pane) observed {
	if p == nil {
		return observed{cells: func(int) []float64 { return nil }}
	}
	return observed{outcomes: p.Outcomes(), rows: float64(p.Rows), cells: func(i int) []float64 { return floats(p.Cells(i)) }}
}

func floats[T uint32 | uint64](counts []T) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = float64(n)
	}
	return out
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
