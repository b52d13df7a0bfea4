package performance

import "math"

// scale is the transformation on which a measure varies evenly and without skew,
// so that a normal law holds in the tail where alarms are decided.
type scale uint8

const (
	identity scale = iota
	root           // √v: means of losses, which are skewed to the right
	angular        // asin √v: proportions (Anscombe 1948)
	logits         // ln(v/(1−v)): areas, which pile up below 1
)

// scaled is a metric that knows its scale; others are judged as they are.
type scaled interface{ scale() scale }

func scaleOf(m named) scale {
	if s, ok := m.(scaled); ok {
		return s.scale()
	}
	return identity
}

// within keeps proportions and areas of n rows away from the ends, where the
// transformation has none or no slope: by ⅜ of a row (Anscombe).
func (s scale) within(v, n float64) float64 {
	switch s {
	case angular, logits:
		return (v*n + .375) / (n + .75)
	case root:
		return max(v, 0)
	}
	return v
}

func (s scale) apply(v float64) float64 {
	switch s {
	case root:
		return math.Sqrt(max(v, 0))
	case angular:
		return math.Asin(math.Sqrt(min(1, max(0, v))))
	case logits:
		return logit(v)
	}
	return v
}

// invert is the inverse, within the range of the measure.
func (s scale) invert(t float64) float64 {
	switch s {
	case root:
		return max(0, t) * max(0, t)
	case angular:
		sin := math.Sin(min(math.Pi/2, max(0, t)))
		return sin * sin
	case logits:
		return logistic(t)
	}
	return t
}

// slope is the derivative at v.
func (s scale) slope(v float64) float64 {
	switch s {
	case root:
		return .5 / math.Sqrt(v)
	case angular:
		return .5 / math.Sqrt(v*(1-v))
	case logits:
		return 1 / (v * (1 - v))
	}
	return 1
}
