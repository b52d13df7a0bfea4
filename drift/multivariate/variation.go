package multivariate

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
)

// natural is how much the effects of a family vary between windows of the
// reference, beyond what sampling explains.
type natural struct {
	width   int       // time blocks in a window
	blocks  int       // time blocks of the reference
	tau2    []float64 // by effect
	largest float64   // largest replayed statistic of any effect
}

const (
	minBlocks = 3  // time blocks that say anything about variability
	minRows   = 50 // rows below which nothing is tested
	minBlock  = 20 // rows below which a window of the reference is left out
)

// naturalKey identifies a family's natural variability within a reference.
type naturalKey struct {
	family any
	width  int
}

// naturalOf returns the variability for windows of rows of the whole traffic,
// and how many times shorter than a time block they are (at least 1); nil where
// the reference has too few time blocks.
func naturalOf(r *profile.Reference, key any, f family, rows float64) (*natural, float64) {
	blocks := len(r.Panes())
	var total float64
	for _, p := range r.Panes() {
		total += float64(p.Rows)
	}
	if blocks < minBlocks || total == 0 {
		return nil, 1
	}
	ratio := max(rows, 1) * float64(blocks) / total
	// Widths on a grid of about √2 bound what is kept per reference.
	width := 1
	for {
		next := max(width+1, int(math.Round(float64(width)*math.Sqrt2)))
		if float64(next) > 1.25*ratio || next > blocks/minBlocks {
			break
		}
		width = next
	}
	return naturalAt(r, key, f, width), max(1, float64(width)/ratio)
}

func naturalAt(r *profile.Reference, key any, f family, width int) *natural {
	return r.Memo(naturalKey{key, width}, func() any {
		v := &natural{width: width, blocks: len(r.Panes())}
		v.estimate(r, f)
		if width > 1 { // at least what independent blocks would leave
			one := naturalAt(r, key, f, 1)
			for i := range v.tau2 {
				v.tau2[i] = max(v.tau2[i], one.tau2[i]/float64(width))
			}
		}
		v.replay(r, f)
		return v
	}).(*natural)
}

// windows calls see with the effects of windows of the reference, neighbours
// overlapping by at most seven eighths.
func (v *natural) windows(r *profile.Reference, f family, see func(e []float64, n float64)) {
	e := make([]float64, f.size())
	stride, at := max(1, v.width/8), 0
	for window := range r.Windows(v.width) {
		if at++; (at-1)%stride != 0 || window.Joint == nil {
			continue
		}
		if n := f.effects(window.Joint, e); n >= minBlock {
			see(e, n)
		}
	}
}

// estimate computes the variance of each effect between windows beyond what
// sampling explains (DerSimonian and Laird's moment estimate),
//
//	τ² = max(0, mean(e² − v))·NB/(NB−w)
//
// v being 1/n − 1/m where the window is part of the baseline and 1/n where half
// of it is (the covariance takes as much away as the baseline's error adds); for
// live panes, which are no part of it, the variance of e less mean 1/n.
func (v *natural) estimate(r *profile.Reference, f family) {
	v.tau2 = make([]float64, f.size())
	sums, counts := make([]float64, f.size()), make([]float64, f.size())
	sampling := make([]float64, f.size())
	own := ownVariance(r, f)
	v.windows(r, f, func(e []float64, n float64) {
		for i, x := range e {
			if x-x == 0 {
				counts[i]++
				sums[i] += x
				v.tau2[i] += x * x
				sampling[i] += own(n)
			}
		}
	})
	correction := float64(v.blocks) / float64(max(1, v.blocks-v.width))
	for i, n := range counts {
		if n == 0 {
			v.tau2[i] = 0
			continue
		}
		mean := 0.0
		if r.Live() {
			mean = sums[i] / n
		}
		v.tau2[i] = max(0, v.tau2[i]/n-mean*mean-sampling[i]/n) * correction
	}
}

// ownVariance is the sampling variance of an effect of a window of the reference.
func ownVariance(r *profile.Reference, f family) func(n float64) float64 {
	m, whole := f.baseline()
	if r.Live() || !whole {
		return func(n float64) float64 { return 1 / n }
	}
	return func(n float64) float64 { return max(1/n-1/m, .02/n) }
}

// replay finds the largest statistic that the reference itself shows.
func (v *natural) replay(r *profile.Reference, f family) {
	own := ownVariance(r, f)
	share := max(.02, 1-float64(v.width)/float64(v.blocks)) // of τ²: the window is part of the reference
	v.windows(r, f, func(e []float64, n float64) {
		for i, x := range e {
			if x-x == 0 {
				v.largest = max(v.largest, math.Abs(x)/math.Sqrt(own(n)+v.tau2[i]*share))
			}
		}
	})
}
