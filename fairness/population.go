package fairness

import (
	"strings"

	"github.com/tidemark-ml/tidemark/profile"
)

// population is groups that exclude each other and are compared with each
// other: the values of one feature, or the intersections of two.
type population struct {
	name   string // "sex" or "sex, race"
	groups []int
	whole  []int // groups that every row is in exactly one of
}

// populationsOf files the groups of a plan.
func populationsOf(g *profile.Geometry) (out []population) {
	plan := g.Groups()
	at, singles := map[string]int{}, map[int][]int{}
	for i, group := range plan.Groups {
		if len(group.Features) == 1 {
			singles[group.Features[0]] = append(singles[group.Features[0]], i)
		}
	}
	for i, group := range plan.Groups {
		names := make([]string, len(group.Features))
		for k, f := range group.Features {
			names[k] = g.Schema().Feature(f).Name
		}
		name := strings.Join(names, ", ")
		k, ok := at[name]
		if !ok {
			k = len(out)
			at[name] = k
			out = append(out, population{name: name, whole: singles[group.Features[0]]})
		}
		out[k].groups = append(out[k].groups, i)
	}
	return out
}

// labels says where a measure is counted.
type labels bool

const (
	unlabelled labels = false
	labelled   labels = true
)

// rows is how many rows of group i there are in p; 0 where it was not counted.
func (l labels) rows(p *profile.Profile, i int) uint64 {
	switch {
	case l == unlabelled && i < len(p.Groups):
		return p.Groups[i].Rows
	case l == labelled && p.Outcomes != nil && i < len(p.Outcomes.Groups):
		return p.Outcomes.Groups[i].Labelled
	}
	return 0
}

// known reports whether p counts any row of a group.
func (l labels) known(p *profile.Profile) bool {
	for i := range p.Geometry().Groups().Groups {
		if l.rows(p, i) > 0 {
			return true
		}
	}
	return false
}
