package dashboard

import (
	"math"
	"slices"
	"strconv"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	maxReportCharts = 24  // drawn on a page
	maxChartPoints  = 400 // of one chart
	maxMatrix       = 32  // rows and columns of a matrix
)

// figureView is one chart of the report: a curve, bars or a matrix.
type figureView struct {
	Title, About string
	Plot         *plot
	Bars         []valueBar
	Matrix       *matrixView
	Notes        []string
}

// valueBar is one label of bars: its value as text and, in percent of the width,
// where bar and interval lie.
type valueBar struct {
	Label, Value, Interval string
	X, Width               string
	Low, Span              string // of the interval; Span empty where there is none
	Negative               bool
	Rows                   string
}

// matrixView is counts by row and column, each with its share of the row.
type matrixView struct {
	Columns []string
	Rows    []matrixRow
}

type matrixRow struct {
	Label string
	Cells []matrixCell
}

type matrixCell struct {
	Count, Share, Shade string
	Diagonal            bool
}

// figures draws the charts of a list, what cannot be drawn left out. Of a chart
// that there is for several sizes of window one is drawn.
func figures(charts []report.Chart, limit int) (views []figureView, more string) {
	left := 0
	for i := range charts {
		if slices.ContainsFunc(charts, func(o report.Chart) bool { return instead(&o, &charts[i]) }) {
			continue
		}
		if len(views) == limit {
			left++
			continue
		}
		if v, ok := figureOf(&charts[i]); ok {
			views = append(views, v)
		}
	}
	if left > 0 {
		more = plural(left, "more chart", "more charts") + " in report.json."
	}
	return views, more
}

// drawnScale is the window that is drawn where there are several: one pane is often
// few rows, and many are long ago.
const drawnScale = 4

// instead reports whether a is drawn and b is not, being the same of another size.
func instead(a, b *report.Chart) bool {
	if a.Name == "" || a.Name != b.Name || a.Subject != b.Subject || a.Title != b.Title {
		return false
	}
	x, y := a.Window.Scale, b.Window.Scale
	if (x <= drawnScale) != (y <= drawnScale) {
		return x <= drawnScale
	}
	if x <= drawnScale {
		return x > y
	}
	return x < y
}

func figureOf(c *report.Chart) (v figureView, ok bool) {
	v.Title = clean(c.Title, 120)
	if v.Title == "" {
		v.Title = measure(c.Name)
	}
	if c.Window.Scale > 0 {
		v.About = panes(c.Window.Scale)
		if m := c.Window.Maturity; m > 0 && m < 1 {
			v.About += ", " + percent(m) + " of labels"
		}
	}
	for _, n := range c.Notes[:min(len(c.Notes), 6)] {
		v.Notes = append(v.Notes, clean(n, 240))
	}
	switch c.Kind {
	case report.Curve:
		v.Plot = drawCurve(c)
		return v, v.Plot != nil
	case report.Bars:
		v.Bars = valueBars(c)
		return v, len(v.Bars) > 0
	case report.Matrix:
		v.Matrix = matrixOf(c)
		return v, v.Matrix != nil
	}
	return v, false
}

// drawCurve draws points and their band, with the line y = x where asked for.
func drawCurve(c *report.Chart) *plot {
	points := soundPoints(c.Points)
	if len(points) < 2 {
		return nil
	}
	x0, x1 := points[0].X, points[len(points)-1].X
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, p.Y, p.Low), max(high, p.Y, p.High)
	}
	if c.Diagonal {
		x0, x1 = min(x0, low), max(x1, high)
		low, high = x0, x1
	}
	if !(x1 > x0) {
		return nil
	}
	if !(high > low) {
		low, high = low-.5, high+.5
	}
	x := func(v float64) float64 { return plotWidth * (v - x0) / (x1 - x0) }
	y := func(v float64) float64 { return plotHeight * (1 - (v-low)/(high-low)) }
	p := &plot{Title: curveTitle(c, points)}
	p.add("band", bandOf(points, x, y))
	p.add("axis", baseline())
	if c.Diagonal {
		var line pen
		line.to('M', x(x0), y(x0))
		line.to('L', x(x1), y(x1))
		p.add("diagonal", &line)
	}
	if low < 0 && high > 0 {
		var zero pen
		zero.to('M', 0, y(0))
		zero.to('H', plotWidth)
		p.add("diagonal", &zero)
	}
	var line, dots pen
	for i, q := range points {
		if i == 0 {
			line.to('M', x(q.X), y(q.Y))
		} else {
			line.to('L', x(q.X), y(q.Y))
		}
		if len(points) <= 40 {
			dots.dot(x(q.X), y(q.Y))
		}
	}
	p.add("value", &line)
	p.add("point", &dots)
	p.place(0, .08, "start", "tick", compact(high)+" "+clean(c.YLabel, 60))
	p.place(0, .82, "start", "tick", compact(low))
	p.place(0, .96, "start", "tick", compact(x0))
	p.place(1, .96, "end", "tick", compact(x1)+" "+clean(c.XLabel, 60))
	return p
}

