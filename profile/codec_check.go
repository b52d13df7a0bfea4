package profile

import "fmt"

// check reports what cannot be: it is made before writing and after reading, so
// that what was written can be read.
func (p *Profile) check() error {
	switch {
	case p.geometry == nil:
		return fmt.Errorf("%w: a profile without a geometry; make one with Geometry.New", ErrCorrupt)
	case len(p.Columns) != p.geometry.Len():
		return fmt.Errorf("%w: need %d columns, have %d", ErrCorrupt, p.geometry.Len(), len(p.Columns))
	case max(p.Rows, p.Surplus, p.Clipped) > maxRows:
		return fmt.Errorf("%w: %d rows, %d surplus, %d clipped; the limit is %d", ErrCorrupt, p.Rows, p.Surplus, p.Clipped, uint64(maxRows))
	case p.Errors > p.Rows || p.Panics > p.Errors:
		return fmt.Errorf("%w: %d rows, %d errors and %d panics cannot be", ErrCorrupt, p.Rows, p.Errors, p.Panics)
	}
	for i := range p.Columns {
		if err := p.Columns[i].check(p.geometry.Axis(i), p.Rows); err != nil {
			return err
		}
	}
	return nil
}

func (c *Column) check(a *Axis, rows uint64) error {
	if len(c.Cells) != a.Cells() {
		return fmt.Errorf("%w: %v: need %d cells, have %d", ErrCorrupt, a.Subject, a.Cells(), len(c.Cells))
	}
	if err := c.Tally.check(a, rows); err != nil {
		return err
	}
	switch {
	case c.Moments.N > rows:
		return fmt.Errorf("%w: %v: moments of %d values in %d rows", ErrCorrupt, a.Subject, c.Moments.N, rows)
	case c.Quantiles != nil && c.Quantiles.Count() > rows:
		return fmt.Errorf("%w: %v: quantiles of %d values in %d rows", ErrCorrupt, a.Subject, c.Quantiles.Count(), rows)
	case c.Novel != nil && c.Novel.Count() > rows:
		return fmt.Errorf("%w: %v: %d novel labels in %d rows", ErrCorrupt, a.Subject, c.Novel.Count(), rows)
	}
	return nil
}

// check assumes that no count is so large that sums wrap.
func (t *Tally) check(a *Axis, rows uint64) error {
	for _, c := range t.fixed() {
		if *c > rows {
			return fmt.Errorf("%w: %v: a counter of %d in %d rows", ErrCorrupt, a.Subject, *c, rows)
		}
	}
	for _, c := range t.Cells {
		if c > rows {
			return fmt.Errorf("%w: %v: a cell of %d in %d rows", ErrCorrupt, a.Subject, c, rows)
		}
	}
	if t.Total() > rows {
		return fmt.Errorf("%w: %v: %d values in %d rows", ErrCorrupt, a.Subject, t.Total(), rows)
	}
	in := t.InCells()
	if a.Numbers() && t.Unseen > 0 || max(t.Below, t.Above, t.Under, t.Over, t.Outlying) > in {
		return fmt.Errorf("%w: %v: more unseen or outside than there are values (%d)", ErrCorrupt, a.Subject, in)
	}
	return nil
}
