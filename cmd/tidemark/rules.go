package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// ruleFlags are the flags of tidemark rules.
type ruleFlags struct {
	window, wait string
	psi, js      float64
	floor        float64
	minRows      int
	by           string
	format       outputFormat
}

func rulesCommand() command {
	return command{
		name: "rules", arguments: "[flags]", short: "fleet-wide drift and performance for Prometheus",
		long: `
Prints recording and alerting rules that compute PSI and the Jensen–Shannon distance
over all replicas of a model, and accuracy, precision, recall, ROC AUC and calibration
error (ECE) of a binary one, from the counters that package exporter sends: scores of
single replicas must not be averaged, but their counts may be added.

Replicas are added up where model, version and reference are the same; a label of
yours that must stay apart (an environment, a region) goes into -by. Fixed limits on
PSI know nothing about noise: -min-rows keeps small windows quiet, and the alert on
the incidents of the replicas' own monitors is the one to page on.

PSI here floors shares (-floor), where the library adds half a count to each cell,
and leaves out never-seen categories, which have a counter of their own.

Performance is that of the labels that came in the window, whenever their predictions
were made: where some labels come sooner than others, the monitors' own mature figures
are the ones to trust. Scores are known by tenth and threshold, ties count one half: the
AUC of single scores is within ml:model:roc_auc_error of ml:model:roc_auc.

  tidemark rules -window 6h -by env >tidemark.rules.yaml && promtool check rules tidemark.rules.yaml`,
		declare: func(fs *flag.FlagSet) runner {
			f := &ruleFlags{}
			fs.StringVar(&f.window, "window", "1h", "`duration`, as Prometheus writes it, over which counts are compared with the reference")
			fs.StringVar(&f.wait, "for", "10m", "`duration` for which a limit must be exceeded before an alert fires")
			fs.Float64Var(&f.psi, "psi", .2, "`limit` of PSI")
			fs.Float64Var(&f.js, "js", .2, "`limit` of the Jensen–Shannon distance, in [0, 1]")
			fs.Float64Var(&f.floor, "floor", 1e-4, "least `share` of a cell in PSI")
			fs.IntVar(&f.minRows, "min-rows", 1000, "`values` a feature, or labels a model, must have in the window")
			fs.StringVar(&f.by, "by", "", "further `labels` that keep replicas apart, separated by commas")
			f.format.declare(fs, "yaml", "json")
			return f.run
		},
	}
}

func (f *ruleFlags) run(_ context.Context, e *environment, files []string) error {
	if err := f.check(files); err != nil {
		return err
	}
	out := ruleFile{Groups: []ruleGroup{
		{Name: "tidemark", Rules: append(f.recordings(), f.alerts()...)},
		{Name: "tidemark-performance", Rules: f.performance()},
	}}
	if f.format.is("json") {
		return writeJSON(e.stdout, out)
	}
	return out.writeYAML(e.stdout)
}

func (f *ruleFlags) check(files []string) error {
	if len(files) > 0 {
		return fmt.Errorf("there is nothing to do with %q: rules come from no file", files)
	}
	duration := regexp.MustCompile(`^([0-9]+(ms|[smhdwy]))+$`)
	for name, text := range sorted(map[string]string{"-window": f.window, "-for": f.wait}) {
		if !duration.MatchString(text) {
			return fmt.Errorf("%s %q is no duration as Prometheus writes it: 30m, 1h, 7d", name, text)
		}
	}
	name := regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	for _, label := range list(f.by) {
		if !name.MatchString(label) {
			return fmt.Errorf("-by %q is no label name", label)
		}
	}
	switch {
	case !(f.psi > 0) || !(f.js > 0 && f.js <= 1):
		return errors.New("-psi must be above 0 and -js in (0, 1]")
	case !(f.floor > 0 && f.floor < .1):
		return fmt.Errorf("-floor %v is not in (0, .1)", f.floor)
	case f.minRows < 1:
		return fmt.Errorf("-min-rows %d is not positive", f.minRows)
	}
	return nil
}

// label is the name that an attribute, or a metric without its suffix, has in
// Prometheus.
func label(name string) string { return strings.ReplaceAll(name, ".", "_") }

// recorded names a recording rule: level:metric, below the prefix of all.
func recorded(level, metric string) string {
	return strings.TrimSuffix(report.Prefix, ".") + ":" + level + ":" + metric
}

// featureLabels are those that tell the features of a fleet apart.
func (f *ruleFlags) featureLabels() string {
	names := []string{label(report.AttrModel), label(report.AttrVersion), label(report.AttrReference), label(report.AttrFeature)}
	return strings.Join(append(names, list(f.by)...), ", ")
}

func (f *ruleFlags) modelLabels() string {
	names := []string{label(report.AttrModel), label(report.AttrVersion), label(report.AttrSeverity)}
	return strings.Join(append(names, list(f.by)...), ", ")
}