// soundPoints drops points that cannot be drawn and thins out too many.
func soundPoints(points []report.ChartPoint) []report.ChartPoint {
	var kept []report.ChartPoint
	step := max(1, (len(points)+maxChartPoints-1)/maxChartPoints)
	for i, p := range points {
		if i%step != 0 && i != len(points)-1 || !finite([]float64{p.X, p.Y, p.Low, p.High}) {
			continue
		}
		if n := len(kept); n > 0 && p.X < kept[n-1].X {
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

func bandOf(points []report.ChartPoint, x, y func(float64) float64) *pen {
	var path pen
	wide := false
	for i, p := range points {
		wide = wide || p.High > p.Low
		if i == 0 {
			path.to('M', x(p.X), y(p.High))
		} else {
			path.to('L', x(p.X), y(p.High))
		}
	}
	for i := len(points) - 1; i >= 0; i-- {
		path.to('L', x(points[i].X), y(points[i].Low))
	}
	path.b.WriteByte('Z')
	if !wide {
		return &pen{}
	}
	return &path
}

func curveTitle(c *report.Chart, points []report.ChartPoint) string {
	last := points[len(points)-1]
	return clean(c.Title, 120) + ": " + plural(len(points), "point", "points") + ", the last " + number(last.Y) +
		" (95%: " + number(last.Low) + " to " + number(last.High) + ")"
}

// valueBars lays values and intervals out between the smallest and the largest.
func valueBars(c *report.Chart) []valueBar {
	n := min(len(c.Labels), len(c.Points), maxBars*2)
	low, high := 0.0, 0.0
	for _, p := range c.Points[:n] {
		if !finite([]float64{p.Y, p.Low, p.High}) {
			return nil
		}
		low, high = min(low, p.Y, p.Low), max(high, p.Y, p.High)
	}
	if !(high > low) {
		high = low + 1
	}
	at := func(v float64) float64 { return 100 * (v - low) / (high - low) }
	pc := func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }
	var bars []valueBar
	for i, p := range c.Points[:n] {
		b := valueBar{
			Label: clean(c.Labels[i], 60), Value: number(p.Y), Negative: p.Y < 0,
			X: pc(min(at(0), at(p.Y))), Width: pc(max(.4, math.Abs(at(p.Y)-at(0)))),
		}
		if p.High > p.Low {
			b.Interval = number(p.Low) + " to " + number(p.High)
			b.Low, b.Span = pc(at(p.Low)), pc(at(p.High)-at(p.Low))
		}
		if p.N > 0 {
			b.Rows = count(p.N)
		}
		bars = append(bars, b)
	}
	return bars
}

// matrixOf is nil where labels and counts do not belong together.
func matrixOf(c *report.Chart) *matrixView {
	if len(c.Counts) == 0 || len(c.Counts) != len(c.Labels) || len(c.Labels) > maxMatrix || len(c.Columns) > maxMatrix {
		return nil
	}
	v := &matrixView{}
	for _, name := range c.Columns {
		v.Columns = append(v.Columns, clean(name, 40))
	}
	for i, counts := range c.Counts {
		if len(counts) != len(c.Columns) {
			return nil
		}
		row := matrixRow{Label: clean(c.Labels[i], 40)}
		var total uint64
		for _, n := range counts {
			total += n
		}
		for k, n := range counts {
			share := ratio(n, total)
			row.Cells = append(row.Cells, matrixCell{
				Count: count(n), Share: part(n, total), Shade: "shade" + strconv.Itoa(int(math.Round(share*5))), Diagonal: i == k,
			})
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
