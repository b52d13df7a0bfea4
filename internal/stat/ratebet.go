package stat

import (
	"fmt"
	"math"
)

// RateBet is an e-process for two proportions, c of the candidate and b of the
// base, seen in blocks. It bets against
//
//	H0: c ≤ ratio·b + margin    (Below false: it grows where the candidate is worse)
//	H0: c ≥ ratio·b + margin    (Below true: it grows where the candidate is not)
//
// In a block with n_c and n_b trials and alternative rates (c₁, b₁) that were
// fixed before the block,
//
//	E = Π p(x_c; c₁)·p(x_b; b₁) / Π p(x_c; c₀)·p(x_b; b₀)
//
// where (c₀, b₀) is the point of H0 nearest to (c₁, b₁) in n_c·KL(c₁‖c) +
// n_b·KL(b₁‖b). For every (c, b) of H0 the expectation of E is at most
// exp(n_c(c-c₀)(c₁-c₀)/(c₀(1-c₀)) + n_b(b-b₀)(b₁-b₀)/(b₀(1-b₀))), and as H0 is
// convex the exponent is at most 0 at the nearest point: E is an e-value at any
// n_c and n_b, and the product over blocks may be looked at after each of them.
// P(sup E ≥ 1/α) ≤ α under H0, exactly, also where the rates change from block
// to block. Source: Turner, Ly and Grünwald, "Generic E-variables for exact
// sequential k-sample tests that allow for optional stopping", J. Stat. Plan.
// Inference 230 (2024), for the blocks and for convex H0.
//
// The first block is bet on by nobody: it says what the base's rate is.
// Rather than one alternative it holds a few and averages their products: the
// rates seen so far, and candidate rates at fixed odds from the base's (Below
// false) or at fixed shares of it (Below true). Averages of e-processes are
// e-processes; what they cost is at most ln 5 in ln E.
//
// The zero value with Ratio 1 is a test of c ≤ b. Methods must not be called
// concurrently.
type RateBet struct {
	Ratio  float64 // of the limit; 1 for a plain difference
	Margin float64 // of the limit
	Below  bool

	Candidate, Base Rate              // all blocks so far
	LogE            [rateBets]float64 // of each alternative
	Peak            float64           // largest Log so far, at least 0
}

// Rate counts events among trials.
type Rate struct{ Events, Trials float64 }

const rateBets = 5

// smoothed keeps plug-in rates off 0 and 1.
func (r Rate) smoothed() float64 { return (r.Events + .5) / (r.Trials + 1) }

func (r Rate) plus(s Rate) Rate { return Rate{r.Events + s.Events, r.Trials + s.Trials} }

// Add takes one block. The error wraps [ErrInput] for counts that are no k of n.
func (e *RateBet) Add(candidate, base Rate) error {
	for _, r := range [2]Rate{candidate, base} {
		if !(r.Events >= 0 && r.Events <= r.Trials) || math.IsInf(r.Trials, 1) {
			return fmt.Errorf("%w: rate bet: %v of %v", ErrInput, r.Events, r.Trials)
		}
	}
	if candidate.Trials > 0 && base.Trials > 0 && e.Base.Trials > 0 {
		for i, c1 := range e.alternatives() {
			e.LogE[i] += e.gain(c1, e.Base.smoothed(), candidate, base)
		}
		e.Peak = max(e.Peak, e.Log())
	}
	e.Candidate, e.Base = e.Candidate.plus(candidate), e.Base.plus(base)
	return nil
}

// Log returns ln E as it is now; reject where it reaches ln(1/α).
func (e *RateBet) Log() float64 { return logMean(e.LogE[:]) }

// P returns the always-valid p-value, min over all looks of 1/E, in (0, 1].
func (e *RateBet) P() float64 { return math.Exp(-e.Peak) }

// limit is the largest candidate rate of H0 at base rate b (the least for Below).
func (e *RateBet) limit(b float64) float64 { return e.Ratio*b + e.Margin }

// alternatives returns the candidate rates bet on in the next block, all off H0
// or on its edge, where they gain and lose nothing.
func (e *RateBet) alternatives() (rates [rateBets]float64) {
	b := e.Base.smoothed()
	c := (e.Candidate.Events + b) / (e.Candidate.Trials + 1)
	edge := min(max(e.limit(b), tiny), 1-tiny)
	if e.Below {
		for i, share := range [rateBets - 1]float64{1, .9, .75, .5} {
			rates[i] = min(edge, max(share*b, tiny))
		}
		rates[rateBets-1] = min(edge, c)
		return rates
	}
	logit := math.Log(edge / (1 - edge))
	for i, odds := range [rateBets - 1]float64{.2, .4, .8, 1.6} { // ln of the odds ratio
		rates[i] = min(logistic(logit+odds), 1-tiny)
	}
	rates[rateBets-1] = max(edge, c)
	return rates
}

const tiny = 1e-9

// gain is ln E of one block for one alternative.
func (e *RateBet) gain(c1, b1 float64, candidate, base Rate) float64 {
	b0 := e.nearest(c1, b1, candidate.Trials, base.Trials)
	c0 := e.limit(b0)
	return logRatio(candidate, c1, c0) + logRatio(base, b1, b0)
}

func logRatio(r Rate, p1, p0 float64) float64 {
	return r.Events*math.Log(p1/p0) + (r.Trials-r.Events)*(math.Log1p(-p1)-math.Log1p(-p0))
}

// nearest returns the base rate of the point of the edge of H0 that is nearest
// to (c1, b1): where the derivative of the sum of divergences, which increases,
// is 0.
func (e *RateBet) nearest(c1, b1, nc, nb float64) float64 {
	if e.Ratio == 1 && e.Margin == 0 {
		return (nc*c1 + nb*b1) / (nc + nb)
	}
	at := (c1 - e.Margin) / e.Ratio
	lo, hi := min(at, b1), max(at, b1)
	lo = max(lo, tiny, (tiny-e.Margin)/e.Ratio)
	hi = min(hi, 1-tiny, (1-tiny-e.Margin)/e.Ratio)
	for range 60 {
		b := (lo + hi) / 2
		c := e.limit(b)
		if nc*e.Ratio*(c-c1)/(c*(1-c))+nb*(b-b1)/(b*(1-b)) > 0 {
			hi = b
		} else {
			lo = b
		}
	}
	return (lo + hi) / 2
}

// logMean returns ln of the mean of exp of each.
func logMean(logs []float64) float64 {
	top := math.Inf(-1)
	for _, v := range logs {
		top = max(top, v)
	}
	sum := 0.0
	for _, v := range logs {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum/float64(len(logs)))
}
