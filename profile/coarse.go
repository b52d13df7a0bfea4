package profile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Coarse groups the cells of column i into at most k, and returns the group of
// each cell: runs of neighbours of about equal reference share for numbers; for
// labels the k−1 most frequent cells by themselves and the rest together. A k
// below 1 counts as 1. It is computed once per reference and must not be changed.
func (r *Reference) Coarse(i, k int) []int {
	type coarseKey struct{ i, k int }
	k = max(1, k)
	return r.Memo(coarseKey{i, k}, func() any {
		cells := r.profile.Columns[i].Cells
		if r.Geometry().Axis(i).Numbers() {
			return coarseRuns(cells, k)
		}
		return coarseTop(cells, k)
	}).([]int)
}

// coarseRuns closes a group when its share is up, judged at the middle of the
// cell that would follow, so that a heavy cell does not starve its neighbours.
func coarseRuns(cells []uint64, k int) []int {
	var total uint64
	for _, c := range cells {
		total += c
	}
	groups := make([]int, len(cells))
	group, before := 0, uint64(0)
	for j, c := range cells {
		middle := (float64(before) + float64(c)/2) / float64(max(1, total)) * float64(k)
		if want := min(k-1, int(middle)); j > 0 && want > group {
			group++
		}
		groups[j] = group
		before += c
	}
	return groups
}

func coarseTop(cells []uint64, k int) []int {
	order := make([]int, len(cells)-1) // the last cell is "other" and stays in the rest
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cells[b], cells[a]) })
	groups := make([]int, len(cells))
	top := min(k-1, len(order))
	for j := range groups {
		groups[j] = top
	}
	for g, j := range order[:top] {
		groups[j] = g
	}
	return groups
}

// Groups adds up cells by the groups that Coarse returned.
func Groups(groups []int, cells []uint64) []uint64 {
	out := make([]uint64, slices.Max(groups)+1)
	for j, c := range cells {
		out[groups[j]] += c
	}
	return out
}

// GroupNames names the groups of column i for exporters, each differently:
// intervals of numbers, labels, and "other" for the rest ("any other" where that
// is a label itself). Those of a sensitive feature are numbered.
func (r *Reference) GroupNames(i int, groups []int) []string {
	a := r.Geometry().Axis(i)
	names := make([]string, slices.Max(groups)+1)
	rest := "other"
	if slices.Contains(a.Labels, rest) {
		rest = "any other"
	}
	digits := a.digits()
	for j := len(groups) - 1; j >= 0; j-- {
		g := groups[j]
		switch {
		case a.Feature.Sensitive && !a.Closed():
			names[g] = fmt.Sprintf("%02d", g)
		case a.Numbers():
			names[g] = a.interval(j, lastOf(groups, g), digits)
		case names[g] != "" || j == len(a.Labels):
			names[g] = rest
		default:
			names[g] = a.Labels[j]
		}
	}
	return names
}

func lastOf(groups []int, g int) int {
	for j := len(groups) - 1; ; j-- {
		if groups[j] == g {
			return j
		}
	}
}

// digits is the precision at which no two edges look alike: 6, or −1 (as many as
// it takes) where that is too few. The two edges of an atom may look alike.
func (a *Axis) digits() int {
	for i := 1; i < len(a.Edges); i++ {
		if !a.atom(i) && number(a.Edges[i-1], 6) == number(a.Edges[i], 6) {
			return -1
		}
	}
	return 6
}

// atom reports whether cell i is that of one single value.
func (a *Axis) atom(i int) bool {
	return i > 0 && i < len(a.Edges) && a.Edges[i] == math.Nextafter(a.Edges[i-1], math.Inf(1))
}

func number(v float64, digits int) string { return strconv.FormatFloat(v, 'g', digits, 64) }

// interval names the run of cells first to last: "[1.5,20)", or "7" for an atom.
func (a *Axis) interval(first, last, digits int) string {
	low, high := "(-inf", "+inf)"
	if first > 0 {
		low = "[" + number(a.Edges[first-1], digits)
	}
	if last < len(a.Edges) {
		high = number(a.Edges[last], digits) + ")"
	}
	if first == last && a.atom(first) {
		return number(a.Edges[first-1], digits)
	}
	return low + "," + high
}
