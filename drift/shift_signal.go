package drift

import (
	"fmt"
	"math"

	"github.com/tidemark-ml/tidemark/report"
)

// fill completes the signal of column i.
func (j *judge) fill(sig *report.Signal, i int, v *verdict) {
	t := &v.tests[v.component]
	if !t.on {
		sig.Undefined = true
		sig.Warnings = []report.Warning{{Code: report.WarnSmallSample, Text: fmt.Sprintf(
			"%v: %d rows now, %d in the reference; drift needs at least %d of each",
			sig.Subject, sig.Current, sig.Reference, minRows)}}
		return
	}
	sd := math.Sqrt(t.law.variance)
	sig.Value = t.persists
	sig.Floor = sd * t.law.expected()
	sig.Critical = j.critical(i, v.component, t)
	sig.P, sig.HasP = v.p, j.natural != nil || j.once
	sig.Effect.Size = t.size
	sig.Effect.Low, sig.Effect.High = t.size-1.96*sd, t.size+1.96*sd
	if v.component == shape {
		sig.Effect.Low = max(0, sig.Effect.Low)
	}
	if v.own < tellingP {
		sig.Effect.Component, sig.Effect.Words = v.component.String(), j.words(i, v.component)
	}
	main := j.plans[i].main()
	if j.e.on[main] {
		sig.Effect.Detectable = j.detectable(&v.tests[main].law)
		j.sensitivity(sig, i, main)
	}
	if j.natural == nil {
		sig.Warnings = append(sig.Warnings, j.unknown())
	}
}

// tellingP is the p-value, vetoes aside, from which a signal says what changed:
// words about noise would read like findings.
const tellingP = .01

// unknown is the warning where natural variability is not known.
func (j *judge) unknown() report.Warning {
	const text = "the reference has no time blocks, so its natural variability is not known"
	if j.once {
		return report.Warning{Code: report.WarnEstimated, Text: text + "; P assumes that there is none"}
	}
	return report.Warning{Code: report.WarnNoBlocks, Text: text}
}

// main is the component whose detectable effect stands for the column.
func (p *plan) main() component {
	if p.degree > 0 {
		return location
	}
	return shape
}

// reach is the distance in standard errors at which a change is found with
// probability .8 at the error probability that one column's share of a monthly
// budget leaves: Φ⁻¹(1-2.4e-5) + Φ⁻¹(.8).
const reach = 4.9

func (j *judge) detectable(l *law) float64 { return j.minimum + reach*math.Sqrt(l.variance) }

// insensitiveAt is the detectable effect, over four panes, from which a quiet
// column says little.
const (
	insensitiveAt    = .5
	insensitiveScale = 4
)

func (j *judge) sensitivity(sig *report.Signal, i int, main component) {
	if j.natural == nil {
		return
	}
	smallest := j.plans[i].smallest(j.calibration, j.natural, i, main, insensitiveScale, j.e.n[main]/j.scale, j.minimum)
	if smallest > insensitiveAt {
		sig.Effect.Insensitive = true
		sig.Warnings = append(sig.Warnings, report.Warning{Code: report.WarnInsensitive, Text: fmt.Sprintf(
			"over %d windows the smallest change that can be told from the reference's own is %.2g standard deviations",
			insensitiveScale, smallest)})
	}
}

// smallest is the effect found with probability .8 over scale panes of n rows.
func (p *plan) smallest(c *calibration, v *variability, i int, k component, panes int, n, minimum float64) float64 {
	variance, known := 1/(float64(panes)*n), p.m
	if v != nil {
		at := 0
		for s, plan := range c.scales {
			if plan.Panes <= panes {
				at = s
			}
		}
		l := &v.levels[i][at]
		variance += l.tau2[k] * v.inflation(panes, at)
		if l.known > 0 {
			known = l.known
		}
	}
	return minimum + reach*math.Sqrt(variance+1/known)
}

// expected is the mean of the statistic where nothing has changed.
func (l *law) expected() float64 {
	if l.df > 0 {
		return chiMean(l.df) / math.Sqrt(l.df)
	}
	if l.cells > 1 {
		return math.Sqrt(2 * math.Log(l.cells)) // of the largest of as many
	}
	return math.Sqrt(2 / math.Pi)
}
