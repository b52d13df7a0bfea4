package drift

import "math"

// exactBeyond returns the effect of the fewest values beyond the range that have
// an exact p-value of at most its argument, which may only fall from one call to
// the next.
func (j *judge) exactBeyond(i int) func(p float64) float64 {
	b := j.beyond(i)
	s := steps{most: math.Floor(b.n / b.design), last: 1, whole: b.design > 1, p: func(d float64) float64 { return b.p(d * b.design) }}
	return func(p float64) float64 { return b.effect(s.reach(p) * b.design) }
}

// exactShare is the same for shares that are tested by Fisher's test too, in the
// direction of the window's and at its persistence; 0 where they are not.
func (j *judge) exactShare(i int, k component, t *tested) func(p float64) float64 {
	if k != missing && k != unseen {
		return func(float64) float64 { return 0 }
	}
	r := j.share(i, k)
	expected, kappa := r.expected(), t.kappa
	if kappa <= 0 {
		kappa = 1
	}
	from, sign := math.Floor(expected), 1.0
	s := steps{most: math.Floor(r.n) - from, last: 1, whole: kappa < 1}
	if t.size < 0 {
		from, sign = min(math.Ceil(expected), fewRows), -1
		s.most = from
	}
	s.p = func(d float64) float64 { return r.fisher(from+sign*d, k == unseen) }
	enough := expected >= fewRows // for the normal law, but for fewer hits than that
	return func(p float64) float64 {
		if enough && (sign > 0 || s.p(1) <= p) {
			return 0
		}
		hits := from + sign*s.reach(p)
		return kappa * math.Abs(r.effect(max(0, expected+(hits-expected)/kappa)))
	}
}

// steps finds how far a count has to go for its p-value to fall to a given one.
type steps struct {
	p    func(distance float64) float64 // falls; at 0 taken as 1
	most float64                        // largest distance
	at   float64                        // a distance that is known not to suffice
	last float64                        // its p-value

	whole bool // between two distances the p-value is that of the smaller one
}

// reach returns the distance, between whole ones by the logarithms of their
// p-values, and more than is possible where none suffices. From one call to the
// next p may only fall.
func (s *steps) reach(p float64) float64 {
	if s.at >= s.most {
		return s.most + 1
	}
	high, reached := s.at, s.last
	for jump := 1.0; reached > p; jump *= 2 {
		if s.at, s.last = high, reached; s.at >= s.most {
			return s.most + 1
		}
		high = min(s.at+jump, s.most)
		reached = s.p(high)
	}
	for high-s.at > 1 {
		middle := math.Floor((s.at + high) / 2)
		if at := s.p(middle); at > p {
			s.at, s.last = middle, at
		} else {
			high, reached = middle, at
		}
	}
	if s.whole || !(reached > 0 && s.last > reached) {
		return high
	}
	return high - math.Log(p/reached)/math.Log(s.last/reached)
}
