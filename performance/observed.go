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

// labelledView is only the labelled rows, as if nothing was known of their truths.
// Of features they are known by cell in windows of one pane only; there is nothing
// of the others.
func labelledView(o observed) observed {
	return observed{rows: o.rows, cells: func(axis int) []float64 {
		of := o.outcomes
		if of == nil {
			return nil
		}
		score := axis == of.Geometry().Schema().Len()
		switch losses := of.Losses[axis]; {
		case score && of.Binary != nil:
			return rowsOf(of.Binary, func(c *profile.BinaryCell) uint64 { return c.N[0] + c.N[1] })
		case score && of.Regression != nil:
			return rowsOf(of.Regression, func(c *profile.RegressionCell) uint64 { return c.N })
		case len(losses) > 1: // the last is of rows in no cell
			return rowsOf(losses[:len(losses)-1], func(s *profile.Sum) uint64 { return s.N })
		case score:
			// Where all rows are labelled, as in time blocks of a reference, they are those.
			if all := o.cells(axis); sum(all) <= 1.05*float64(of.Labelled) {
				return all
			}
		}
		return nil
	}}
}

func rowsOf[T any](cells []T, rows func(*T) uint64) []float64 {
	out := make([]float64, len(cells))
	for i := range cells {
		out[i] = float64(rows(&cells[i]))
	}
	return out
}
