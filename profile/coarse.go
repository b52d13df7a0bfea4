package profile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Coarse groups the cells of column i into at most k, and returns the group of
// each cell: runs of neighbours of about equal reference share for numbers; for
// labels the k−1 most frequent cells by themselves and the rest together. It is
// computed once per reference.
func (r *Reference) Coarse(i, k int) []int {
	type coarseKey struct{ i, k int }
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

// GroupNames names the groups of column i for exporters: intervals of numbers,
// labels, "other". Those of a sensitive feature are numbered.
func (r *Reference) GroupNames(i int, groups []int) []string {
	a := r.Geometry().Axis(i)
	names := make([]string, slices.Max(groups)+1)
	for j := len(groups) - 1; j >= 0; j-- {
		g := groups[j]
		switch {
		case a.Feature.Sensitive && len(a.Feature.OneOf) == 0:
			names[g] = fmt.Sprintf("%02d", g)
		case a.Numbers():
			names[g] = a.interval(j, lastOf(groups, g))
		case names[g] != "" || j == len(a.Labels):
			names[g] = "other"
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

// interval names the run of cells first to last: "[1.5,20)".
func (a *Axis) interval(first, last int) string {
	low, high := "(-inf", "+inf)"
	if first > 0 {
		low = fmt.Sprintf("[%.6g", a.Edges[first-1])
	}
	if last < len(a.Edges) {
		high = fmt.Sprintf("%.6g)", a.Edges[last])
	}
	if first > 0 && first == last && last < len(a.Edges) && a.Edges[last] == math.Nextafter(a.Edges[first-1], math.Inf(1)) {
		return fmt.Sprintf("%.6g", a.Edges[first-1])
	}
	return low + "," + high
}
