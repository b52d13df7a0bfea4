package monitor

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestOutcomeCountsAddUp computes confusion and AUC from the counters as rules of
// Prometheus do, which see no order of cells, for thresholds wherever they cut.
func TestOutcomeCountsAddUp(t *testing.T) {
	for _, threshold := range []float64{0, .05, .1, .3, .29999999995, .35, .5, .95, 1} {
		target := profile.Binary(threshold)
		c := newOutcomeCounts(target)
		r := rand.New(rand.NewPCG(5, uint64(threshold*1000)))
		var confusion [2][2]float64
		var n [2][]int // cells of negative and positive rows
		for i := range 1000 {
			score, truth := float64(i)/999, 0
			if r.Float64() < score {
				truth = 1
			}
			c.add(&profile.Joined{Score: score, Truth: float64(truth)})
			decided := 0
			if score >= threshold {
				decided = 1
			}
			confusion[decided][truth]++
			cell := 0
			for cell < len(c.edges) && c.edges[cell] <= score {
				cell++
			}
			n[truth] = append(n[truth], cell)
		}
		var auc, pairs float64
		for _, a := range n[1] {
			for _, b := range n[0] {
				pairs++
				if a > b {
					auc++
				} else if a == b {
					auc += .5
				}
			}
		}
		type cell struct{ bin, decided string }
		observed, below, seen := map[cell]map[string]float64{}, map[cell]float64{}, [][]report.Attribute{}
		c.write(&totalsWriter{more: true, yield: func(total report.Total) bool {
			at := cell{total.Attributes[0].Value, total.Attributes[1].Value}
			switch total.Name {
			case report.TotalOutcomes:
				if slices.ContainsFunc(seen, func(a []report.Attribute) bool { return slices.Equal(a, total.Attributes) }) {
					t.Errorf("threshold %v: two series of %v", threshold, total.Attributes)
				}
				seen = append(seen, total.Attributes)
				if observed[at] == nil {
					observed[at] = map[string]float64{}
				}
				observed[at][total.Attributes[2].Value] = total.Value
			case report.TotalOutcomeBelow:
				below[at] = total.Value
			}
			return true
		}}, target)
		var got [2][2]float64
		var area float64
		bins := map[string]bool{}
		for at, n := range observed {
			bins[at.bin] = true
			decided := 0
			if at.decided == "positive" {
				decided = 1
			}
			got[decided][0] += n["negative"]
			got[decided][1] += n["positive"]
			area += n["positive"] * (below[at] + n["negative"]/2)
		}
		if got != confusion || area != auc || len(bins) != 10 {
			t.Errorf("threshold %v: confusion %v, want %v; %v pairs in order, want %v of %v; %d bins", threshold, got, confusion, area, auc, pairs, len(bins))
		}
	}
}
