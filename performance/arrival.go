package performance

import (
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Arrival is the probability that a label has come by some age, by group of the
// score: labels that come fast are often of other classes than late ones.
type Arrival struct {
	by [profile.DelayGroups][]float64 // cumulative, at the ends of the delay cells
}

// FitArrival learns it from delays of rows all labels of which that ever come have
// come: the reference's, or those of mature windows. (With all delays known the
// estimate of Kaplan and Meier is the share of them.) A group without a label
// counts as the whole.
func FitArrival(d *profile.Delays) (a Arrival) {
	whole := cumulative(d.Total())
	for g := range d {
		if a.by[g] = cumulative(d[g]); a.by[g] == nil {
			a.by[g] = whole
		}
	}
	return a
}

// cumulative are the shares of counts up to each; nil without counts.
func cumulative[T interface{ ~[13]uint64 }](counts T) (shares []float64) {
	var total, passed float64
	for _, n := range counts {
		total += float64(n)
	}
	if total == 0 {
		return nil
	}
	for _, n := range counts {
		passed += float64(n)
		shares = append(shares, passed/total)
	}
	return shares
}

// By returns the probability that a label of a row in a score group has come at an
// age, linear within a delay cell; 1 where nothing is known.
func (a Arrival) By(group int, age time.Duration) float64 {
	shares := a.by[min(max(group, 0), profile.DelayGroups-1)]
	if shares == nil {
		return 1
	}
	before, from := 0.0, time.Duration(0)
	for i, limit := range profile.DelayLimits() {
		if age < limit {
			return before + (shares[i]-before)*float64(max(0, age-from))/float64(limit-from)
		}
		before, from = shares[i], limit
	}
	return before
}

// maxWeight is the largest weight of a labelled row: beyond it a few rows would
// speak for all.
const maxWeight = 10

// weights are by how much the labelled rows of each score group have to be counted
// up to stand for all predictions of the window, 1/P(labelled | group), at most 10.
// Where the scores of all predictions of the window are known, that share is
// counted; otherwise it is that of delays known from the past by the age of the
// window.
func weights(c profile.Comparison, labelled [profile.DelayGroups]float64) (w [profile.DelayGroups]float64) {
	predicted, ok := predictedGroups(c)
	for g := range w {
		switch {
		case labelled[g] == 0:
			w[g] = 1
		case ok:
			w[g] = min(maxWeight, max(1, predicted[g]/labelled[g]))
		}
	}
	if ok {
		return w
	}
	past := FitArrival(&pastOutcomes(c).Delays)
	age := oldestDelay(&c.Current.Outcomes.Delays)
	for g := range w {
		if p := past.By(g, age); labelled[g] > 0 && p > 1./maxWeight {
			w[g] = 1 / p
		} else if labelled[g] > 0 {
			w[g] = maxWeight
		}
	}
	return w
}

// predictedGroups are the followed predictions of the window by score group: all
// its scores, scaled to those that were followed.
func predictedGroups(c profile.Comparison) (n [profile.DelayGroups]float64, ok bool) {
	g := c.Current.Geometry()
	if g == nil || g.Schema().Len() >= len(c.Current.Columns) {
		return n, false
	}
	cells := c.Current.Columns[g.Schema().Len()].Cells
	var total float64
	for i, k := range cells {
		n[profile.DelayGroup(i, len(cells))] += float64(k)
		total += float64(k)
	}
	followed := float64(c.Current.Outcomes.Predictions)
	for i := range n {
		n[i] *= followed / max(total, 1)
	}
	return n, total > 0 && followed > 0
}

// pastOutcomes are those that tell how long labels take: the reference's where its
// labels did not come with their rows, else those of the window before.
func pastOutcomes(c profile.Comparison) *profile.Outcomes {
	if whole := c.Reference.Profile().Outcomes; whole != nil {
		counts := whole.Delays.Total()
		if counts[0] < whole.Labelled {
			return whole
		}
	}
	if c.PreviousOutcomes != nil {
		return c.PreviousOutcomes
	}
	return &profile.Outcomes{}
}

// oldestDelay is the end of the last delay cell that a label of the window is in:
// about the age of the window.
func oldestDelay(d *profile.Delays) (age time.Duration) {
	counts := d.Total()
	for i, limit := range profile.DelayLimits() {
		if counts[i] > 0 {
			age = limit
		}
	}
	return age
}
