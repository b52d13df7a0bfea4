package alert

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func TestImpossibleRules(t *testing.T) {
	good := Rule{Name: "psi", Signal: "drift.psi", Above: Limit(.2)}
	with := func(f func(r *Rule)) Rule { r := good; f(&r); return r }
	for _, c := range []struct {
		name string
		rule Rule
		want string // empty: possible
	}{
		{"good", good, ""},
		{"of your own", with(func(r *Rule) { r.Signal = "tills.open" }), ""},
		{"a slip", with(func(r *Rule) { r.Signal = "drift.psy" }), `no signal "drift.psy"; did you mean "drift.psi"?`},
		{"a slip in the family", with(func(r *Rule) { r.Signal = "dirft.wasserstein" }), `did you mean "drift.wasserstein"?`},
		{"a case", with(func(r *Rule) { r.Signal = "quality.Missing" }), `did you mean "quality.missing"?`},
		{"the name of a total", with(func(r *Rule) { r.Signal = "drift." }), `did you mean "drift.`},
		{"no signal", with(func(r *Rule) { r.Signal = "" }), "no signal is named"},
		{"no name", with(func(r *Rule) { r.Name = " " }), "a name of 1 to"},
		{"no limit", with(func(r *Rule) { r.Above = nil }), "set Above or Below"},
		{"not a number", with(func(r *Rule) { r.Above = Limit(math.NaN()) }), "never be compared"},
		{"every number", with(func(r *Rule) { r.Below = Limit(.3) }), "is every number"},
		{"clear too wide", with(func(r *Rule) { r.Below, r.Clear = Limit(.1), .06 }), "would end the alarm"},
		{"clear below 0", with(func(r *Rule) { r.Clear = -1 }), "at least 0"},
		{"no such window", with(func(r *Rule) { r.Scale = 8 }), "windows of 8 panes are never evaluated"},
		{"for less than nothing", with(func(r *Rule) { r.For = -1 }), "0 means at once"},
		{"no such severity", with(func(r *Rule) { r.Severity = 9 }), "no severity"},
		{"no such quantity", with(func(r *Rule) { r.As = 9 }), "none of Absolute"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := (&Policy{Rules: []Rule{c.rule}}).Validate()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("unexpected error %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			case err != nil && !strings.HasPrefix(err.Error(), `alert: rule "`):
				t.Errorf("error %v does not name the rule", err)
			}
		})
	}
	twice := &Policy{Rules: []Rule{good, good}, Shares: map[report.Evidence]float64{report.Drift: -1}}
	if err := twice.Validate(); err == nil || !strings.Contains(err.Error(), "used twice") || !strings.Contains(err.Error(), `share of "drift"`) {
		t.Errorf("error %v, want both", err)
	}
}

// psi is a signal that describes.
func psi(v float64) report.Signal {
	return report.Signal{Name: "drift.psi", Subject: feature("a"), Value: v, Floor: .1}
}

// What a rule makes of one value, and what the signal then shows.
func TestRuleQuantities(t *testing.T) {
	for _, c := range []struct {
		name string
		rule Rule
		v    float64
		want report.Status
	}{
		{"above", Rule{Above: Limit(.2)}, .21, report.Breach},
		{"at the limit", Rule{Above: Limit(.2)}, .2, report.OK},
		{"below", Rule{Below: Limit(.2)}, .19, report.Breach},
		{"outside of a band", Rule{Above: Limit(.3), Below: Limit(.2)}, .1, report.Breach},
		{"within a band", Rule{Above: Limit(.3), Below: Limit(.2)}, .25, report.OK},
		{"difference", Rule{As: Difference, Above: Limit(.2)}, .29, report.OK},
		{"difference beyond", Rule{As: Difference, Above: Limit(.2)}, .31, report.Breach},
		{"ratio", Rule{As: Ratio, Below: Limit(-.5)}, .04, report.Breach},
		{"ratio within", Rule{As: Ratio, Below: Limit(-.5)}, .06, report.OK},
		{"effect", Rule{As: EffectSize, Above: Limit(.5)}, .7, report.Breach},
		{"another subject", Rule{Above: Limit(.2), Subject: Matcher{Name: "b"}}, 1, report.OK},
		{"another window", Rule{Above: Limit(.2), Scale: 4}, 1, report.OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.Name, c.rule.Signal = "mine", "drift.psi"
			d := stand{policy: &Policy{Rules: []Rule{c.rule}}}
			s := psi(c.v)
			s.Effect.Size = c.v
			r := d.next(s)
			same(t, "status", r.Signals[0].Status, c.want)
			same(t, "incidents", len(r.Incidents) > 0, c.want == report.Breach)
		})
	}
	d := stand{policy: &Policy{Rules: []Rule{{Name: "mine", Signal: "drift.psi", As: Ratio, Above: Limit(0)}}}}
	s := psi(9)
	s.Floor = 0
	same(t, "no ratio to nothing", d.next(s).Signals[0].Status, report.OK)
	s.Floor, s.Undefined = .1, true
	same(t, "undefined", d.next(s).Signals[0].Status, report.Insufficient)
	s.Undefined, s.Warnings = false, []report.Warning{{Code: report.WarnSmallSample}}
	same(t, "small sample", d.next(s).Signals[0].Status, report.Insufficient)
	s.Warnings = []report.Warning{{Code: report.WarnNoBlocks}}
	same(t, "while learning", d.next(s).Signals[0].Status, report.Breach)
}

func TestRuleIncident(t *testing.T) {
	p := &Policy{
		Rules: []Rule{{
			Name: "stable inputs", Signal: "drift.psi", Above: Limit(.2), Severity: report.High,
			Owner: "credit team", Runbook: "https://wiki.example/psi",
		}},
		Contacts: map[report.Evidence]Contact{
			report.Describes: {Owner: "ml platform", Runbook: "https://wiki.example/drift"},
			report.Drift:     {Owner: "data team"},
		},
	}
	d := stand{policy: p}
	r := d.next(psi(.31), drift("a", 1e-9, 1))
	same(t, "incidents", len(r.Incidents), 2)
	byRule := map[string]report.Incident{}
	for _, in := range r.Incidents {
		byRule[in.Rule] = in
	}
	rule, statistics := byRule["stable inputs"], byRule[""]
	same(t, "cause", rule.Cause, "rule stable inputs: a: drift.psi is 0.31, above 0.2")
	same(t, "severity, page", []any{rule.Severity, rule.Page}, []any{report.High, true})
	same(t, "owner, runbook", []string{rule.Owner, rule.Runbook}, []string{"credit team", "https://wiki.example/psi"})
	same(t, "of the statistics", []string{statistics.Owner, statistics.Runbook}, []string{"data team", "https://wiki.example/drift"})
	same(t, "related", rule.Related, []string{statistics.ID})
	same(t, "threshold", []any{r.Signals[0].Threshold, r.Signals[0].HasThreshold}, []any{.2, true})

	p.Rules = nil // the service was deployed without it
	same(t, "status", d.next(psi(.31), drift("a", 1e-9, 1)).Signals[0].Status, report.OK)
	for _, in := range d.last.Incidents {
		same(t, "open "+in.Rule, in.Open(), in.Rule == "")
	}
}

// For, hysteresis and quiet panes, a value for each hourly pane.
func TestRuleOverTime(t *testing.T) {
	for _, c := range []struct {
		name   string
		rule   Rule
		values []float64
		want   string
	}{
		{"at once", Rule{}, []float64{.3}, "opened 1"},
		{"for two hours", Rule{For: 2 * time.Hour}, []float64{.3, .3, .1, .3, .3, .3}, "opened 6"},
		{"not long enough", Rule{For: 2 * time.Hour}, []float64{.3, .3, .1, .3, .3, .1}, ""},
		{"resolves when quiet", Rule{}, []float64{.3, 0, 0, 0, 0, 0, 0}, "opened 1, resolved 7"},
		{"hysteresis", Rule{Clear: .05}, []float64{.3, .18, .18, .18, .18, .18, .18, .18}, "opened 1"},
		{"hysteresis left", Rule{Clear: .05}, []float64{.3, .14, .14, .14, .14, .14, .14}, "opened 1, resolved 7"},
		{"hysteresis does not open", Rule{Clear: .05}, []float64{.18, .18}, ""},
		{"cool-down", Rule{}, []float64{.3, 0, 0, 0, 0, 0, 0, .3}, "opened 1, resolved 7, reopened 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.Name, c.rule.Signal, c.rule.Above, c.rule.Severity = "mine", "drift.psi", Limit(.2), report.Low
			d := stand{policy: &Policy{Rules: []Rule{c.rule}}}
			var got []string
			for _, v := range c.values {
				before := d.last
				d.next(psi(v))
				for _, tr := range Transitions(before, d.last) {
					got = append(got, string(tr.Change)+" "+string(rune('0'+d.pane)))
				}
			}
			same(t, "told", strings.Join(got, ", "), c.want)
		})
	}
}

// A rule that always alarms neither spends the budget of the statistics nor
// takes its subjects out of them.
func TestRulesAreBesideTheStatistics(t *testing.T) {
	plain, ruled := stand{policy: &Policy{Panes: 50}}, stand{policy: &Policy{Panes: 50, Rules: []Rule{
		{Name: "always", Signal: "drift.shift", Above: Limit(-1)},
	}}}
	for pane := range uint64(200) {
		plain.next(storm(5, pane)...)
		ruled.next(storm(5, pane)...)
	}
	ids := func(r *report.Report) (ids []string) {
		for _, in := range chronological(r.Incidents) {
			if in.Rule == "" {
				ids = append(ids, in.ID+" "+in.Cause)
			}
		}
		return ids
	}
	same(t, "incidents of the statistics", ids(ruled.last), ids(plain.last))
}

// A rule whose subject is misspelt says so.
func TestIdleRule(t *testing.T) {
	d := stand{policy: &Policy{Rules: []Rule{
		{Name: "typo", Signal: "drift.psi", Subject: Matcher{Name: "amuont"}, Above: Limit(.2)},
		{Name: "fine", Signal: "drift.psi", Above: Limit(.2)},
	}}}
	for range 60 {
		d.next(psi(0))
	}
	var said []string
	for _, e := range d.last.Events {
		if e.Kind == EventRule {
			said = append(said, e.Text)
		}
	}
	same(t, "said", said, []string{"rule typo has found no signal drift.psi of its subjects in 24 panes: check both, and the scale"})
}
