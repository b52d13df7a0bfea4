package performance

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
)

// Figure is one measure of performance over some labelled rows. It is a plain
// value. Figures of merged outcomes are those of one process that saw all rows.
type Figure struct {
	// Value is the measure; 0 where it is undefined. It is never NaN or infinite.
	Value float64
	// Low and High bound the true value with 95 % confidence, as far as rows are
	// independent; both 0 where the measure has no interval.
	Low, High float64
	// SE is the standard error of Value for independent rows; 0 where unknown.
	SE float64
	// N is the number of rows that the figure rests on: all of them for accuracy,
	// the positives for recall. SE·√N does not depend on it.
	N float64
	// Bound is how far Value can be from that of the scores themselves, because
	// rows of one score cell count as tied; 0 where it is exact.
	Bound float64
	// Omitted is the number of rows that the measure has no value for and leaves
	// out.
	Omitted float64
	// Undefined says why there is no value; empty where there is.
	Undefined string
}

// Defined reports whether there is a value.
func (f Figure) Defined() bool { return f.Undefined == "" }

// normal95 is the two-sided 95 % quantile of the normal law.
const normal95 = 1.959963984540054

func undefined(why string) Figure { return Figure{Undefined: why} }

// newFigure gives a value the symmetric interval of its standard error, within
// [low, high]. What is not finite is undefined.
func newFigure(value, se, n, low, high float64) Figure {
	if value-value != 0 || n <= 0 {
		return undefined("not a finite number")
	}
	f := Figure{Value: value, N: n}
	if se-se == 0 && se >= 0 {
		f.SE = se
		f.Low, f.High = max(low, value-normal95*se), min(high, value+normal95*se)
	}
	return f
}

// anywhere are the limits of a measure without any. They are finite so that an
// interval is.
const anywhere = math.MaxFloat64

// proportion is k of n with Wilson's interval, for counts that may be fractions.
func proportion(k, n float64, why string) Figure {
	if !(n > 0) {
		return undefined(why)
	}
	p, z2 := k/n, normal95*normal95
	mid, half := p+z2/(2*n), normal95*math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	f := Figure{Value: p, SE: math.Sqrt(max(0, p*(1-p)) / n), N: n}
	f.Low, f.High = max(0, (mid-half)/(1+z2/n)), min(1, (mid+half)/(1+z2/n))
	return f
}

// average is a mean with Student's interval.
func average(n, sum, squares, low, high float64) Figure {
	if !(n > 0) {
		return undefined("no labelled rows")
	}
	mean := sum / n
	if n < 2 {
		return newFigure(mean, math.NaN(), n, low, high)
	}
	se := math.Sqrt(max(0, squares/n-mean*mean) / (n - 1))
	f := newFigure(mean, se, n, low, high)
	if f.Defined() && n < 1000 {
		t := studentQuantile(n - 1)
		f.Low, f.High = max(low, mean-t*se), min(high, mean+t*se)
	}
	return f
}

func averageOf(s profile.Sum, low, high float64) Figure {
	return average(float64(s.N), s.Sum, s.Squares, low, high)
}

// studentQuantile is the two-sided 95 % quantile of Student's law.
func studentQuantile(df float64) float64 {
	// T² / (T²+df) is Beta(½, df/2).
	x := stat.BetaUpperQuantile(.05, .5, df/2)
	return math.Sqrt(df * x / (1 - x))
}

// logistic and logit are inverse to each other.
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// withLogit replaces the interval of a figure in (0, 1) by one that is symmetric
// in its logit, which fits near the ends and never leaves them.
func (f Figure) withLogit() Figure {
	if p := f.Value; f.SE > 0 && p > 0 && p < 1 {
		half := normal95 * f.SE / (p * (1 - p))
		f.Low, f.High = logistic(logit(p)-half), logistic(logit(p)+half)
	}
	return f
}
