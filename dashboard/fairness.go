package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// fairnessView is the table of protected groups by measure.
type fairnessView struct {
	Columns []string
	Abouts  []string
	Rows    []fairnessRow
	More    string
}

type fairnessRow struct {
	Group string
	Size  string
	Cells []fairnessCell
}

type fairnessCell struct {
	Value, Interval, Words string
	Status                 statusView
	Loud, Quiet            bool
}

const (
	maxGroupRows    = 64
	maxGroupColumns = 12
)

// fairness has a row for each group and a column for each measure that any of
// them has: the graver columns first, then those that decide.
func (s *snapshot) fairness() fairnessView {
	var v fairnessView
	names, decides := map[string]report.Status{}, map[string]bool{}
	var groups []*group
	for _, g := range s.others {
		if g.subject.Kind != report.KindGroup || g.subject.Segment != "" {
			continue
		}
		groups = append(groups, g)
		for _, x := range g.signals {
			names[x.Name] = max(names[x.Name], x.Status)
			decides[x.Name] = decides[x.Name] || x.Evidence != report.Describes
		}
	}
	order := make([]string, 0, len(names))
	for name := range names {
		order = append(order, name)
	}
	slices.SortFunc(order, func(a, b string) int {
		if c := cmp.Compare(max(names[b], report.OK), max(names[a], report.OK)); c != 0 {
			return c
		}
		if decides[a] != decides[b] {
			if decides[a] {
				return -1
			}
			return 1
		}
		return cmp.Compare(measure(a), measure(b))
	})
	if len(order) > maxGroupColumns {
		v.More = plural(len(order)-maxGroupColumns, "more measure", "more measures") + " in report.json."
		order = order[:maxGroupColumns]
	}
	for _, name := range order {
		v.Columns = append(v.Columns, measure(name))
		v.Abouts = append(v.Abouts, aboutOf(name))
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(a.subject.Name, b.subject.Name) })
	for _, g := range groups[:min(len(groups), maxGroupRows)] {
		v.Rows = append(v.Rows, g.fairnessRow(order))
	}
	return v
}

func (g *group) fairnessRow(names []string) fairnessRow {
	row := fairnessRow{Group: clean(g.subject.Name, 120), Size: none}
	var most uint64
	for _, name := range names {
		x := g.loudest(name)
		if x == nil {
			row.Cells = append(row.Cells, fairnessCell{Value: none, Quiet: true})
			continue
		}
		most = max(most, x.Current)
		row.Cells = append(row.Cells, fairnessCell{
			Value: valueOf(x), Interval: intervalOf(x), Words: clean(x.Effect.Words, 160), Status: viewStatus(x.Status),
			Loud: x.Status >= report.Warn, Quiet: x.Undefined || x.Status == report.Insufficient,
		})
	}
	if most > 0 {
		row.Size = count(most)
	}
	return row
}

// loudest is the signal of this name that says most.
func (g *group) loudest(name string) *report.Signal {
	var found *report.Signal
	for _, x := range g.signals {
		if x.Name == name && (found == nil || tells(x, found)) {
			found = x
		}
	}
	return found
}

// sliceView is one slice of the rows that does worse than the rest.
type sliceView struct {
	Name, Words, Value, Interval, Rows string
	Status                             statusView
}

const maxSlices = 20

// slices are the worst slices, as found and tested again.
func (s *snapshot) slices() []sliceView {
	var views []sliceView
	for _, g := range s.others {
		if g.subject.Kind != report.KindSlice || len(views) == maxSlices {
			continue
		}
		for _, x := range g.signals {
			views = append(views, sliceView{
				Name:  label(report.Subject{Name: strings.TrimSpace(g.subject.Name), Kind: report.KindFeature, Segment: g.subject.Segment}),
				Words: clean(x.Effect.Words, 160), Value: valueOf(x), Interval: intervalOf(x), Rows: count(x.Current), Status: viewStatus(x.Status),
			})
			break
		}
	}
	return views
}
