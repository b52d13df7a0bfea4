package performance

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// decision is one measure of a window against that of the reference.
type decision struct {
	rule           Rule
	better         Better
	scale          scale
	reference, now Figure
	unit           float64 // standard deviation of one row's part, on the scale
	known          bool    // whether natural variability is
	variation      profile.Variation
	shown          float64 // effects up to this are the reference's own
	persists       float64 // share of the effect that most panes agree on, in [0, 1]
}

// decide compares a measure of the comparison's window with the reference's.
func decide(r Rule, c profile.Comparison, m named, key string, of func(observed) Figure) decision {
	d := decision{rule: r, better: m.Better(), scale: scaleOf(m), now: of(profileView(c.Current))}
	whole := profileView(c.Reference.Profile())
	whole.whole = true
	if d.reference = of(whole); !d.reference.Defined() {
		return d
	}
	d.unit, d.persists = d.spread(), 1
	if d.unit > 0 && d.now.Defined() {
		agreed := false
		if !r.Once {
			d.persists, agreed = d.persistence(c.Panes, of)
		}
		d.vary(c, key, agreed, func(p *profile.Profile) (float64, uint64) {
			f := of(profileView(p))
			if !f.Defined() {
				return 0, 0
			}
			return d.effect(f), uint64(math.Round(f.N))
		})
	}
	return d
}

// persistence is the share of the effect that most of its panes agree on,
//
//	κ = clip(2·e₍⌊(s−1)/2⌋₎/e, 0, 1), e₍₀₎ ≤ e₍₁₎ ≤ … those of the s panes
//
// with e towards what the whole window shows; false where the panes are not known.
func (d *decision) persistence(panes []*profile.Pane, of func(observed) Figure) (kappa float64, ok bool) {
	whole := d.effect(d.now)
	var effects []float64
	known := false
	for _, p := range panes {
		e := 0.0 // a pane that knows nothing agrees with nothing
		if f := of(paneView(p)); f.Defined() {
			e, known = math.Copysign(1, whole)*d.effect(f), true
		}
		effects = append(effects, e)
	}
	if len(effects) < 2 || whole == 0 || !known {
		return 1, false
	}
	slices.Sort(effects)
	return min(1, max(0, 2*effects[(len(effects)-1)/2]/math.Abs(whole))), true
}

// spread is the standard deviation of one row's part in the measure, on its scale.
// That of a proportion is ½ on the scale of angles, whatever the proportion.
func (d *decision) spread() float64 {
	f := d.reference
	spread := f.SE * math.Sqrt(f.N) * d.scale.slope(d.scale.within(f.Value, f.N))
	if d.scale == angular && !(spread > 0) {
		return .5
	}
	if spread-spread != 0 {
		return 0
	}
	return spread
}

// effect is the standardised change, positive where the figure is larger.
func (d *decision) effect(f Figure) float64 {
	now, was := d.scale.within(f.Value, f.N), d.scale.within(d.reference.Value, d.reference.N)
	return (d.scale.apply(now) - d.scale.apply(was)) / d.unit
}

// worse turns an effect so that positive is worse; of a bias and of what is judged
// on both sides it is the absolute value.
func (d *decision) worse(e float64) float64 {
	switch {
	case d.sides() == 2:
		return math.Abs(e)
	case d.better == Higher:
		return -e
	}
	return e
}

func (d *decision) sides() float64 {
	if d.rule.TwoSided || d.better == Zero {
		return 2
	}
	return 1
}

// vary learns what the reference's windows of about this length wander.
func (d *decision) vary(c profile.Comparison, key string, agreed bool, effect func(*profile.Profile) (float64, uint64)) {
	scale, ok := blocksLike(c)
	if !ok {
		return
	}
	for ; scale > 1; scale /= 2 {
		if d.variation = c.Reference.Variation(key, scale, effect); d.variation.Known() {
			break
		}
	}
	// A wider window wanders at least as much as independent blocks would leave.
	one := c.Reference.Variation(key, 1, effect)
	if scale == 1 {
		d.variation = one
	} else {
		d.variation.Tau2 = max(d.variation.Tau2, one.Tau2/float64(scale))
	}
	d.known = d.variation.Known()
	if !d.known || d.rule.Once {
		return
	}
	jump := .4
	switch scale := c.Window.Scale; {
	case scale > 1 && agreed:
		jump = .3 / float64(scale)
	case scale > 1:
		jump = .2
	}
	d.shown = d.variation.Largest * excess(d.rule.horizon(c), d.variation.Blocks, jump)
}

// blocksLike is how many time blocks of the reference hold about as many
// predictions as the window; false where there are no blocks.
func blocksLike(c profile.Comparison) (int, bool) {
	panes := c.Reference.Panes()
	if len(panes) == 0 || panes[0].Rows == 0 {
		return 0, false
	}
	rows := c.Current.Rows
	if rows == 0 && c.Current.Outcomes != nil {
		rows = c.Current.Outcomes.Predictions
	}
	return max(1, int(math.Round(float64(rows)/float64(panes[0].Rows)))), true
}

// deviation is the standard deviation of the effect where nothing has changed.
func (d *decision) deviation() float64 {
	wobble := 0.0
	if d.known {
		wobble = d.variation.Tau2 * (1 + 1/float64(d.variation.Blocks))
	}
	return math.Sqrt(d.chance() + wobble)
}

func (d *decision) chance() float64 { return 1/d.now.N + 1/d.reference.N }

