package alert_test

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/report"
)

// shift is what an evaluator of package drift concludes about a feature.
func shift(feature string, p, size float64, words string) report.Signal {
	return report.Signal{
		Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: feature},
		Window: report.Window{Scale: 1}, Evidence: report.Drift, P: p, HasP: true,
		Effect: report.Effect{Component: "location", Size: size, Words: words},
	}
}

// One report, decided: at one false incident a month, p = .001 is nothing.
func ExamplePolicy() {
	policy := &alert.Policy{}
	r := &report.Report{Model: report.Model{Name: "credit-risk"}, Pane: 1, Signals: []report.Signal{
		shift("income", 1e-9, 1.2, "mean up 1.2 sd"),
		shift("age", 2e-7, -.4, "mean down 0.4 sd"),
		shift("balance", .001, .1, "mean up 0.1 sd"),
		shift("purpose", .4, .02, ""),
	}}
	policy.Decide(r)
	for _, s := range r.Signals {
		fmt.Printf("%s: %s\n", s.Subject, s.Status)
	}
	for _, in := range r.Incidents {
		fmt.Printf("%s: %s\n", in.Severity, in.Cause)
	}
	// Output:
	// feature income: breach
	// feature age: breach
	// feature balance: ok
	// feature purpose: ok
	// high: income: mean up 1.2 sd; age moved with it
}

// A comparison made once has no month to spend a budget over.
func ExamplePolicy_oneLook() {
	policy := &alert.Policy{Level: .05}
	r := &report.Report{Signals: []report.Signal{
		shift("income", .004, .3, "mean up 0.3 sd"),
		shift("age", .3, .02, ""),
	}}
	policy.Decide(r)
	fmt.Println(r.Signals[0].Status, r.Signals[1].Status)
	// Output: breach ok
}

// What a notifier sees of an incident that lasts three panes.
func ExampleTransitions() {
	policy := &alert.Policy{}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	before := &report.Report{}
	for pane := uint64(1); pane <= 12; pane++ {
		p := .5
		if pane <= 3 {
			p = 1e-9
		}
		after := &report.Report{Pane: pane, At: start.Add(time.Duration(pane) * time.Hour),
			Signals: []report.Signal{shift("income", p, .8, "mean up 0.8 sd")}}
		policy.Decide(after)
		for _, t := range alert.Transitions(before, after) {
			fmt.Printf("pane %d: %s, page: %v: %s\n", pane, t.Change, t.Page, t.Incident.Cause)
		}
		before = after
	}
	// Output:
	// pane 1: opened, page: true: income: mean up 0.8 sd
	// pane 9: resolved, page: false: income: mean up 0.8 sd
}

// A limit that was agreed with somebody, whatever statistics say.
func ExampleRule() {
	policy := &alert.Policy{Rules: []alert.Rule{{
		Name: "agreed latency", Signal: "operation.latency_p99", Above: alert.Limit(.5), Clear: .1, For: time.Hour,
		Severity: report.High, Owner: "payments on call", Runbook: "https://wiki.example/latency",
	}}}
	if err := policy.Validate(); err != nil {
		fmt.Println(err)
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for pane, p99 := range []float64{.2, .7, .8} {
		r := &report.Report{Pane: uint64(pane + 1), At: start.Add(time.Duration(pane) * time.Hour), Signals: []report.Signal{{
			Name: "operation.latency_p99", Subject: report.Subject{Kind: report.KindModel}, Value: p99, Window: report.Window{Scale: 1},
		}}}
		policy.Decide(r)
		fmt.Println(r.Signals[0].Status)
		for _, in := range r.Incidents {
			fmt.Println(in.Cause, "→", in.Owner)
		}
	}
	misspelt := alert.Rule{Name: "psi", Signal: "drift.pis", Above: alert.Limit(.2)}
	fmt.Println(misspelt.Validate())
	// Output:
	// ok
	// warning
	// breach
	// rule agreed latency: model: operation.latency_p99 is 0.8, above 0.5 → payments on call
	// alert: rule "psi": there is no signal "drift.pis"; did you mean "drift.psi"? (report.Catalogue lists all; a signal of your own needs another word before the dot)
}

// A known problem pages nobody for a day; it is there all the same.
func ExamplePolicy_Silence() {
	policy := &alert.Policy{}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	_, err := policy.Silence(alert.Silence{
		Subject: alert.Matcher{Kind: report.KindFeature, Name: "inc*"},
		Until:   at.Add(24 * time.Hour), By: "ada", Comment: "new payroll file",
	})
	r := &report.Report{Pane: 1, At: at, Signals: []report.Signal{shift("income", 1e-9, 1.2, "mean up 1.2 sd")}}
	policy.Decide(r)
	fmt.Println(err, r.State, r.Incidents[0].Page)
	fmt.Println(r.Incidents[0].Muted)
	// Output:
	// <nil> alert false
	// silenced by ada until 2026-03-02 00:00: new payroll file
}

// A new reference is accepted: what was open is settled.
func ExamplePolicy_Accept() {
	policy := &alert.Policy{}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	policy.Decide(&report.Report{Pane: 1, At: at, Signals: []report.Signal{shift("income", 1e-9, .8, "mean up 0.8 sd")}})
	policy.Accept(at, "salaries were raised")
	r := &report.Report{Pane: 2, At: at.Add(time.Hour)}
	policy.Decide(r)
	fmt.Println(r.Incidents[0].Open(), r.Events[0].Text)
	// Output: false accepted as the new reference: salaries were raised
}
