package main

import (
	"fmt"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// performance are the rules of a binary model's outcomes, in an order in which
// each sees the ones before it. Counts of a multiclass model have no tenth of a
// score and are left out.
func (f *ruleFlags) performance() []rule {
	model := strings.Join(append([]string{label(report.AttrModel), label(report.AttrVersion)}, list(f.by)...), ", ")
	bin, decision, truth := label(report.AttrScoreBin), label(report.AttrDecided), label(report.AttrTruth)
	part := model + ", " + bin + ", " + decision
	cell, score, below := recorded("outcome_cell", "observations"), recorded("outcome_cell", "score"), recorded("outcome_cell", "below")
	total := recorded("model", "outcomes")
	grown := func(by, name string) string {
		return fmt.Sprintf("sum by (%s) (increase(%s_total{%s!=\"\"}[%s]))", by, label(name), bin, f.window)
	}
	// A sum of no series is no value: a model with threshold 0 decides nothing
	// negative, and has no cell of that.
	some := func(selector string) string {
		return fmt.Sprintf("(sum by (%s) (%s{%s}) or 0 * %s)", model, cell, selector, total)
	}
	positive, negative := truth+`="positive"`, truth+`="negative"`
	right := decision + `="positive", ` + positive
	enough := fmt.Sprintf("(%s >= %d)", total, f.minRows)
	// What is divided by is above 0, or there is no value: never NaN.
	ratio := func(above, under string) string {
		return fmt.Sprintf("%s / (%s > 0) and %s", above, under, enough)
	}
	pairs := some(positive) + " * " + some(negative)
	ties := fmt.Sprintf("(0.5 * %s{%s})", cell, negative)
	return []rule{
		{Record: cell, Expr: grown(part+", "+truth, report.TotalOutcomes)},
		{Record: score, Expr: grown(part, report.TotalOutcomeScore)},
		{Record: below, Expr: grown(part, report.TotalOutcomeBelow)},
		{Record: total, Expr: fmt.Sprintf("sum by (%s) (%s)", model, cell)},
		{Record: recorded("model", "accuracy"), Expr: fmt.Sprintf("(%s + %s) / %s", some(right), some(decision+`="negative", `+negative), enough)},
		{Record: recorded("model", "precision"), Expr: ratio(some(right), some(decision+`="positive"`))},
		{Record: recorded("model", "recall"), Expr: ratio(some(right), some(positive))},
		{Record: recorded("model", "roc_auc"), Expr: ratio(fmt.Sprintf(
			"sum by (%s) (%s{%s} * ignoring (%s) (%s + ignoring (%s) %s))", model, cell, positive, truth, below, truth, ties), pairs)},
		{Record: recorded("model", "roc_auc_error"), Expr: ratio(fmt.Sprintf(
			"sum by (%s) (%s{%s} * ignoring (%s) %s)", model, cell, positive, truth, ties), pairs)},
		{Record: recorded("model", "ece"), Expr: fmt.Sprintf(
			"sum by (%s) (abs(sum by (%s, %s) (%s) - sum by (%s, %s) (%s{%s}))) / %s",
			model, model, bin, score, model, bin, cell, positive, enough)},
	}
}
