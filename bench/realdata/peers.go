package main

import (
	"math"
	"slices"
	"sort"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
)

// rules names the peers' rules: Evidently's drift scores at their customary
// limits, alibi-detect's TabularDrift without and with Bonferroni's correction
// (Kolmogorov–Smirnov for numbers, χ² for labels), and NannyML's univariate
// drift (mean and three standard deviations of the reference's own chunks).
// They are written from the documentation of the tools, with this library's
// measures. Tools bin in their own ways, which moves the figures a little.
var rules = [...]string{"PSI .1", "PSI .2", "KS .05", "KS .05/F", "W1 .1", "JS .1", "JS 3sd"}

const (
	psi1 = iota
	psi2
	ks
	ksF
	w1
	js
	js3
)

// alarms counts panes in which a rule fires for some column.
type alarms [len(rules)]int

// side is one column of a stretch of rows: sorted numbers, or none of labels,
// and counts in at most ten cells or by category.
type side struct {
	numbers []float64
	counts  []uint64
}

// lens reads one column.
type lens struct {
	value  func(profile.Row) profile.Value
	number bool
	edges  []float64      // of numbers: the reference's deciles
	labels map[string]int // of labels
}

// lenses returns one for each column that is watched.
func (d *data) lenses(reference []int) []lens {
	var out []lens
	for i := range d.schema.Len() {
		out = append(out, lens{
			value:  func(r profile.Row) profile.Value { return r.Values[i] },
			number: d.schema.Feature(i).Kind == profile.Numeric,
		})
	}
	if d.score != "" {
		score := func(r profile.Row) profile.Value { return profile.Float(r.Outcome.Score) }
		out = append(out, lens{value: score, number: true})
	}
	for i := range out {
		out[i].cut(d, reference)
	}
	return out
}

// cut makes the cells.
func (l *lens) cut(d *data, reference []int) {
	if !l.number {
		l.labels = map[string]int{}
		for _, i := range reference {
			if text, ok := l.value(d.rows[i]).Text(); ok && l.labels[text] == 0 {
				l.labels[text] = 1 + len(l.labels)
			}
		}
		return
	}
	numbers := l.read(d, reference).numbers
	for k := 1; k < 10; k++ {
		x := numbers[k*len(numbers)/10]
		if n := len(l.edges); n > 0 && l.edges[n-1] == x {
			x = math.Nextafter(x, math.Inf(1)) // a value that fills a tenth is a cell
		}
		l.edges = append(l.edges, x)
	}
	slices.Sort(l.edges)
	l.edges = slices.Compact(l.edges)
}

// read reads the rows; what is missing counts nowhere.
func (l *lens) read(d *data, rows []int) side {
	s := side{counts: make([]uint64, max(len(l.edges)+1, len(l.labels)+1))}
	for _, i := range rows {
		v := l.value(d.rows[i])
		if text, ok := v.Text(); ok && !l.number {
			s.counts[l.labels[text]]++ // what is unseen in the first
		}
		if x, ok := v.Number(); ok && l.number && !math.IsNaN(x) {
			s.numbers = append(s.numbers, x)
			s.counts[sort.Search(len(l.edges), func(k int) bool { return l.edges[k] > x })]++
		}
	}
	slices.Sort(s.numbers)
	return s
}

// peers counts the panes in which each rule fires, in the given order of rows.
func (d *data) peers(order []int) (fired alarms) {
	reference, live := order[:d.Rows*d.Blocks], order[d.Rows*d.Blocks:]
	lenses := d.lenses(reference)
	panes := make([]alarms, d.panes)
	for i := range lenses {
		l := &lenses[i]
		base := l.read(d, reference)
		limit := l.limit(d, &base, reference)
		for at := range panes {
			pane := l.read(d, live[at*d.Rows:(at+1)*d.Rows])
			panes[at].see(&base, &pane, len(lenses), limit)
		}
	}
	for at := range panes {
		for rule, n := range panes[at] {
			fired[rule] += min(n, 1)
		}
	}
	return fired
}

// limit is NannyML's threshold of one column.
func (l *lens) limit(d *data, base *side, reference []int) float64 {
	var sum, square float64
	for at := range d.Blocks {
		chunk := l.read(d, reference[at*d.Rows:(at+1)*d.Rows])
		v := distance(base, &chunk)
		sum, square = sum+v, square+v*v
	}
	mean := sum / float64(d.Blocks)
	return mean + 3*math.Sqrt(max(0, square/float64(d.Blocks)-mean*mean))
}

// distance is the Jensen–Shannon distance with natural logarithms; where it is
// not defined nothing fires.
func distance(base, pane *side) float64 {
	r, err := drift.JS{Base: math.E}.Counts(base.counts, pane.counts)
	if err != nil {
		return 0
	}
	return r.Value
}

// see applies every rule to one column of one pane.
func (a *alarms) see(base, pane *side, columns int, limit float64) {
	fire := func(rule int, on bool) {
		if on {
			a[rule]++
		}
	}
	if r, err := (drift.PSI{Smoothing: drift.Smoothing{Rule: drift.EvidentlyZeros}}).Counts(base.counts, pane.counts); err == nil {
		fire(psi1, r.Value >= .1)
		fire(psi2, r.Value >= .2)
	}
	v := distance(base, pane)
	fire(js, v >= .1)
	fire(js3, v > limit)
	p := 1.0
	if base.numbers == nil {
		if r, err := (drift.ChiSquare{}).Counts(base.counts, pane.counts); err == nil {
			p = r.P
		}
	} else if r, err := (drift.KS{P: drift.AsymptoticP}).Sorted(base.numbers, pane.numbers); err == nil {
		p = r.P
	}
	fire(ks, p < .05)
	fire(ksF, p < .05/float64(columns))
	if r, err := (drift.Wasserstein{MinScale: .001}).Sorted(base.numbers, pane.numbers); err == nil {
		fire(w1, r.Value >= .1)
	}
}
