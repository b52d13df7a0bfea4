package dashboard

import (
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

const maxTotals = 40 // reasons shown, of drops and failures each

// totals are the sums over the source's cumulative numbers that the page shows.
type totals struct {
	predictions float64
	capped      float64
	dropped     []reason
	failures    []reason
	labels      []reason // by what became of them
	unfollowed  []reason
	waiting     float64
	labelled    bool // the source joins labels
}

// reason is one part of a total.
type reason struct {
	Name  string
	Count string
	n     float64
}

func totalsOf(source report.Source) totals {
	var t totals
	for total := range source.Totals() {
		switch total.Name {
		case report.TotalPredictions:
			t.predictions += total.Value
		case report.TotalSeriesCapped:
			t.capped += total.Value
		case report.TotalDropped:
			t.dropped = addReason(t.dropped, total, report.AttrReason)
		case report.TotalFailures:
			t.failures = addReason(t.failures, total, report.AttrReason)
		case report.TotalLabels:
			t.labels, t.labelled = addReason(t.labels, total, report.AttrFate), true
		case report.TotalLabelsWaiting:
			t.waiting += total.Value
		case report.TotalUnfollowed:
			t.unfollowed = addReason(t.unfollowed, total, report.AttrReason)
		}
	}
	return t
}

func addReason(reasons []reason, total report.Total, key string) []reason {
	name := "no reason given"
	for _, a := range total.Attributes {
		if a.Key == key {
			name = a.Value
		}
	}
	for i := range reasons {
		if reasons[i].Name == name {
			reasons[i].n += total.Value
			return reasons
		}
	}
	return append(reasons, reason{Name: name, n: total.Value})
}

// sum returns the total and the reasons that happened, most frequent first.
func sum(reasons []reason) (all float64, shown []reason) {
	for _, r := range reasons {
		all += r.n
		if r.n > 0 {
			shown = append(shown, reason{Name: clean(r.Name, 80), Count: whole(r.n), n: r.n})
		}
	}
	slices.SortFunc(shown, func(a, b reason) int {
		if a.n != b.n {
			return int(max(-1, min(1, b.n-a.n)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all, shown[:min(len(shown), maxTotals)]
}

// whole prints a count that travels as a float.
func whole(v float64) string {
	if !(v >= 0 && v < 1<<63) {
		return none
	}
	return count(uint64(v))
}
