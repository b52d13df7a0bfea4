package dashboard

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	binsSmall = 16  // ordinary cells of a drawing in a row
	binsLarge = 24  // of the large one: finer shows the noise of a pane
	maxCells  = 512 // of a distribution drawn at all
	atomWidth = 1.5 // of plotWidth: a cell narrower than this is one value
)

// shape is a numeric distribution on the drawing's axis.
type shape struct {
	axis  axis
	cells []cell
}

// cell is one stretch of the axis with the share of either side.
type cell struct {
	low, high      float64 // on the axis, in [0, plotWidth]
	reference, now float64 // shares
	atom           bool
	value          float64 // of an atom
}

// axis maps values to [0, plotWidth], linearly or by logarithm.
type axis struct {
	low, high float64
	log       bool
}

func (a axis) at(v float64) float64 {
	if a.log {
		return plotWidth * math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return plotWidth * ((v - a.low) / (a.high - a.low))
}

// sums returns the values that have a cell.
func sums(d *report.Distribution) (reference, now uint64) {
	for _, n := range d.Reference {
		reference += n
	}
	for _, n := range d.Current {
		now += n
	}
	return reference, now
}

// drawn reports whether the distribution can be drawn as numbers.
func drawn(d *report.Distribution) bool {
	n := len(d.Edges)
	if n == 0 || n >= maxCells || len(d.Reference) != n+1 || len(d.Current) != n+1 {
		return false
	}
	for i, e := range d.Edges {
		if math.IsNaN(e) || math.IsInf(e, 0) || math.Abs(e) > 1e300 || i > 0 && e <= d.Edges[i-1] {
			return false
		}
	}
	reference, now := sums(d)
	return reference+now > 0
}

// axisOf ends the open outer cells at the reference's extreme quantiles, but
// never so far out that the middle could not be seen.
func axisOf(d *report.Distribution) axis {
	first, last := d.Edges[0], d.Edges[len(d.Edges)-1]
	span := last - first
	if span <= 1e-9*max(math.Abs(first), math.Abs(last)) {
		span = max(math.Abs(first)*.2, 1e-9)
	}
	a := axis{low: d.Low, high: d.High}
	if !(a.low < first) { // also NaN
		a.low = first - .1*span
		if first >= 0 && a.low < 0 {
			a.low = min(0, first-.02*span)
		}
	}
	if !(a.high > last) {
		a.high = last + .1*span
	}
	middle := d.Edges[len(d.Edges)/2]
	if a.low > 0 && first > 0 && (middle-a.low) < .12*(a.high-a.low) && a.high/a.low < 1e12 {
		a.log = true
		return a
	}
	a.low, a.high = max(a.low, first-.35*span), min(a.high, last+.35*span)
	return a
}

// shapeOf lays the cells on the axis and joins neighbours until at most about
// bins of them are left; atoms stay alone.
func shapeOf(d *report.Distribution, bins int) shape {
	s := shape{axis: axisOf(d)}
	reference, now := sums(d)
	at := func(i int) float64 { // the right end of cell i
		switch {
		case i < 0:
			return 0
		case i >= len(d.Edges):
			return plotWidth
		}
		return min(plotWidth, max(0, s.axis.at(d.Edges[i])))
	}
	join := max(1, (len(d.Reference)+bins-1)/bins)
	joined := 0
	for i := range d.Reference {
		c := cell{low: at(i - 1), high: at(i), reference: ratio(d.Reference[i], reference), now: ratio(d.Current[i], now)}
		c.atom = i > 0 && i < len(d.Edges) && c.high-c.low < atomWidth
		if c.atom {
			c.value = d.Edges[i-1]
		}
		end := len(s.cells) - 1
		outer := i == 0 || i == len(d.Edges) // far wider than its neighbour: stays alone
		if joined > 0 && joined < join && !c.atom && !outer {
			s.cells[end].high = c.high
			s.cells[end].reference += c.reference
			s.cells[end].now += c.now
			joined++
			continue
		}
		s.cells = append(s.cells, c)
		joined = 1
		if c.atom || outer {
			joined = 0
		}
	}
	return s
}

func ratio(n, total uint64) float64 {
	if total == 0 {
		return 0
	}
	return float64(n) / float64(total)
}

// drawNumeric draws reference and current density over each other; nil where
// that is not possible.
func drawNumeric(d *report.Distribution, bins int, detailed bool) *plot {
	if !drawn(d) {
		return nil
	}
	s := shapeOf(d, bins)
	p := &plot{Title: distributionTitle(d)}
	top, spike := s.heights()
	density := func(share func(cell) float64) func(cell) float64 {
		return func(c cell) float64 { return plotHeight * (1 - min(1, share(c)/(c.high-c.low)/top)) }
	}
	reference := func(c cell) float64 { return c.reference }
	now := func(c cell) float64 { return c.now }
	p.add("ref", s.steps(density(reference)))
	p.add("now", s.steps(density(now)))
	p.add("ref-spike", s.spikes(reference, spike, -1))
	p.add("now-spike", s.spikes(now, spike, 1))
	if detailed {
		p.add("axis", baseline())
		s.label(p, spike)
	}
	return p
}

// heights returns the density and the share of an atom that reach the top. A
// current cell may rise above the reference, but not flatten it.
func (s shape) heights() (density, spike float64) {
	var reference, now float64
	for _, c := range s.cells {
		if c.atom {
			spike = max(spike, c.reference, c.now)
		} else if c.high > c.low {
			reference = max(reference, c.reference/(c.high-c.low))
			now = max(now, c.now/(c.high-c.low))
		}
	}
	density = max(reference, min(now, 2.2*reference))
	if reference == 0 {
		density = now
	}
	return max(density*1.05, 1e-12), max(spike*1.15, .1)
}

// steps is the outline of a histogram, down to the base at both ends.
func (s shape) steps(y func(cell) float64) *pen {
	var path pen
	for _, c := range s.cells {
		if c.atom || !(c.high > c.low) {
			continue
		}
		if path.empty() {
			path.to('M', c.low, plotHeight)
		}
		path.to('V', y(c))
		path.to('H', c.high)
	}
	if !path.empty() {
		path.to('V', plotHeight)
	}
	return &path
}

// spikes draws the atoms as stems with a head, the two sides beside each other.
func (s shape) spikes(share func(cell) float64, top, side float64) *pen {
	var path pen
	for _, c := range s.cells {
		if !c.atom || share(c) == 0 {
			continue
		}
		x := min(plotWidth-4, max(4, c.low)) + 3*side
		y := plotHeight * (1 - min(1, share(c)/top))
		path.to('M', x, plotHeight)
		path.to('V', y)
		path.dot(x, y)
	}
	return &path
}

// label writes the axis and the atoms' shares.
func (s shape) label(p *plot, spike float64) {
	marks := ticks(s.axis.low, s.axis.high, 5)
	if s.axis.log {
		marks = decades(s.axis.low, s.axis.high, 6)
	}
	for _, v := range marks {
		x := s.axis.at(v) / plotWidth
		p.place(x, .96, anchorAt(x), "tick", compact(v))
	}
	for _, c := range s.cells {
		if c.atom && max(c.reference, c.now) > .04 {
			y := areaTop + areaHeight*(1-max(c.reference, c.now)/spike)
			words := fmt.Sprintf("%s: %s → %s", compact(c.value), percent(c.reference), percent(c.now))
			x := c.low / plotWidth
			anchor := "start"
			if x > .7 {
				anchor = "end"
			}
			p.place(x+.012, max(.06, y), anchor, "tick spike", words)
		}
	}
}

func distributionTitle(d *report.Distribution) string {
	reference, now := sums(d)
	return fmt.Sprintf("Distribution of %s: %s values of the reference, %s now", label(d.Subject), count(reference), count(now))
}
