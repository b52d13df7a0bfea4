package main

import (
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"
)

// promtool runs Prometheus' own checker, where it is installed.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (package prometheus)")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestPrometheusAcceptsTheRules(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, line := range map[string]string{
		"a.yaml": "rules", "b.yaml": "rules -by env,region -window 7d -for 1h -psi .1", "c.json": "rules -o json",
	} {
		write(t, name, succeed(t, line))
		promtool(t, "check", "rules", name)
	}
}

// Two replicas count 10 a minute and 30 a minute in three cells, one of them
// empty; Prometheus must come to the PSI and JS of the sum.
func TestPrometheusComputesThem(t *testing.T) {
	t.Chdir(t.TempDir())
	reference := []float64{.5, .3, .2}
	rates := [2][]float64{{6, 4, 0}, {24, 6, 0}} // a minute, per replica
	var series strings.Builder
	const names = `ml_model_name="m", ml_model_version="1", ml_reference_id="r", ml_feature_name="x", ml_feature_bin`
	for replica, rate := range rates {
		for bin := range reference {
			fmt.Fprintf(&series, "      - {series: 'ml_feature_bin_observations_total{%s=\"%d\", instance=\"%d\"}', values: '0+%vx240'}\n", names, bin, replica, rate[bin])
			fmt.Fprintf(&series, "      - {series: 'ml_feature_bin_reference_proportion_ratio{%s=\"%d\", instance=\"%d\"}', values: '%vx240'}\n", names, bin, replica, reference[bin])
		}
	}
	psi, js := 0.0, 0.0
	for bin, q := range reference {
		p := (rates[0][bin] + rates[1][bin]) / 40
		floored := max(p, 1e-4)
		psi += (floored - q) * math.Log(floored/q)
		if p > 0 {
			js += p * math.Log2(2*p/(p+q)) / 2
		}
		js += q * math.Log2(2*q/(p+q)) / 2
	}
	write(t, "rules.yaml", succeed(t, "rules"))
	write(t, "test.yaml", fmt.Sprintf(`rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
%s    promql_expr_test:
      - {expr: 'count(abs(ml:feature:psi - %v) < 1e-9)', eval_time: 3h, exp_samples: [{labels: '{}', value: 1}]}
      - {expr: 'count(abs(ml:feature:js - %v) < 1e-9)', eval_time: 3h, exp_samples: [{labels: '{}', value: 1}]}
      - {expr: 'count(ALERTS{alertname="TidemarkFeaturePSI", alertstate="firing"})', eval_time: 3h, exp_samples: [{labels: '{}', value: 1}]}
`, series.String(), psi, math.Sqrt(js)))
	promtool(t, "test", "rules", "test.yaml")
}
