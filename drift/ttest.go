package drift

import "github.com/tidemark-ml/tidemark/internal/stat"

// T is the two-sample t test of equal means, by default Welch's, which does not
// assume equal variances. Value is t, positive where the reference mean is the
// larger; DOF are its degrees of freedom; P is two-sided.
//
// Too few values for a variance, or equal constants: [ErrUndefined]. Two
// different constants: Value is ±Inf, P is 0 and DOF is 0.
type T struct {
	// EqualVariances pools the variances (Student's test).
	EqualVariances bool
}

// Sorted compares two samples in increasing order, without NaN or ±Inf.
func (m T) Sorted(reference, current []float64) (Result, error) {
	s, err := sorted("t", reference, current, true)
	if err != nil {
		return Result{}, err
	}
	test, err := stat.WelchT(reference, current)
	if m.EqualVariances {
		test, err = stat.StudentT(reference, current)
	}
	if err != nil {
		return Result{}, fromStat("t", err)
	}
	r := s.result(test.T)
	r.P, r.HasP, r.DOF = test.P, true, test.DF
	r.HasFloor = true // 0 on average
	return r, nil
}