// recordings are in an order in which each sees the ones before it.
func (f *ruleFlags) recordings() []rule {
	feature := f.featureLabels()
	cell := feature + ", " + label(report.AttrBin)
	counts, total := recorded("feature_bin", "observations"), recorded("feature", "observations")
	live, reference := recorded("feature_bin", "live_proportion"), recorded("feature_bin", "reference_proportion")
	least := strconv.FormatFloat(f.floor, 'g', -1, 64)
	p, q := "clamp_min("+live+", "+least+")", "clamp_min("+reference+", "+least+")"
	half := func(share string) string {
		// An empty cell adds nothing; without the clamp it would make the sum NaN.
		return fmt.Sprintf("%s * log2(2 * clamp_min(%s, 1e-300) / clamp_min(%s + %s, 1e-300))", share, share, live, reference)
	}
	return []rule{
		{Record: counts, Expr: fmt.Sprintf("sum by (%s) (increase(%s_total[%s]))", cell, label(report.TotalCells), f.window)},
		{Record: total, Expr: fmt.Sprintf("sum by (%s) (%s)", feature, counts)},
		{Record: live, Expr: fmt.Sprintf("%s / on (%s) group_left () (%s >= %d)", counts, feature, total, f.minRows)},
		{Record: reference, Expr: fmt.Sprintf("max by (%s) (%s_ratio)", cell, label(report.TotalReferenceShare))},
		{Record: recorded("feature", "psi"), Expr: fmt.Sprintf("sum by (%s) ((%s - %s) * ln(%s / %s))", feature, p, q, p, q)},
		{Record: recorded("feature", "js"), Expr: fmt.Sprintf("sqrt(clamp_min(0.5 * sum by (%s) (%s + %s), 0))", feature, half(live), half(reference))},
	}
}

func (f *ruleFlags) alerts() []rule {
	drifted := func(name, record, measure string, limit float64) rule {
		return rule{
			Alert: name, Expr: fmt.Sprintf("%s > %v", record, limit), For: f.wait, Labels: map[string]string{"severity": "warning"},
			Annotations: map[string]string{
				"summary": fmt.Sprintf("%s of {{ $labels.%s }} ({{ $labels.%s }}) is {{ $value | printf \"%%.3g\" }} over %s, limit %v",
					measure, label(report.AttrFeature), label(report.AttrModel), f.window, limit),
			},
		}
	}
	return []rule{
		drifted("TidemarkFeaturePSI", recorded("feature", "psi"), "PSI", f.psi),
		drifted("TidemarkFeatureJS", recorded("feature", "js"), "Jensen–Shannon distance", f.js),
		{
			Alert: "TidemarkIncident", For: "0s", Labels: map[string]string{"severity": "critical"},
			Expr: fmt.Sprintf("max by (%s) (%s{%s=~\"medium|high\"}) > 0", f.modelLabels(), label(report.GaugeIncidents), label(report.AttrSeverity)),
			Annotations: map[string]string{
				"summary": fmt.Sprintf("{{ $labels.%s }} {{ $labels.%s }}: {{ $value }} open {{ $labels.%s }} incident(s)",
					label(report.AttrModel), label(report.AttrVersion), label(report.AttrSeverity)),
			},
		},
	}
}

// ruleFile is a rule file of Prometheus.
type ruleFile struct {
	Groups []ruleGroup `json:"groups"`
}

type ruleGroup struct {
	Name  string `json:"name"`
	Rules []rule `json:"rules"`
}

type rule struct {
	Record      string            `json:"record,omitempty"`
	Alert       string            `json:"alert,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// writeYAML writes the file. Names are plain; what is not is a quoted string.
func (f *ruleFile) writeYAML(w io.Writer) error {
	var b strings.Builder
	b.WriteString("groups:\n")
	for _, g := range f.Groups {
		fmt.Fprintf(&b, "  - name: %s\n    rules:\n", g.Name)
		for i := range g.Rules {
			g.Rules[i].writeYAML(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *rule) writeYAML(b *strings.Builder) {
	if r.Record != "" {
		fmt.Fprintf(b, "      - record: %s\n", r.Record)
	} else {
		fmt.Fprintf(b, "      - alert: %s\n", r.Alert)
	}
	fmt.Fprintf(b, "        expr: |-\n          %s\n", r.Expr)
	if r.For != "" {
		fmt.Fprintf(b, "        for: %s\n", r.For)
	}
	for _, part := range [...]struct {
		name string
		of   map[string]string
	}{{"labels", r.Labels}, {"annotations", r.Annotations}} {
		if len(part.of) == 0 {
			continue
		}
		fmt.Fprintf(b, "        %s:\n", part.name)
		for key, value := range sorted(part.of) {
			fmt.Fprintf(b, "          %s: %s\n", key, strconv.Quote(value))
		}
	}
}
