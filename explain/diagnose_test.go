package explain_test

import (
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/report"
)

func shift(feature, segment string, value float64, component, words string) report.Signal {
	s := report.Signal{
		Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: feature, Segment: segment}, Evidence: report.Drift,
		Value: value, P: 1e-8, HasP: true, Status: report.OK, Effect: report.Effect{Component: component, Words: words},
	}
	if words != "" {
		s.Status = report.Breach
	}
	return s
}

func effect(name string, kind report.Kind, subject string, size, half float64, words string) report.Signal {
	value := max(size, -size)
	return report.Signal{
		Name: name, Subject: report.Subject{Kind: kind, Name: subject}, Value: value, Status: report.OK,
		Effect: report.Effect{Size: size, Low: size - half, High: size + half, Words: words},
	}
}

func breach(name string, kind report.Kind, subject string, evidence report.Evidence, words string) report.Signal {
	return report.Signal{
		Name: name, Subject: report.Subject{Kind: kind, Name: subject}, Evidence: evidence, Status: report.Breach, Value: 1,
		P: 1e-8, HasP: true, Effect: report.Effect{Words: words},
	}
}

// in is a signal of a segment, with a p-value of its own.
func in(segment string, s report.Signal, p float64) report.Signal {
	s.Subject.Segment, s.P = segment, p
	return s
}

