package drift

import "github.com/tidemark-ml/tidemark/internal/stat"

// Proportions is the z test of two proportions with the pooled variance. Value
// is z, positive where the first cell is more frequent in the current sample; P
// is two-sided and keeps its digits far in the tail. z² is [ChiSquare] of the
// same table. For expected counts below ten use [Fisher]. Where one of the cells
// is empty on both sides: [ErrUndefined].
type Proportions struct{}

// Counts compares two aligned pairs of counts.
func (Proportions) Counts(reference, current []uint64) (Result, error) {
	c, err := twoCells("proportions", reference, current)
	if err != nil {
		return Result{}, err
	}
	test, err := stat.TwoProportionZ(float64(c.cur[0]), float64(c.n), float64(c.ref[0]), float64(c.m))
	if err != nil {
		return Result{}, fromStat("proportions", err)
	}
	r := c.result(test.Z)
	r.P, r.HasP = test.P, true
	r.HasFloor = true // z is 0 on average
	r.critical = func(alpha float64) float64 { return stat.NormalUpperQuantile(alpha / 2) }
	return r, nil
}
