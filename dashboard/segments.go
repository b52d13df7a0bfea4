package dashboard

import (
	"cmp"
	"slices"

	"github.com/tidemark-ml/tidemark/report"
)

// segmentView is one segment of the traffic: how it is, and a link to what is in
// it.
type segmentView struct {
	Name, Href, What, Rows string
	Status                 statusView
	Breaches, Warnings     string
	Chosen                 bool
}

const maxSegmentRows = 40

// segments lists the segments, the worst first.
func (s *snapshot) segments(q query) []segmentView {
	var names []string
	by := map[string][]*group{}
	for _, groups := range [...][]*group{s.segmented, s.others} {
		for _, g := range groups {
			if n := g.subject.Segment; n != "" {
				if by[n] == nil {
					names = append(names, n)
				}
				by[n] = append(by[n], g)
			}
		}
	}
	worst := func(n string) report.Status {
		var w report.Status
		for _, g := range by[n] {
			w = max(w, g.status)
		}
		return w
	}
	slices.SortFunc(names, func(a, b string) int {
		if c := cmp.Compare(worst(b), worst(a)); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	var views []segmentView
	for _, n := range names[:min(len(names), maxSegmentRows)] {
		views = append(views, segmentOf(n, by[n], q))
	}
	return views
}

func segmentOf(name string, groups []*group, q query) segmentView {
	v := segmentView{Name: clean(name, 120), Chosen: q.segment == name}
	slices.SortFunc(groups, pressing)
	head := groups[0]
	v.Status, v.What = viewStatus(head.status), head.what()
	if head.status >= report.Warn {
		bare := head.subject
		bare.Segment = ""
		v.What = label(bare) + ": " + v.What
	}
	breaches, warnings := 0, 0
	var rows uint64
	for _, g := range groups {
		switch g.status {
		case report.Breach:
			breaches++
		case report.Warn:
			warnings++
		}
		for _, x := range g.signals {
			if x.Window.Scale == 1 {
				rows = max(rows, x.Current)
			}
		}
	}
	v.Breaches, v.Warnings, v.Rows = count(uint64(breaches)), count(uint64(warnings)), count(rows)
	chosen := q
	chosen.segment = name
	if v.Chosen {
		chosen.segment = ""
	}
	v.Href = chosen.link(0, "", false)
	return v
}
