package dashboard

import (
	"math"
	"strconv"
	"strings"
)

// A plot is an inline SVG: an area stretched to the width of the page, whose
// strokes and dots keep their size, and texts placed by percentages, which do
// not stretch. That needs no script and no style attribute.
type plot struct {
	Title  string // what it shows, for those who cannot see it
	Layers []layer
	Texts  []text
}

// layer is one path in the area of 1000 × 100 units, y downwards.
type layer struct{ Class, D string }

// text is placed in percent of the whole plot.
type text struct{ X, Y, Anchor, Class, Text string }

const (
	plotWidth  = 1000
	plotHeight = 100
)

// pen writes path data.
type pen struct{ b strings.Builder }

func (p *pen) to(command byte, values ...float64) {
	p.b.WriteByte(command)
	for i, v := range values {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64))
	}
}

// dot is a line of almost no length: its round cap draws a true circle however
// the area is stretched.
func (p *pen) dot(x, y float64) {
	p.to('M', x, y)
	p.b.WriteString("h.1")
}

func (p *pen) empty() bool    { return p.b.Len() == 0 }
func (p *pen) String() string { return p.b.String() }

func (p *plot) add(class string, path *pen) {
	if !path.empty() {
		p.Layers = append(p.Layers, layer{class, path.String()})
	}
}

// place adds a text at a share x, y of the plot.
func (p *plot) place(x, y float64, anchor, class, words string) {
	at := func(v float64) string { return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%" }
	p.Texts = append(p.Texts, text{at(x), at(y), anchor, class, words})
}

// anchorAt keeps a text at share x inside the plot.
func anchorAt(x float64) string {
	switch {
	case x < .06:
		return "start"
	case x > .94:
		return "end"
	}
	return "middle"
}

// ticks returns about n round numbers in [low, high].
func ticks(low, high float64, n int) []float64 {
	span := high - low
	if !(span > 0) || math.IsInf(span, 0) {
		return nil
	}
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, factor := range [...]float64{1, 2, 5, 10} {
		if span/(step*factor) <= float64(n) {
			step *= factor
			break
		}
	}
	var list []float64
	for i := math.Ceil(low / step); i*step <= high && len(list) < 2*n; i++ {
		list = append(list, i*step+0) // + 0 turns −0 into 0
	}
	return list
}

// decades returns 1, 10, 100 … in [low, high], with 2 and 5 between where
// there is room.
func decades(low, high float64, n int) []float64 {
	for _, mantissas := range [...][]float64{{1, 2, 5}, {1, 3}, {1}} {
		var list []float64
		for e := math.Floor(math.Log10(low)); e <= math.Log10(high); e++ {
			for _, m := range mantissas {
				if v := m * math.Pow(10, e); v >= low && v <= high {
					list = append(list, v)
				}
			}
		}
		if len(list) <= n {
			return list
		}
	}
	return ticks(low, high, n)
}
