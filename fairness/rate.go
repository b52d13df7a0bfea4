package fairness

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Rate is a count out of a total, Count ≤ Total.
type Rate struct{ Count, Total uint64 }

// Share is Count/Total in [0, 1]; ok is false for 0 of 0, which is undefined:
// a group without positives has no true positive rate, not one of 0.
func (r Rate) Share() (share float64, ok bool) {
	if r.Total == 0 {
		return 0, false
	}
	return float64(r.Count) / float64(r.Total), true
}

// Interval is Wilson's score interval, in [0, 1], at a confidence level in
// (0, 1); ok is false for 0 of 0.
func (r Rate) Interval(level float64) (low, high float64, ok bool) {
	w, err := stat.Wilson(int64(r.Count), int64(r.Total), level)
	return w.Lower, w.Upper, err == nil
}

// Minus is the rate of what is in r but not in part, which must be a part of it.
func (r Rate) Minus(part Rate) Rate {
	return Rate{Count: r.Count - min(r.Count, part.Count), Total: r.Total - min(r.Total, part.Total)}
}

// value is Share with NaN where it is undefined.
func (r Rate) value() float64 {
	if share, ok := r.Share(); ok {
		return share
	}
	return math.NaN()
}

// Confusion counts rows by [decided][truth], 1 being positive.
type Confusion [2][2]uint64

// Rows is the number of rows.
func (c Confusion) Rows() uint64 { return c[0][0] + c[0][1] + c[1][0] + c[1][1] }

// Selection is the rate of rows decided positive.
func (c Confusion) Selection() Rate { return Rate{c[1][0] + c[1][1], c.Rows()} }

// TruePositive is the rate of positives decided positive: recall, sensitivity.
func (c Confusion) TruePositive() Rate { return Rate{c[1][1], c[0][1] + c[1][1]} }

// FalseNegative is the rate of positives decided negative.
func (c Confusion) FalseNegative() Rate { return Rate{c[0][1], c[0][1] + c[1][1]} }

// FalsePositive is the rate of negatives decided positive.
func (c Confusion) FalsePositive() Rate { return Rate{c[1][0], c[0][0] + c[1][0]} }

// TrueNegative is the rate of negatives decided negative: specificity.
func (c Confusion) TrueNegative() Rate { return Rate{c[0][0], c[0][0] + c[1][0]} }

// Precision is the rate of rows decided positive that are: PPV.
func (c Confusion) Precision() Rate { return Rate{c[1][1], c[1][0] + c[1][1]} }

// Accuracy is the rate of rows decided right.
func (c Confusion) Accuracy() Rate { return Rate{c[0][0] + c[1][1], c.Rows()} }

// Plus is the confusion of two groups together.
func (c Confusion) Plus(d Confusion) Confusion {
	for i := range c {
		for k := range c[i] {
			c[i][k] += d[i][k]
		}
	}
	return c
}

// Minus is what is in c but not in part, which must be a part of it.
func (c Confusion) Minus(part Confusion) Confusion {
	for i := range c {
		for k := range c[i] {
			c[i][k] -= min(c[i][k], part[i][k])
		}
	}
	return c
}
