package drift

import "github.com/tidemark-ml/tidemark/internal/stat"

// MannWhitney is the Mann–Whitney (Wilcoxon rank-sum) test, two-sided, with tie
// and continuity correction. Value is U, the number of pairs in which the
// reference value is the larger, ties counting one half, in [0, nm]; U/(nm) is
// the probability that a reference value exceeds a current one. It sees shifts
// and is blind to changes of scale. P is 1 where all values are equal. P is
// approximate below about eight values. Empty side: [ErrUndefined].
type MannWhitney struct{}

// Sorted compares two samples in increasing order, without NaN.
func (MannWhitney) Sorted(reference, current []float64) (Result, error) {
	s, err := sorted("mannwhitney", reference, current, false)
	if err != nil {
		return Result{}, err
	}
	test, err := stat.MannWhitney(reference, current)
	if err != nil {
		return Result{}, fromStat("mannwhitney", err)
	}
	r := s.result(test.U)
	r.P, r.HasP = test.P, true
	r.Floor, r.HasFloor = float64(len(reference))*float64(len(current))/2, true
	return r, nil
}
