package dashboard

import (
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/report"
)

// listView is one page of the features and predictions.
type listView struct {
	Query, Summary string
	Segment        string // whose features these are; empty for all rows
	Rows           []rowView
	Previous, Next string // addresses; empty where there is none
	Position       string
	number         int // of the page, from 1
	groups         []*group
}

// rowView is one subject in the list.
type rowView struct {
	ID, Name, Kind string
	Status         statusView
	What, Since    string
	Mini, Spark    *plot
	Value, Limit   string
	Scale          string
	Missing        string
	MissingStatus  statusView
	Seen           string
	Insensitive    bool
	NoDrawing      string
	Href           string
	Opened         bool
	Detail         *detailView
}

func (s *snapshot) list(q query) listView {
	kept := q.filter(s.listed(q))
	from, to, page, pages := slice(len(kept), q.page, pageSize)
	v := listView{Query: clean(q.text, maxQuery), Segment: clean(q.segment, maxQuery), number: page + 1, groups: kept[from:to]}
	v.Summary = plural(len(kept), "feature or prediction", "features and predictions")
	if q.text != "" {
		v.Summary = fmt.Sprintf("%d of %d match", len(kept), len(s.listed(q)))
	}
	if len(kept) > 0 && kept[0].status == report.Breach {
		v.Summary += "; what drifted first is at the top"
	}
	if pages > 1 {
		v.Position = fmt.Sprintf("%d–%d of %d, page %d of %d", from+1, to, len(kept), page+1, pages)
		if page > 0 {
			v.Previous = q.link(page-1, q.feature, q.chosen)
		}
		if page < pages-1 {
			v.Next = q.link(page+1, q.feature, q.chosen)
		}
	}
	opened := s.opened(q, kept[from:to])
	if opened != nil && !slices.Contains(kept[from:to], opened) {
		v.groups = append([]*group{opened}, kept[from:to]...)
	}
	for _, g := range v.groups {
		v.Rows = append(v.Rows, s.row(g, q, page, g == opened))
	}
	return v
}

// opened is the subject whose details are drawn: the one asked for, wherever it
// is in the order, or what drifted first.
func (s *snapshot) opened(q query, shown []*group) *group {
	if q.chosen {
		for _, g := range slices.Concat(s.listed(q), s.inputs, s.segmented) {
			if key(g.subject) == q.feature {
				return g
			}
		}
		return nil
	}
	if q.page == 0 && len(shown) > 0 && shown[0].status == report.Breach {
		return shown[0]
	}
	return nil
}

func (s *snapshot) row(g *group, q query, page int, opened bool) rowView {
	v := rowView{
		ID: "s" + digest(g.subject.String()), Name: label(g.subject), Status: viewStatus(g.status),
		Opened: opened, Href: q.link(page, key(g.subject), true), What: g.what(),
	}
	if opened {
		v.Href = q.link(page, "", true)
		v.Detail = s.detail(g)
	}
	if g.status == report.Breach && !g.since.IsZero() {
		v.Since = moment(g.since, s.report.At)
	}
	if h := g.head; h != nil {
		v.Scale = panes(h.Window.Scale)
		if h.Name != "drift.shift" {
			v.Scale = measure(h.Name) + ", " + v.Scale
		}
		v.Value = valueOf(h)
		if h.HasThreshold {
			v.Limit = inUnit(h.Threshold, h.Unit)
		}
		v.Spark = spark(g.pick(h.Name, h.Window.Scale))
	}
	v.Mini, v.NoDrawing = g.mini()
	v.Missing, v.MissingStatus = g.missing()
	v.Seen, v.Insensitive = g.seen()
	return v
}

// what is the row's sentence.
func (g *group) what() string {
	switch g.status {
	case report.Breach, report.Warn:
		return g.words()
	case report.OK:
		return "no change"
	case report.Learning:
		return "learning its variability"
	case report.Insufficient:
		return "too few rows"
	}
	return "not judged"
}

func valueOf(s *report.Signal) string {
	if s.Undefined {
		return "not defined"
	}
	return inUnit(s.Value, s.Unit)
}

// absence says why the report has no distribution of the subject: a sensitive
// feature never has one.
func (g *group) absence() string {
	if g.subject.Kind == report.KindFeature && g.subject.Segment == "" {
		return "not shown (sensitive)"
	}
	return "none in the report"
}

// mini draws the distribution for a row, or says why there is none.
func (g *group) mini() (*plot, string) {
	switch d := g.dist; {
	case d == nil:
		return nil, g.absence()
	case g.categorical():
		return drawLabels(d), "nothing to draw"
	default:
		return drawNumeric(d, binsSmall, false), "nothing to draw"
	}
}

// missing is the share of missing values of reference and newest pane, and the
// verdict on it.
func (g *group) missing() (string, statusView) {
	text, status := none, viewStatus(report.Unknown)
	if d := g.dist; d != nil {
		before, after := shares(d, d.Missing)
		text = before
		if after != before {
			text += " → " + after
		}
	}
	if s := g.smallest("quality.missing"); s != nil {
		status = viewStatus(s.Status)
		if g.dist == nil {
			text = valueOf(s)
		}
	}
	return text, status
}

// shares prints a pair of counts as shares of everything observed.
func shares(d *report.Distribution, pair [2]uint64) (reference, now string) {
	r, n := sums(d)
	return part(pair[0], r+d.Missing[0]+d.Invalid[0]), part(pair[1], n+d.Missing[1]+d.Invalid[1])
}

// smallest returns the subject's signal of this name at the smallest scale.
func (g *group) smallest(name string) *report.Signal {
	var found *report.Signal
	for _, s := range g.signals {
		if s.Name == name && (found == nil || s.Window.Scale < found.Window.Scale) {
			found = s
		}
	}
	return found
}

// seen is the smallest shift the newest windows could have shown.
func (g *group) seen() (string, bool) {
	d, insensitive, known := g.detectable()
	switch {
	case !known:
		return none, insensitive
	case g.categorical():
		return effect(d), insensitive
	}
	return effect(d) + " sd", insensitive
}
