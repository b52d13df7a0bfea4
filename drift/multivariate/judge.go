package multivariate

import (
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// law is the distribution of an effect where nothing has changed: Student's
// with these degrees of freedom, times √variance.
type law struct{ variance, freedom float64 }

// verdict is what is known about one effect of a window.
type verdict struct {
	effect float64 // standardised, signed; NaN where there is none
	kappa  float64 // the part of it that most panes of the window agree on
	z      float64
	p      float64 // before the number of tests is reckoned with
	law    law
}

// judged is a family tested in one window.
type judged struct {
	n, m     float64
	known    bool // natural variability is
	verdicts []verdict
}

// judge tests all effects of a family in the window of a comparison. ok is false
// where there are too few rows.
func judge(cmp profile.Comparison, key any, f family, once bool) (j judged, ok bool) {
	e := make([]float64, f.size())
	j.n = f.effects(cmp.Current.Joint, e)
	j.m, _ = f.baseline()
	if j.n < minRows || j.m < minRows {
		return j, false
	}
	v, shorter := naturalOf(cmp.Reference, key, f, float64(cmp.Current.Rows))
	j.known = v != nil
	j.verdicts = make([]verdict, len(e))
	for i, x := range e {
		j.verdicts[i] = verdict{effect: x, kappa: 1, p: 1, law: v.law(i, j.n, j.m, shorter)}
	}
	j.test(v, once)
	if !once && j.near() {
		j.persist(cmp, f)
		j.test(v, once)
	}
	return j, true
}

// test sets statistic and p-value of every effect. What the reference itself
// shows alarms nobody.
func (j *judged) test(v *natural, once bool) {
	for i := range j.verdicts {
		t := &j.verdicts[i]
		if t.effect-t.effect != 0 {
			continue
		}
		t.z, t.p = math.Abs(t.effect)*t.kappa/math.Sqrt(t.law.variance), 1
		if once || v == nil || t.z > v.largest {
			t.p = stat.StudentTwoSided(t.z, t.law.freedom)
		}
	}
}

// near reports whether any effect might alarm. Where none does it makes no
// difference what the panes agree on.
func (j *judged) near() bool {
	for i := range j.verdicts {
		if j.verdicts[i].p < .5/float64(len(j.verdicts)) {
			return true
		}
	}
	return false
}

// law is that of an effect: sampling variance V and natural variance τ², which
// is uncertain itself (Satterthwaite's degrees of freedom).
func (v *natural) law(i int, n, m, shorter float64) law {
	sampling := 1/n + 1/m
	if v == nil {
		return law{sampling, math.Inf(1)}
	}
	blocks, width := float64(v.blocks), float64(v.width)
	tau2 := v.tau2[i] * shorter
	total := sampling + tau2
	freedom := total * total / (tau2*tau2/max(blocks-1, 2) + (2*tau2/n+1/(n*n))/max(blocks/width-1, 8))
	return law{sampling + tau2*(1+width/blocks), freedom}
}

// persist sets κ: over several panes an effect counts only as far as twice the
// lower median of the panes' own effects.
func (j *judged) persist(cmp profile.Comparison, f family) {
	var panes [][]float64
	for _, p := range cmp.Panes {
		if p.Joint() == nil {
			return
		}
		e := make([]float64, f.size())
		if f.effects(p.Joint(), e) >= 1 {
			panes = append(panes, e)
		}
	}
	if len(panes) < 2 {
		return
	}
	own := make([]float64, len(panes))
	for i := range j.verdicts {
		sum := 0.0
		for k := range panes {
			own[k] = panes[k][i]
			sum += own[k]
		}
		if sum-sum != 0 || sum == 0 {
			continue
		}
		if sum < 0 {
			for k := range own {
				own[k] = -own[k]
			}
		}
		slices.Sort(own)
		mean := math.Abs(sum) / float64(len(own))
		j.verdicts[i].kappa = min(max(2*own[(len(own)-1)/2]/mean, 0), 1)
	}
}

// reach returns the effect that has this p-value, by the secant method on the
// logarithm, from the normal quantile and its first correction for Student's
// tails.
func (l law) reach(p float64) float64 {
	if !(p > 0 && p < 1) {
		return 0
	}
	gap := func(z float64) float64 { return math.Log(stat.StudentTwoSided(z, l.freedom) / p) }
	z := stat.NormalUpperQuantile(p / 2)
	a, b := z, z+(z*z*z+z)/(4*l.freedom)+1e-3
	at, bt := gap(a), gap(b)
	for range 12 {
		if math.Abs(bt) < 1e-6 || at == bt {
			break
		}
		next := max(b-bt*(b-a)/(bt-at), b/2)
		a, at, b = b, bt, next
		bt = gap(b)
	}
	return b * math.Sqrt(l.variance)
}

// detectable is the effect found with probability .8 at the error probability
// that a month of panes leaves one of a few tests: 4.9 standard errors.
func (l law) detectable() float64 { return 4.9 * math.Sqrt(l.variance) }

// expected is the mean of |effect| where nothing has changed.
func (l law) expected() float64 { return math.Sqrt(2 / math.Pi * l.variance) }

// ranked returns the effects by p-value over weight, then by statistic, the
// strongest first; those without a value or weight are left out.
func (j *judged) ranked(weight func(i int) float64) []int {
	var order []int
	for i := range j.verdicts {
		if t := &j.verdicts[i]; t.effect-t.effect == 0 && weight(i) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &j.verdicts[a], &j.verdicts[b]
		if d := x.p/weight(a) - y.p/weight(b); d != 0 && min(x.p, y.p) < 1 {
			return sign(d)
		}
		return sign(y.z - x.z)
	})
	return order
}

func sign(v float64) int {
	switch {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return 0
}

// adjusted is the p-value of the best of weighted tests (weighted Bonferroni,
// valid under any dependence).
func (t *verdict) adjusted(weight float64) float64 { return min(1, t.p/weight) }

// fill completes a signal of the family.
func (j *judged) fill(s *report.Signal, once bool) {
	s.Unit = report.UnitOf(s.Name)
	s.Reference, s.Current = uint64(j.m), uint64(j.n)
	s.HasP = j.known || once
	if !j.known {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnNoBlocks, Text: "the reference has no time blocks, " +
			"so its natural variability is not known"})
	}
}

// lead completes the signal that decides: that of effect i, the strongest.
func (j *judged) lead(s *report.Signal, i int, weight func(i int) float64, once bool, words func(i int, effect float64) (component, text string)) {
	j.fill(s, once)
	t := &j.verdicts[i]
	s.Value, s.P, s.Floor = math.Abs(t.effect)*t.kappa, t.adjusted(weight(i)), t.law.expected()
	s.Critical = report.CriticalValues(func(alpha float64) float64 { return t.law.reach(alpha * weight(i)) })
	half := 1.96 * math.Sqrt(t.law.variance)
	s.Effect = report.Effect{Size: t.effect, Low: t.effect - half, High: t.effect + half, Detectable: t.law.detectable()}
	s.Effect.Component, s.Effect.Words = words(i, t.effect)
	if t.p >= .05 {
		s.Effect.Words = ""
	}
}

// few marks a signal of a window with too few rows.
func (j *judged) few(s *report.Signal, what string) {
	s.Unit = report.UnitOf(s.Name)
	s.Reference, s.Current, s.Undefined = uint64(j.m), uint64(j.n), true
	s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnSmallSample, Text: what +
		" needs at least " + count(minRows) + " rows of each; have " + count(int(j.n)) + " now and " + count(int(j.m)) + " in the reference"})
}
