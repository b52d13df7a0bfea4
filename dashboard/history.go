package dashboard

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

const maxPoints = 512 // of a series drawn; the newest

// chartView is the recent past of one signal with its critical value.
type chartView struct {
	Name  string
	Scale string
	Now   string
	Plot  *plot
}

// spark draws a series small, without texts; nil where there is too little.
func spark(series *report.Series) *plot { return drawHistory(series, "", false) }

// chart draws a series with its axis, threshold and times.
func chart(series *report.Series, unit string) *plot { return drawHistory(series, unit, true) }

func drawHistory(series *report.Series, unit string, detailed bool) *plot {
	if series == nil {
		return nil
	}
	points := drawable(series.Points)
	if len(points) < 2 || !points[len(points)-1].At.After(points[0].At) {
		return nil
	}
	low, high := bounds(points)
	first, last := points[0].At, points[len(points)-1].At
	x := func(t time.Time) float64 {
		return plotWidth * float64(t.Sub(first)) / float64(last.Sub(first))
	}
	y := func(v float64) float64 { return plotHeight * (1 - (v-low)/(high-low)) }
	p := &plot{Title: historyTitle(series, points, unit)}
	if detailed {
		p.add("zone", breachZones(points, x))
		p.add("axis", baseline())
	}
	p.add("threshold", line(points, x, y, func(p report.Point) (float64, bool) { return p.Threshold, p.Threshold > 0 }))
	p.add("value", line(points, x, y, defined))
	p.add("breach", dots(points, x, y))
	if detailed {
		annotate(p, points, low, high, unit)
	}
	return p
}

// drawable drops what cannot be drawn and keeps the newest points.
func drawable(points []report.Point) []report.Point {
	kept := make([]report.Point, 0, min(len(points), maxPoints))
	for _, p := range points[max(0, len(points)-maxPoints):] {
		if !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
			if math.IsNaN(p.Threshold) || math.IsInf(p.Threshold, 0) {
				p.Threshold = 0
			}
			kept = append(kept, p)
		}
	}
	return kept
}

// bounds spans values and thresholds, zero included.
func bounds(points []report.Point) (low, high float64) {
	for _, p := range points {
		low = min(low, p.Value)
		high = max(high, p.Value, p.Threshold)
	}
	if high == low {
		return low, low + 1
	}
	return low, high + .08*(high-low)
}

func defined(p report.Point) (float64, bool) { return p.Value, p.Status != report.Insufficient }

// line connects the points that have a value and leaves a gap at the others.
func line(points []report.Point, x func(time.Time) float64, y func(float64) float64, value func(report.Point) (float64, bool)) *pen {
	var path pen
	down := false
	for _, p := range points {
		v, ok := value(p)
		switch {
		case !ok:
			down = false
		case down:
			path.to('L', x(p.At), y(v))
		default:
			path.to('M', x(p.At), y(v))
			down = true
		}
	}
	return &path
}

func dots(points []report.Point, x func(time.Time) float64, y func(float64) float64) *pen {
	var path pen
	for _, p := range points {
		if p.Status == report.Breach {
			path.dot(x(p.At), y(p.Value))
		}
	}
	return &path
}

// breachZones shades the times in breach, each point standing for the stretch
// since the one before.
func breachZones(points []report.Point, x func(time.Time) float64) *pen {
	var path pen
	for i := 1; i < len(points); i++ {
		if points[i].Status == report.Breach {
			path.to('M', x(points[i-1].At), plotHeight)
			path.to('V', 0)
			path.to('H', x(points[i].At))
			path.to('V', plotHeight)
			path.b.WriteByte('Z')
		}
	}
	return &path
}

func baseline() *pen {
	var path pen
	path.to('M', 0, plotHeight)
	path.to('H', plotWidth)
	return &path
}

// The area of a detailed plot leaves room for the texts around it; the template
// has the same numbers.
const (
	areaTop    = .12
	areaHeight = .72
)

func annotate(p *plot, points []report.Point, low, high float64, unit string) {
	first, last := points[0], points[len(points)-1]
	limit := 1.0
	if last.Threshold > 0 {
		limit = areaTop + areaHeight*(1-(last.Threshold-low)/(high-low)) - .025
		p.place(0, limit, "start", "tick limit", "threshold "+inUnit(last.Threshold, unit))
	}
	if limit > .22 {
		p.place(0, .08, "start", "tick", inUnit(high, unit))
	}
	p.place(0, .96, "start", "tick", moment(first.At, last.At))
	p.place(1, .96, "end", "tick", moment(last.At, last.At))
}

func historyTitle(series *report.Series, points []report.Point, unit string) string {
	last := points[len(points)-1]
	breaches := 0
	for _, p := range points {
		if p.Status == report.Breach {
			breaches++
		}
	}
	title := fmt.Sprintf("%s of %s over %s: now %s", measure(series.Name), label(series.Subject), panes(series.Scale), inUnit(last.Value, unit))
	if last.Threshold > 0 {
		title += ", threshold " + inUnit(last.Threshold, unit)
	}
	return title + ", " + plural(breaches, "breach", "breaches") + " in " + plural(len(points), "point", "points")
}

// pick returns the group's series of this name and scale, or of the next scale
// there is, or nil.
func (g *group) pick(name string, scale int) *report.Series {
	var found *report.Series
	for i := range g.series {
		s := &g.series[i]
		if s.Name != name {
			continue
		}
		if s.Scale == scale {
			return s
		}
		if found == nil || s.Scale < found.Scale {
			found = s
		}
	}
	return found
}

// charts draws up to limit series of the subject: what decides first.
func (g *group) charts(limit int) []chartView {
	units := map[string]string{}
	for _, s := range g.signals {
		units[s.Name] = s.Unit
	}
	order := slices.Clone(g.series)
	slices.SortStableFunc(order, func(a, b report.Series) int {
		if c := cmp.Compare(rank(g, a.Name), rank(g, b.Name)); c != 0 {
			return c
		}
		if c := cmp.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return cmp.Compare(a.Scale, b.Scale)
	})
	var views []chartView
	for i := range order {
		s := &order[i]
		if p := chart(s, units[s.Name]); p != nil && len(views) < limit {
			now := s.Points[len(s.Points)-1]
			views = append(views, chartView{measure(s.Name), panes(s.Scale), inUnit(now.Value, units[s.Name]), p})
		}
	}
	return views
}

func rank(g *group, name string) int {
	switch {
	case g.head != nil && g.head.Name == name:
		return 0
	case name == "drift.shift":
		return 1
	}
	return 2
}
