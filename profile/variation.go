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
//	tau² = max(0, (mean(e²) − mean(1/n) + 1/m)·NB/(NB−scale))
//
// (the moment estimator of DerSimonian & Laird 1986; 1/m, with m the size of the
// reference as effect sees it, and the factor correct for the windows being part
// of the reference they are compared with). For live panes, which are no part of
// it, the mean of the windows takes its place:
//
//	tau² = max(0, mean((e − mean e)²)·NB/(NB−scale) − mean(1/n))
//
// The effect must be standardised, so that its variance where nothing wobbles is
// 1/n for a window of n rows; it returns that n too, 0 to leave the window out. A
// window whose effect is not finite is left out as well. The estimate is computed
// once per reference, key and scale; the key must name the effect.
func (r *Reference) Variation(key string, scale int, effect func(*Profile) (float64, uint64)) Variation {
	type variationKey struct {
		key   string
		scale int
	}
	v, _ := r.Memo(variationKey{key, scale}, func() any { return r.variation(scale, effect) }).(Variation)
	return v
}

// moments of an effect over windows.
type effectSums struct {
	windows                int
	squares, sum, sampling float64
	largest                float64
}

func (s *effectSums) add(e float64, n uint64) {
	if n == 0 || !finite(e) {
		return
	}
	s.windows++
	s.squares, s.sum, s.sampling = s.squares+e*e, s.sum+e, s.sampling+1/float64(n)
	s.largest = max(s.largest, e, -e)
}

func (r *Reference) variation(scale int, effect func(*Profile) (float64, uint64)) Variation {
	blocks := len(r.panes)
	if scale < 1 || blocks < minBlocks*scale {
		return Variation{}
	}
	var s effectSums
	for window := range r.Windows(scale) {
		s.add(effect(window))
	}
	// Of the disjoint windows, as many as the share of windows with an effect.
	disjoint := blocks / scale * s.windows / (blocks - scale + 1)
	if disjoint < minBlocks {
		return Variation{}
	}
	n, part := float64(s.windows), float64(blocks)/float64(blocks-scale)
	v := Variation{Blocks: disjoint, Largest: s.largest}
	if r.live {
		mean := s.sum / n
		v.Tau2 = max(0, max(0, s.squares/n-mean*mean)*part-s.sampling/n)
		return v
	}
	_, m := effect(r.profile)
	if m == 0 {
		m = r.profile.Rows
	}
	v.Tau2 = max(0, s.squares/n-s.sampling/n+1/float64(m)) * part
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
			window.clearRows()
			for _, p := range r.panes[i-scale+1 : i+1] {
				p.addRows(window)
			}
			if !yield(window) {
				return
			}
		}
	}
}
