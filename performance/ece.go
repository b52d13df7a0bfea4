package performance

import "math"

// Bin is some rows of a binary model with scores near each other.
type Bin struct {
	N        float64 // rows
	Score    float64 // mean score
	Positive float64 // share of positive rows
}

// Reliability cuts rows into bins of equal width.
type Reliability struct {
	Bins int // 0 means 10
	// RightClosed bins are (low, high], as scikit-learn has them, and not
	// [low, high) as the score cells are.
	RightClosed bool
}

// Of returns the bins that hold rows, lowest first. A cell is in the bin of its
// mean score; cells never straddle tenths.
func (r Reliability) Of(s Scores) []Bin {
	width := r.Bins
	if width < 1 {
		width = 10
	}
	sums := make([]ScoreCell, width)
	for i := range s.Cells {
		if c := &s.Cells[i]; c.Rows() > 0 {
			sums[r.bin(c.Mean(), width)].merge(*c)
		}
	}
	return filled(sums)
}

func (r Reliability) bin(score float64, bins int) int {
	at := 0
	for at < bins-1 {
		edge := float64(at+1) / float64(bins)
		// The mean of equal scores may be off in its last digits.
		if score < edge-roundingError || r.RightClosed && score <= edge+roundingError {
			break
		}
		at++
	}
	return at
}

const roundingError = 1e-12

func filled(sums []ScoreCell) (bins []Bin) {
	for i := range sums {
		if n := sums[i].Rows(); n > 0 {
			bins = append(bins, Bin{N: n, Score: sums[i].Mean(), Positive: sums[i].N[1] / n})
		}
	}
	return bins
}

// ECE is the expected calibration error Σ n_b/n·|mean score − share of positives|
// over bins, in [0, 1] (Naeini et al. 2015). Without miscalibration it is not 0
// but about its [ECE.Floor]: compare it with that, or debias it.
type ECE struct {
	Bins int // 0 means 10, or 15 of equal mass
	// EqualMass makes bins of ⌊n/Bins⌋ rows in the order of their scores, the last
	// taking the rest, at most n/2 of them; a cell that straddles bins is divided
	// in proportion.
	EqualMass bool
	// Debiased takes the floor off, at least to 0.
	Debiased bool
}

// Name, Better and Of implement [BinaryMetric].
func (m ECE) Name() string {
	name := "ece"
	if m.EqualMass {
		name += "_equal_mass"
	}
	if m.Debiased {
		name += "_debiased"
	}
	return name
}
func (ECE) Better() Better { return Lower }
func (ECE) scale() scale   { return root }
func (m ECE) Of(s Scores) Figure {
	bins := m.bins(s)
	if len(bins) == 0 {
		return undefined("too few labelled rows")
	}
	var sum, n, variance float64
	for _, b := range bins {
		sum += b.N * math.Abs(b.Score-b.Positive)
		variance += b.N * b.Positive * (1 - b.Positive) * (1 - 2/math.Pi)
		n += b.N
	}
	value := sum / n
	if m.Debiased {
		value = max(0, value-floorOf(bins))
	}
	return newFigure(value, math.Sqrt(variance)/n, n, 0, 1)
}

// Floor is the value to expect of perfectly calibrated scores,
//
//	Σ n_b/n·√(2·ȳ_b(1−ȳ_b)/(π·n_b))
//
// the mean of |normal noise| of each bin's share of positives.
func (m ECE) Floor(s Scores) float64 { return floorOf(m.bins(s)) }

func floorOf(bins []Bin) float64 {
	var sum, n float64
	for _, b := range bins {
		sum += math.Sqrt(2 / math.Pi * b.N * b.Positive * (1 - b.Positive))
		n += b.N
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func (m ECE) bins(s Scores) []Bin {
	if !m.EqualMass {
		return Reliability{Bins: m.Bins}.Of(s)
	}
	bins := m.Bins
	if bins < 1 {
		bins = 15
	}
	return equalMass(s, bins)
}

// equalMass cuts rows into bins of ⌊n/bins⌋, the last with the rest.
func equalMass(s Scores, bins int) []Bin {
	total := s.Total()
	bins = min(bins, int(total.Rows()/2))
	if bins < 1 {
		return nil
	}
	size := math.Floor(total.Rows() / float64(bins))
	sums := make([]ScoreCell, bins)
	at, room := 0, size
	for i := range s.Cells {
		left := s.Cells[i]
		for rows := left.Rows(); rows > 0; rows = left.Rows() {
			if at == bins-1 || rows <= room {
				sums[at].merge(left)
				room -= rows
				break
			}
			sums[at].merge(left.scaled(room / rows))
			left = left.scaled(1 - room/rows)
			room = 0
			if at < bins-1 {
				at, room = at+1, size
			}
		}
		if room <= 0 && at < bins-1 {
			at, room = at+1, size
		}
	}
	return filled(sums)
}
