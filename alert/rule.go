package alert

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Quantity says which number of a signal a rule holds against its limits.
type Quantity uint8

// The quantities.
const (
	// Absolute is the value as it is.
	Absolute Quantity = iota
	// Difference is the value less the reference's, [report.Signal.Floor].
	Difference
	// Ratio is that difference over the size of the reference's value: -.1 is a
	// tenth less. Where that value is 0 there is no ratio and the rule says
	// nothing.
	Ratio
	// EffectSize is the size of the effect, signed; for drift.shift in standard
	// deviations of the reference.
	EffectSize
)

// Rule is a threshold of the user's own on any signal. Rules are for what you
// know better than statistics does: an agreed latency, a regulator's limit, a KPI
// that must not fall. They live outside the alarm budget of the policy: how often
// a rule alarms without need is up to its limits, and nothing corrects it for the
// number of rules, subjects and panes.
//
// The subjects of a rule that alarm make one incident, which carries its name.
// Statistics go on beside it as if there were no rule; a rule also judges while
// variability is still being learned. A signal that is undefined, has failed or
// warns of a small sample is not judged.
type Rule struct {
	// Name identifies the rule; it must be unique within the policy.
	Name string
	// Signal is the name of a signal in [report.Catalogue], "drift.psi", or of
	// one of your own evaluators.
	Signal string
	// Subject selects subjects; the zero value selects all that have the signal.
	Subject Matcher
	// As is the number that is held against the limits.
	As Quantity
	// Above and Below are the limits, see [Limit]: it alarms beyond either. At
	// least one is needed.
	Above, Below *float64
	// Clear is how far within the limit the number must return for the alarm to
	// end, in its unit (hysteresis); 0 means the limit itself.
	Clear float64
	// Scale is the window it looks at, in panes as in [report.Scales]; 0 means 1.
	Scale int
	// For is how long, in event time, it must be beyond the limit at every look
	// before it alarms; 0 means at once. Until then the signal is a warning.
	For time.Duration
	// Severity of its incidents; 0 means by impact, see [SeverityOf]. What of
	// them pages, [Pages] says.
	Severity report.Severity
	// Owner and Runbook of its incidents; empty ones are those of
	// [Policy.Contacts].
	Owner, Runbook string
}

// Limit returns a pointer to v, for [Rule.Above] and [Rule.Below].
func Limit(v float64) *float64 { return &v }

// maxRules bounds the rules of a policy.
const maxRules = 1000

// Validate says what makes a rule impossible, if anything.
func (r Rule) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("alert: rule %q: "+format, append([]any{r.Name}, args...)...))
	}
	if strings.TrimSpace(r.Name) == "" || len(r.Name) > maxText {
		wrong("a name of 1 to %d bytes is needed: incidents, silences and states go by it", maxText)
	}
	if err := knownSignal(r.Signal); err != nil {
		wrong("%w", err)
	}
	switch {
	case r.Above == nil && r.Below == nil:
		wrong("no limit; set Above or Below, for instance Above: alert.Limit(.2)")
	case r.Above != nil && notFinite(*r.Above) || r.Below != nil && notFinite(*r.Below):
		wrong("a limit that is not a finite number can never be compared")
	case r.Above != nil && r.Below != nil && *r.Above < *r.Below:
		wrong("above %v or below %v is every number; Above must be at least Below", *r.Above, *r.Below)
	case r.Above != nil && r.Below != nil && 2*r.Clear > *r.Above-*r.Below:
		wrong("clear %v leaves no number between %v and %v that would end the alarm", r.Clear, *r.Below, *r.Above)
	}
	if !(r.Clear >= 0) || math.IsInf(r.Clear, 0) {
		wrong("clear %v; a finite number of at least 0 is needed", r.Clear)
	}
	if r.As > EffectSize {
		wrong("quantity %d is none of Absolute, Difference, Ratio and EffectSize", r.As)
	}
	if scales := report.Scales(); r.Scale != 0 && !slices.ContainsFunc(scales, func(p report.ScalePlan) bool { return p.Panes == r.Scale }) {
		wrong("windows of %d panes are never evaluated; those of 1, 2, 4, 16 and 64 are", r.Scale)
	}
	if r.For < 0 {
		wrong("for %v; 0 means at once, and less is not possible", r.For)
	}
	if r.Severity > report.High {
		wrong("%v is no severity; report.Low, Medium and High are", r.Severity)
	}
	return errors.Join(errs...)
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// Validate says what is wrong with the parameters, if anything: rules and
// maintenance windows that are impossible, names used twice, shares that are no
// weights. A monitor asks when it is made; whoever calls [Policy.Decide] himself
// should. A rule that is impossible is skipped by Decide.
func (p *Policy) Validate() error {
	var errs []error
	if len(p.Rules) > maxRules {
		errs = append(errs, fmt.Errorf("alert: %d rules, at most %d; match more subjects with one", len(p.Rules), maxRules))
	}
	names := map[string]bool{}
	for _, r := range p.Rules {
		errs = append(errs, r.Validate())
		if names[r.Name] {
			errs = append(errs, fmt.Errorf("alert: rule %q: the name is used twice; incidents could not tell them apart", r.Name))
		}
		names[r.Name] = true
	}
	for kind, w := range p.Shares {
		if !(w >= 0) || math.IsInf(w, 0) {
			errs = append(errs, fmt.Errorf("alert: share of %q is %v; a finite weight of at least 0 is needed", kind, w))
		}
	}
	return errors.Join(append(errs, p.validateMaintenance())...)
}

// rule returns the rule of a name, or nil.
func (p *Policy) rule(name string) *Rule {
	if name == "" {
		return nil
	}
	for i := range p.Rules {
		if p.Rules[i].Name == name {
			return &p.Rules[i]
		}
	}
	return nil
}

// quantity returns the number of a signal that is held against the limits.
func (r *Rule) quantity(s *report.Signal) (float64, bool) {
	switch r.As {
	case Difference:
		return s.Value - s.Floor, true
	case Ratio:
		if s.Floor == 0 {
			return 0, false
		}
		return (s.Value - s.Floor) / math.Abs(s.Floor), true
	case EffectSize:
		return s.Effect.Size, true
	}
	return s.Value, true
}

// beyond tells whether a number is past a limit, each moved inwards by clear.
func (r *Rule) beyond(v, clear float64) bool {
	return r.Above != nil && v > *r.Above-clear || r.Below != nil && v < *r.Below+clear
}

// limit returns the limit that v is at or nearest to.
func (r *Rule) limit(v float64) float64 {
	switch {
	case r.Above == nil:
		return *r.Below
	case r.Below == nil || math.Abs(v-*r.Above) <= math.Abs(v-*r.Below):
		return *r.Above
	}
	return *r.Below
}

// words says what the rule found.
func (r *Rule) words(s *report.Signal, v float64) string {
	side, limit := "above", r.limit(v)
	if r.Above == nil || limit != *r.Above {
		side = "below"
	}
	what := [...]string{"", "differs from the reference by ", "is off the reference by the share ", "has an effect of "}[r.As]
	if what == "" {
		what = "is "
	}
	return fmt.Sprintf("%s %s%.4g, %s %.4g", s.Name, what, v, side, limit)
}
