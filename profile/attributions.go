package profile

import "math"

// Attribution sums what a feature contributed to the scores, as the application
// explains them row by row.
type Attribution struct {
	N        uint64  // rows with a finite attribution
	Sum      float64 // Σ a
	Absolute float64 // Σ |a|
	Squares  float64 // Σ a²
}

func (a *Attribution) add(v float64) {
	if v-v != 0 {
		return
	}
	a.N++
	a.Sum += v
	a.Absolute += math.Abs(v)
	a.Squares += v * v
}

func (a *Attribution) merge(b *Attribution) {
	a.N += b.N
	a.Sum += b.Sum
	a.Absolute += b.Absolute
	a.Squares += b.Squares
}

// MeanAbsolute is the mean of |a|; false where there is none.
func (a Attribution) MeanAbsolute() (float64, bool) {
	if a.N == 0 {
		return 0, false
	}
	return a.Absolute / float64(a.N), true
}

// attribute adds attributions, by feature.
func (p *Profile) attribute(more []Attribution) {
	if len(p.Attributions) == 0 {
		p.Attributions = make([]Attribution, len(more))
	}
	for i := range more {
		p.Attributions[i].merge(&more[i])
	}
}