// freedom is Satterthwaite's for a sum of a known variance and an estimated τ².
func (d *decision) freedom() float64 {
	if !d.known {
		return math.Inf(1)
	}
	n, tau2 := d.now.N, d.variation.Tau2
	blocks := float64(d.variation.Blocks)
	of := d.chance() + tau2
	return of * of / (tau2*tau2/max(blocks-1, 2) + (2*tau2/n+1/(n*n))/max(blocks-1, 8))
}

// p is the p-value of the window; own is it without the veto.
func (d *decision) p() (p, own float64) {
	e := d.worse(d.effect(d.now)) * d.persists
	own = d.sides() * stat.StudentSF((e-d.rule.minEffect())/d.deviation(), d.freedom())
	own = min(1, own)
	if e <= d.shown {
		return 1, own
	}
	return own, own
}

// at is the value of the measure from which P is at most alpha; NaN for a bias.
func (d *decision) at(alpha float64) float64 {
	if d.better == Zero {
		return math.NaN()
	}
	limit := d.rule.minEffect() + studentUpper(alpha/d.sides(), d.freedom())*d.deviation()
	v := d.value(max(limit, d.shown))
	if v < 0 {
		return math.NaN() // critical values are interpolated in their squares
	}
	return v
}

// value is the value of the measure at an effect for the worse.
func (d *decision) value(worse float64) float64 {
	if d.better == Higher {
		worse = -worse
	}
	was := d.scale.apply(d.scale.within(d.reference.Value, d.reference.N))
	return d.scale.invert(was + worse*d.unit)
}

// reach is the distance in standard errors at which a change is found with
// probability .8 at what performance may spend on a pane of an hour: a fifth of a
// month's budget, three tenths of it at one scale, Φ⁻¹(1−8.3e-5) + Φ⁻¹(.8).
const reach = 3.76 + .84

// insensitiveAt is the detectable effect, in windows of so many panes or more, from
// which a quiet measure says little: one pane alone shows gross changes only.
const (
	insensitiveAt    = .5
	insensitiveScale = 4
)

// fill completes a signal.
func (d *decision) fill(s *report.Signal, name string) {
	d.describe(s, name)
	if s.Undefined || !d.reference.Defined() {
		return
	}
	if d.unit == 0 {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnUndefined, Text: name +
			": the reference shows no spread of it, so that a change cannot be judged"})
		return
	}
	if !d.known && !d.rule.Once {
		s.Warnings = append(s.Warnings, noBlocks)
		return
	}
	if !d.known {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnEstimated, Text: noBlocks.Text + "; P assumes that there is none"})
	}
	p, own := d.p()
	s.P, s.HasP = p, true
	s.Critical = report.CriticalValues(d.at)
	smallest := max(d.rule.minEffect()+reach*d.deviation(), d.shown)
	s.Effect.Detectable = math.Abs(d.relative(d.value(smallest) - d.reference.Value))
	if own < tellingP {
		title, _ := report.MetricName(name)
		s.Effect.Component, s.Effect.Words = name, fmt.Sprintf("%s %.3g → %.3g", title, d.reference.Value, d.now.Value)
	}
	if smallest > insensitiveAt && (d.rule.Once || s.Window.Scale >= insensitiveScale) {
		s.Effect.Insensitive = true
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnInsensitive, Text: fmt.Sprintf(
			"the reference wanders so much, or the window is so small, that %s must reach %.3g to be told from %.3g",
			name, d.value(smallest), d.reference.Value)})
	}
}

var noBlocks = report.Warning{
	Code: report.WarnNoBlocks, Text: "the reference has no time blocks with labels, so its natural variability is not known",
}

// tellingP is the p-value, vetoes aside, from which a signal says what changed.
const tellingP = .01

// describe fills in value, interval and relative change.
func (d *decision) describe(s *report.Signal, name string) {
	f := d.now
	s.Below = d.better == Higher
	s.Reference, s.Current = uint64(d.reference.N), uint64(f.N)
	if !f.Defined() {
		s.Undefined = true
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnUndefined, Text: name + ": " + f.Undefined})
		return
	}
	s.Value = f.Value
	if f.Low != 0 || f.High != 0 {
		s.Low, s.High = f.Low-f.Bound, f.High+f.Bound
	}
	if f.N < minRows {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnSmallSample, Text: fmt.Sprintf(
			"%s rests on %.0f rows; a verdict needs %d", name, f.N, minRows)})
	}
	if f.Omitted > 0 {
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnTruncated, Text: fmt.Sprintf(
			"%s leaves out %.0f rows that have no value of it", name, f.Omitted)})
	}
	if !d.reference.Defined() {
		return
	}
	s.Floor = d.reference.Value
	change, half := f.Value-d.reference.Value, normal95*math.Hypot(f.SE, d.reference.SE)
	s.Effect.Size = d.relative(change)
	if f.SE > 0 {
		s.Effect.Low, s.Effect.High = d.relative(change-half), d.relative(change+half)
	}
}

// minRows is how many rows a figure needs for a verdict.
const minRows = 20

// relative is a change as a share of the reference's value; of a bias, whose value
// may well be 0, in standard deviations of one row.
func (d *decision) relative(change float64) float64 {
	by := math.Abs(d.reference.Value)
	if d.better == Zero {
		by = d.reference.SE * math.Sqrt(d.reference.N)
	}
	if !(by > 0) || math.IsInf(change, 0) {
		return 0
	}
	return change / by
}

// weightOf is the share of the budget that a scale has, by its step.
func weightOf(scale int) float64 {
	for _, s := range report.Scales() {
		if s.Panes == max(1, scale) {
			return s.Weight
		}
	}
	return .2
}
