package stat

import "slices"

// pooled is the merged order of two samples. Each group is one distinct value.
type pooled struct {
	groups []tieGroup
	n, m   int
}

// tieGroup holds how often one distinct value occurs in each sample.
type tieGroup struct{ inX, inY int }

// pool merges sorted copies of x and y by value.
func pool(x, y []float64) pooled {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	p := pooled{n: len(x), m: len(y), groups: make([]tieGroup, 0, len(x)+len(y))}
	for i, j := 0, 0; i < len(x) || j < len(y); {
		var v float64
		if j == len(y) || i < len(x) && x[i] <= y[j] {
			v = x[i]
		} else {
			v = y[j]
		}
		g := tieGroup{}
		for ; i < len(x) && x[i] == v; i++ {
			g.inX++
		}
		for ; j < len(y) && y[j] == v; j++ {
			g.inY++
		}
		p.groups = append(p.groups, g)
	}
	return p
}

// tied says that some value occurs more than once.
func (p pooled) tied() bool { return len(p.groups) < p.n+p.m }
