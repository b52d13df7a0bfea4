package sequential

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Ranks maps a number to its place in a reference distribution kept as cell
// counts, so that ESR can watch unbounded errors: feed it Rank(|error|) with
// Baseline 0.5 and BaselineSize the reference size.
//
// Counts has one entry more than Edges: cell i holds the reference items in
// (Edges[i-1], Edges[i]], the outer cells being open. Edges must increase.
type Ranks struct {
	Edges  []float64
	Counts []uint64
}

// RanksOf cuts a reference sample into at most cells cells (0 means 40) of about
// equal counts; ties never straddle a cell. NaN and ±Inf are left out. It
// returns an error wrapping ErrSample if nothing is left, and one wrapping
// ErrParameter if cells is negative or above 4096.
func RanksOf(sample []float64, cells int) (Ranks, error) {
	cells = cmp.Or(cells, 40)
	if err := within("RanksOf", "cells", float64(cells), 1, 4096); err != nil {
		return Ranks{}, err
	}
	sorted := make([]float64, 0, len(sample))
	for _, x := range sample {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			sorted = append(sorted, x)
		}
	}
	if len(sorted) == 0 {
		return Ranks{}, fmt.Errorf("%w: none of %d values is finite; give the reference errors", ErrSample, len(sample))
	}
	slices.Sort(sorted)
	var r Ranks
	begin := 0
	for c := 1; c < cells; c++ {
		edge := sorted[(len(sorted)*c-1)/cells]
		end, _ := slices.BinarySearchFunc(sorted, edge, func(v, e float64) int {
			if v <= e {
				return -1
			}
			return 1
		})
		if end == begin || end == len(sorted) {
			continue
		}
		r.Edges = append(r.Edges, edge)
		r.Counts = append(r.Counts, uint64(end-begin))
		begin = end
	}
	r.Counts = append(r.Counts, uint64(len(sorted)-begin))
	return r, nil
}

// Rank returns the mid-rank of x in [0,1]: the reference share of the cells
// below its cell plus half of its own, which averages exactly 0.5 over the
// reference. It is NaN for NaN and for a Ranks without counts, which detectors
// ignore; ±Inf fall in the outer cells.
func (r Ranks) Rank(x float64) float64 {
	if math.IsNaN(x) || len(r.Counts) != len(r.Edges)+1 {
		return math.NaN()
	}
	var total, below, own float64
	for i, c := range r.Counts {
		switch {
		case i < len(r.Edges) && r.Edges[i] < x:
			below += float64(c)
		case i == 0 || r.Edges[i-1] < x:
			own = float64(c)
		}
		total += float64(c)
	}
	return (below + own/2) / total
}
