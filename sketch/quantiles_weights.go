package sketch

import "math"

// mostNarrow is up to how many observations all weights of a digest are kept in 32
// bits: no centroid can have more than the whole digest.
const mostNarrow = math.MaxInt32

// at returns the weight of centroid i.
func (d *Quantiles) at(i int) float64 {
	if d.wide != nil {
		return d.wide[i]
	}
	return float64(d.weight[i])
}

// set writes the weight of centroid i, for which there must be room.
func (d *Quantiles) set(i int, weight float64) {
	if d.wide != nil {
		d.wide[i] = weight
		return
	}
	d.weight[i] = int32(weight)
}

// keep makes these the weights. The count must be that of them all.
func (d *Quantiles) keep(weight []float64) {
	if d.count > mostNarrow {
		d.widen()
	}
	if d.wide != nil {
		copy(d.wide, weight)
		return
	}
	for i, w := range weight {
		d.weight[i] = int32(w)
	}
}

// widen makes room for weights of any size.
func (d *Quantiles) widen() {
	if d.wide == nil {
		d.wide, d.weight = make([]float64, cap(d.mean)), nil
	}
}

// centroids returns those of d as they are computed with. room is for their weights.
func (d *Quantiles) centroids(room *[stackCentroids]float64) list {
	if d.wide != nil {
		return list{d.mean, d.wide[:len(d.mean)]}
	}
	weight := room[:len(d.mean)]
	for i, w := range d.weight[:len(weight)] {
		weight[i] = float64(w)
	}
	return list{d.mean, weight}
}
