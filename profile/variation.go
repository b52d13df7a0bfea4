package profile

import "iter"

// Variation is the natural variability of an effect between stretches of the
// reference.
type Variation struct {
	// Tau2 is the variance of the effect between windows beyond what sampling
	// explains, ≥ 0.
	Tau2 float64
	// Blocks is the number of disjoint windows it rests on; 0 where the
	// reference has too few time blocks to say anything.
	Blocks int
	// Largest is the largest |effect| of any window.
	Largest float64
}

// Known reports whether there were blocks to estimate from.
func (v Variation) Known() bool { return v.Blocks > 0 }

// minBlocks is the fewest disjoint windows that an estimate may rest on.
const minBlocks = 3

// Variation estimates how much an effect varies between windows of scale time
// blocks, over all overlapping windows:
//
//	tau² = max(0, mean(e² − (1/n − 1/m)))·NB/(NB−scale)
//
// (DerSimonian & Laird 1986, with the correction for the windows being part of
// the reference they are compared with; for live panes, which are not, it is the
// variance of e less mean 1/n). The effect must be standardised, so
// that its variance where nothing wobbles is 1/n for a window of n rows; it
// returns that n too, 0 to leave the window out. The estimate is computed once
// per reference, key and scale.
func (r *Reference) Variation(key string, scale int, effect func(*Profile) (float64, uint64)) Variation {
	type variationKey struct {
		key   string
		scale int
	}
	return r.Memo(variationKey{key, scale}, func() any { return r.variation(scale, effect) }).(Variation)
}

func (r *Reference) variation(scale int, effect func(*Profile) (float64, uint64)) Variation {
	blocks := len(r.panes)
	if scale < 1 || blocks < minBlocks*scale {
		return Variation{}
	}
	v := Variation{Blocks: blocks / scale}
	var squares, sum, sampling float64
	var windows int
	for window := range r.Windows(scale) {
		e, n := effect(window)
		if n == 0 {
			continue
		}
		squares, sum, sampling = squares+e*e, sum+e, sampling+1/float64(n)
		v.Largest = max(v.Largest, e, -e)
		windows++
	}
	if windows == 0 {
		return Variation{}
	}
	n := float64(windows)
	if r.live {
		v.Tau2 = max(0, squares/n-(sum/n)*(sum/n)-sampling/n)
		return v
	}
	v.Tau2 = max(0, squares/n-sampling/n+1/float64(r.profile.Rows)) * float64(blocks) / float64(blocks-scale)
	return v
}

// Windows yields every run of scale consecutive time blocks, merged, oldest
// first. The profile holds counts only, and is reused: it is valid until the
// next one.
func (r *Reference) Windows(scale int) iter.Seq[*Profile] {
	return func(yield func(*Profile) bool) {
		if scale < 1 || scale > len(r.panes) {
			return
		}
		window := r.Geometry().New(CountsOnly)
		for i, pane := range r.panes {
			pane.addScaled(window, 1)
			if i >= scale {
				r.panes[i-scale].addScaled(window, ^uint64(0))
			}
			if i < scale-1 {
				continue
			}
			window.Start, window.End = r.panes[i-scale+1].Start, pane.End
			if !yield(window) {
				return
			}
		}
	}
}