func TestDiagnose(t *testing.T) {
	quiet := []report.Signal{shift("b", "", .01, "", ""), shift("c", "", .01, "", "")}
	learning := &report.Progress{What: "the reference", Done: 3, Need: 20}
	for name, tc := range map[string]struct {
		signals  []report.Signal
		learning *report.Progress
		kind     explain.Kind
		sentence string
	}{
		"quiet":    {quiet, nil, explain.KindHealthy, "Nothing to report: 2 signals were looked at"},
		"learning": {quiet, learning, explain.KindLearning, "Still learning the reference: 3 of 20 panes seen"},
		"several inputs at once": {
			[]report.Signal{shift("a", "", 1.5, "location", "level up 1.5 sd"), shift("b", "", 1.2, "location", "level up 1.2 sd")}, nil,
			explain.KindInputs, "Inputs drifted: a level up 1.5 sd (p = 1e-08); b moved with it."},
		"impact before size": {
			[]report.Signal{
				shift("a", "", .5, "location", "level up .5 sd"), shift("b", "", .4, "location", "level up .4 sd"),
				effect("explain.impact", report.KindFeature, "b", .2, .01, "alone it would move the mean score by +.2"),
			}, nil, explain.KindInputs, "Inputs drifted: b level up .4 sd (p = 1e-08); alone it would move the mean score by +.2; a moved with it."},
		"a moderate move of one": {
			append([]report.Signal{shift("a", "", .4, "location", "level up .4 sd")}, quiet...), nil,
			explain.KindInputs, "Inputs drifted: a level up .4 sd"},
		"missing": {
			append([]report.Signal{shift("a", "", .1, "missing", "missing 1 % → 4 %")}, quiet...), nil,
			explain.KindUpstream, "Data broken upstream: a missing 1 % → 4 % (p = 1e-08); the other 2 inputs are as before."},
		"a rule broken": {
			append([]report.Signal{breach("quality.out_of_range", report.KindFeature, "a", report.Quality, "7 values outside the declared range")}, quiet...), nil,
			explain.KindUpstream, "Data broken upstream: a 7 values outside the declared range"},
		"one tenant": {
			append([]report.Signal{
				shift("a", "", .05, "", ""), shift("a", "t=x", 2, "spike", "spike at 0: 90 % of rows (was 1 %)"), shift("a", "t=y", .02, "", ""),
			}, quiet...), nil, explain.KindUpstream, "Data broken upstream for t=x: a spike at 0"},
		"one tenant of one": {
			append([]report.Signal{shift("a", "t=x", .5, "location", "level up .5 sd")}, quiet...), nil, explain.KindHealthy, "Nothing"},
		"the loss rose": {
			append([]report.Signal{
				effect("explain.loss_change", report.KindModel, "", .05, .01, "mean loss 0.1 → 0.15"),
				breach("performance.brier", report.KindMetric, "brier", report.Performance, "worse"),
			}, quiet...), nil, explain.KindConcept, "Concept drifted: mean loss 0.1 → 0.15 at the same inputs; inputs are as before."},
		"worse without a reason": {
			append([]report.Signal{breach("performance.brier", report.KindMetric, "brier", report.Performance, "Brier score .1 → .2")}, quiet...), nil,
			explain.KindPerformance, "The model is worse: Brier score .1 → .2; nothing else says why."},
		"worse, a segment more surely": {
			append([]report.Signal{
				in("t=x", breach("performance.brier", report.KindMetric, "brier", report.Performance, "Brier score .1 → .4"), 1e-12),
				breach("performance.brier", report.KindMetric, "brier", report.Performance, "Brier score .1 → .2"),
			}, quiet...), nil, explain.KindPerformance, "The model is worse: Brier score .1 → .2; nothing"},
		"worse in a segment alone": {
			[]report.Signal{in("t=x", breach("performance.brier", report.KindMetric, "brier", report.Performance, "Brier score .1 → .4"), 1e-12)}, nil,
			explain.KindPerformance, "The model is worse: Brier score .1 → .4 in t=x; nothing"},
		"broken data and what it does": {
			append([]report.Signal{
				shift("a", "", .1, "missing", "missing 1 % → 4 %"),
				breach("performance.accuracy", report.KindMetric, "accuracy", report.Performance, "accuracy .9 → .8"),
				breach("kpi.rate", report.KindMetric, "conversion", report.KPI, "3 % → 2 %"),
			}, quiet...), nil, explain.KindUpstream,
			"A business figure changed: conversion, 3 % → 2 %. The model is worse: accuracy .9 → .8. Data broken upstream: a missing"},
		"business alone": {
			append([]report.Signal{breach("kpi.rate", report.KindMetric, "conversion", report.KPI, "3 % → 2 %")}, quiet...), nil,
			explain.KindBusiness, "A business figure changed: conversion, 3 % → 2 %; nothing else says why."},
		"another model": {
			append([]report.Signal{breach("drift.shift", report.KindPrediction, "score", report.Prediction, "level up 1 sd")}, quiet...), nil,
			explain.KindOutput, "The answers changed though the inputs did not: score, level up 1 sd."},
		"failing": {
			append([]report.Signal{breach("operation.error_rate", report.KindModel, "", report.Operational, "5 % of predictions fail")}, quiet...), nil,
			explain.KindServing, "Serving is failing: 5 % of predictions fail."},
		"groups": {
			append([]report.Signal{breach("fairness.demographic_parity", report.KindGroup, "sex=f", report.Fairness, "selected 6 %, the rest 25 %")}, quiet...), nil,
			explain.KindUnequal, "Groups are treated differently: sex=f, selected 6 %, the rest 25 %."},
	} {
		d := explain.Diagnose(&report.Report{Signals: tc.signals, Learning: tc.learning})
		if d.Kind != tc.kind || !strings.HasPrefix(d.Sentence, tc.sentence) {
			t.Errorf("%s: %s: %q; want %s: %q", name, d.Kind, d.Sentence, tc.kind, tc.sentence)
		}
		if len(d.Causes) > 0 && len(d.Evidence) == 0 {
			t.Errorf("%s: no evidence", name)
		}
		if got := (explain.Summary{}).Summarize(&report.Report{Signals: tc.signals, Learning: tc.learning}); got != d.Sentence {
			t.Errorf("%s: summary %q", name, got)
		}
	}
	if d := explain.Diagnose(nil); d.Sentence != "" || d.Kind != "" {
		t.Errorf("nil report: %+v", d)
	}
}

// Two causes: the first is said, the other named.
func TestTwoCauses(t *testing.T) {
	d := explain.Diagnose(&report.Report{Signals: []report.Signal{
		shift("a", "", .2, "missing", "missing 1 % → 9 %"),
		shift("b", "", .3, "location", "level up .3 sd"),
		shift("c", "", .01, "", ""),
	}})
	if len(d.Causes) != 2 || d.Kind != explain.KindUpstream || !strings.HasSuffix(d.Sentence, "Beside it: b (inputs).") {
		t.Errorf("%+v", d)
	}
}
