package drift

import (
	"math"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// Null laws: what a measure does where nothing has changed.

// chiSquareLaw fills in the law of a measure that is scale·χ²_df, or its square
// root, and Pearson's p-value on the same cells.
func (c cells) chiSquareLaw(r Result, scale float64, root bool) Result {
	df := c.df()
	r.HasFloor, r.DOF = true, df
	if pearson, err := c.pearson(false); err == nil {
		r.P, r.HasP = pearson.P, true
	}
	if root {
		r.Floor = math.Sqrt(scale) * chiMean(df)
	} else {
		r.Floor = scale * df
	}
	r.critical = func(alpha float64) float64 {
		x := scale * chiSquareQuantile(alpha, df)
		if root {
			return math.Sqrt(x)
		}
		return x
	}
	return r
}

// pearson is the two-sample χ² test on the cells.
func (c cells) pearson(yates bool) (stat.ChiSquareResult, error) {
	reference, current := c.occupied()
	return stat.PearsonChiSquare(reference, current, yates)
}

func chiSquareQuantile(alpha, df float64) float64 {
	if df <= 0 {
		return 0
	}
	return stat.ChiSquareUpperQuantile(alpha, df)
}

// chiMean is the mean of the square root of χ²_df: √2 Γ((df+1)/2)/Γ(df/2).
func chiMean(df float64) float64 {
	if df <= 0 {
		return 0
	}
	return math.Sqrt2 * gammaRatio(df/2)
}

// gammaRatio is Γ(k+½)/Γ(k).
func gammaRatio(k float64) float64 {
	a, _ := math.Lgamma(k + 0.5)
	b, _ := math.Lgamma(k)
	return math.Exp(a - b)
}

// gammaLaw is the gamma distribution with a mean and a variance, the usual
// two-moment stand-in for a positive weighted sum of squares or of absolute
// values (Satterthwaite 1946, Box 1954).
type gammaLaw struct{ mean, variance float64 }

func (g gammaLaw) shape() float64 { return g.mean * g.mean / g.variance }

func (g gammaLaw) critical(alpha float64) float64 {
	if !(g.variance > 0) {
		return g.mean
	}
	return g.variance / g.mean / 2 * chiSquareQuantile(alpha, 2*g.shape())
}

// rootMean is the mean of the square root.
func (g gammaLaw) rootMean() float64 {
	if !(g.variance > 0) {
		return math.Sqrt(g.mean)
	}
	return math.Sqrt(g.variance/g.mean) * gammaRatio(g.shape())
}

// absCovariance is the covariance of |X| and |Y| for standard normal X, Y with
// correlation rho: (2/π)(ρ asin ρ + √(1-ρ²) - 1).
func absCovariance(rho float64) float64 {
	rho = min(1, math.Abs(rho))
	return 2 / math.Pi * (rho*math.Asin(rho) + math.Sqrt(1-rho*rho) - 1)
}
