package drift

import "github.com/tidemark-ml/tidemark/profile"

// counts is one window of one column, in the cells of its plan.
type counts struct {
	cells   []float64
	n       float64 // values in cells
	total   float64 // values of whatever kind
	missing float64
	unseen  float64 // in categories the reference never showed
	beyond  float64 // outside the reference's range, or other than its constant

	first, last float64   // in the outermost cells, before any season is taken out
	m           float64   // reference values to compare with; 0: all
	removed     []float64 // with the season, from the cells; nil for none
}

// off is the share that a cell is expected to have more than in all of the
// reference.
func (c *counts) off(b int) float64 {
	if c.removed == nil {
		return 0
	}
	return c.removed[b] / c.n
}

func (c *counts) reset(cells int) {
	if cap(c.cells) < cells {
		c.cells = make([]float64, cells)
	}
	c.cells = c.cells[:cells]
	clear(c.cells)
	*c = counts{cells: c.cells}
}

// valid is what the share of never-seen categories is a share of.
func (c *counts) valid() float64 { return c.n + c.unseen }

// add adds sign times o.
func (c *counts) add(o *counts, sign float64) {
	for b, v := range o.cells {
		c.cells[b] += sign * v
	}
	c.n += sign * o.n
	c.total += sign * o.total
	c.missing += sign * o.missing
	c.unseen += sign * o.unseen
	c.beyond += sign * o.beyond
	c.first += sign * o.first
	c.last += sign * o.last
}

// read fills c from counts of the axis' cells.
func read[T uint32 | uint64](p *plan, c *counts, cells []T, t *profile.Tally) {
	c.reset(len(p.q))
	var strange float64 // rows in cells that are empty in the reference
	for i, v := range cells {
		if b := p.cellOf[i]; b >= 0 {
			c.cells[b] += float64(v)
		} else {
			strange += float64(v)
		}
	}
	for _, v := range c.cells {
		c.n += v
	}
	if n := len(c.cells); n > 0 {
		c.first, c.last = c.cells[0], c.cells[n-1]
	}
	c.missing = float64(t.Missing)
	undeclared := float64(t.Unseen)
	c.total = c.n + strange + undeclared + c.missing + float64(t.Invalid+t.Mismatched)
	if p.axis.Closed() {
		undeclared = 0 // outside a declared list: package quality's
	}
	if p.constant {
		c.beyond = strange + undeclared
		c.n += c.beyond
		return
	}
	c.unseen = strange + undeclared
	c.beyond = float64(t.Under + t.Over)
}

func (p *plan) readColumn(c *counts, column *profile.Column) { read(p, c, column.Cells, &column.Tally) }

func (p *plan) readPane(c *counts, pane *profile.Pane) {
	t := pane.Tally(p.index)
	read(p, c, pane.Cells(p.index), &t)
}

// series is consecutive panes of one column.
type series struct {
	panes  []counts
	y1, y2 []float64   // Σ h·count of each pane
	coarse [][]float64 // coarse counts of each pane

	season *seasonColumn // taken out of the panes; nil for none
	slots  []int         // of the panes, with a season
	raw    [][]float64   // cells of the panes before
}

// load reads the panes.
func (s *series) load(p *plan, panes []*profile.Pane) {
	s.resize(len(panes))
	s.season = nil
	for i, pane := range panes {
		p.readPane(&s.panes[i], pane)
		s.project(p, i)
	}
}

func (s *series) resize(n int) {
	for len(s.panes) < n {
		s.panes = append(s.panes, counts{})
		s.coarse = append(s.coarse, make([]float64, coarseMost))
		s.y1, s.y2 = append(s.y1, 0), append(s.y2, 0)
	}
	s.panes = s.panes[:n]
}

func (s *series) project(p *plan, i int) {
	cells, coarse := s.panes[i].cells, s.coarse[i]
	clear(coarse)
	for b, v := range cells {
		coarse[p.coarse[b]] += v
	}
	var y1, y2 float64
	if p.degree > 0 {
		for b, v := range cells {
			y1, y2 = y1+p.h1[b]*v, y2+p.h2[b]*v
		}
	}
	s.y1[i], s.y2[i] = y1, y2
}
