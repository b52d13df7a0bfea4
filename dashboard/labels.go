package dashboard

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	maxBars      = 12 // labels drawn large; the rest are one bar
	maxBarsSmall = 10
)

// barView is one label of a categorical subject: shares as text, and as widths
// in percent of the longest bar.
type barView struct {
	Label, Reference, Now   string
	ReferenceWidth, NowBar  string
	ReferenceCount, NowRows string
}

// share is one label's part of either side.
type share struct {
	label          string
	reference, now uint64
}

// labelled returns the labels, most frequent first, and what is left beyond
// limit as one more. It is nil where labels and counts do not belong together.
func labelled(d *report.Distribution, limit int) []share {
	if len(d.Labels) == 0 || len(d.Reference) != len(d.Labels) || len(d.Current) != len(d.Labels) {
		return nil
	}
	reference, now := sums(d)
	list := make([]share, len(d.Labels))
	for i := range list {
		list[i] = share{clean(d.Labels[i], 40), d.Reference[i], d.Current[i]}
	}
	slices.SortStableFunc(list, func(a, b share) int {
		return cmp.Compare(max(ratio(b.reference, reference), ratio(b.now, now)), max(ratio(a.reference, reference), ratio(a.now, now)))
	})
	if len(list) <= limit {
		return list
	}
	rest := share{label: strconv.Itoa(len(list)-limit) + " others"}
	for _, each := range list[limit:] {
		rest.reference += each.reference
		rest.now += each.now
	}
	return append(list[:limit:limit], rest)
}

func barsOf(d *report.Distribution) []barView {
	reference, now := sums(d)
	list := labelled(d, maxBars)
	longest := 1e-12
	for _, s := range list {
		longest = max(longest, ratio(s.reference, reference), ratio(s.now, now))
	}
	width := func(v float64) string { return strconv.FormatFloat(100*v/longest, 'f', 1, 64) + "%" }
	views := make([]barView, len(list))
	for i, s := range list {
		views[i] = barView{
			Label: s.label, Reference: part(s.reference, reference), Now: part(s.now, now),
			ReferenceWidth: width(ratio(s.reference, reference)), NowBar: width(ratio(s.now, now)),
			ReferenceCount: count(s.reference), NowRows: count(s.now),
		}
	}
	return views
}

// drawLabels draws the labels as upright bars, for a row of the list.
func drawLabels(d *report.Distribution) *plot {
	list := labelled(d, maxBarsSmall)
	reference, now := sums(d)
	if len(list) == 0 || reference+now == 0 {
		return nil
	}
	top := 1e-12
	for _, s := range list {
		top = max(top, ratio(s.reference, reference), ratio(s.now, now))
	}
	pitch := plotWidth / float64(max(len(list), 4))
	var before, after pen
	bar := func(path *pen, x, width, height float64) {
		path.to('M', x, plotHeight)
		path.to('V', plotHeight*(1-.97*height/top))
		path.to('H', x+width)
		path.to('V', plotHeight)
		path.b.WriteByte('Z')
	}
	for i, s := range list {
		x := pitch * float64(i)
		bar(&before, x+.08*pitch, .84*pitch, ratio(s.reference, reference))
		bar(&after, x+.26*pitch, .48*pitch, ratio(s.now, now))
	}
	p := &plot{Title: distributionTitle(d)}
	p.add("ref", &before)
	p.add("now", &after)
	return p
}
