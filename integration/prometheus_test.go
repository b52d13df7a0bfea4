package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// server is a Prometheus that scrapes a fleet.
type server struct{ address string }

// answer is one of those to a query: labels and a value.
type answer struct {
	Metric map[string]string
	Value  [2]any
}

func (a answer) number() (float64, error) {
	text, ok := a.Value[1].(string)
	if !ok {
		return 0, fmt.Errorf("value %v", a.Value)
	}
	return strconv.ParseFloat(text, 64)
}

// newServer starts Prometheus on a port of its own choice with the rules of
// testdata and waits until it answers.
func newServer(ctx context.Context, t *testing.T, targets []string) *server {
	t.Helper()
	rules, err := filepath.Abs("testdata/rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	return newServerWith(ctx, t, rules, targets)
}

func newServerWith(ctx context.Context, t *testing.T, rules string, targets []string) *server {
	t.Helper()
	path := program(t, "prometheus")
	folder := t.TempDir()
	config := filepath.Join(folder, "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%q]\n"+
		"scrape_configs: [{job_name: payments, static_configs: [{targets: [%s]}]}]\n",
		rules, strings.Join(targets, ", "))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, path, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(folder, "data"),
		"--web.listen-address=127.0.0.1:0")
	s := &server{p.await(ctx, t, `msg="Listening on" address=(\S+)`)[1]}
	eventually(ctx, t, func() error { return served("http://" + s.address + "/-/ready") })
	return s
}

// get asks the HTTP API.
func (s *server) get(ctx context.Context, path string, parameters url.Values, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/api/v1/"+path+"?"+parameters.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var envelope struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&envelope); err != nil {
		return err
	}
	if envelope.Status != "success" {
		return fmt.Errorf("%s: %s", path, envelope.Error)
	}
	return json.Unmarshal(envelope.Data, into)
}

func (s *server) query(ctx context.Context, expression string) ([]answer, error) {
	var data struct{ Result []answer }
	err := s.get(ctx, "query", url.Values{"query": {expression}}, &data)
	return data.Result, err
}

// one returns the value of an expression that has exactly one.
func (s *server) one(ctx context.Context, expression string) (float64, error) {
	answers, err := s.query(ctx, expression)
	if err != nil {
		return 0, err
	}
	if len(answers) != 1 {
		return 0, fmt.Errorf("%s has %d values, want 1", expression, len(answers))
	}
	return answers[0].number()
}

// expect waits until an expression has a value, but for rounding.
func (s *server) expect(ctx context.Context, t *testing.T, expression string, want float64) {
	t.Helper()
	eventually(ctx, t, func() error {
		got, err := s.one(ctx, expression)
		if err == nil && !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
			err = fmt.Errorf("%s = %v, want %v", expression, got, want)
		}
		return err
	})
}

// scraped are the names a scrape of a monitor must have, as Prometheus writes them.
func scraped() []string {
	return []string{
		"ml_feature_bin_observations_total", "ml_feature_bin_reference_proportion_ratio",
		"ml_feature_distinct_count", "ml_feature_drift_detectable", "ml_feature_drift_score", "ml_feature_drift_threshold",
		"ml_feature_invalid_total", "ml_feature_missing_total", "ml_feature_out_of_range_total",
		"ml_model_incidents", "ml_model_operation_score", "ml_model_prediction_duration_seconds_bucket",
		"ml_model_prediction_duration_seconds_count", "ml_model_prediction_duration_seconds_sum",
		"ml_model_prediction_score_bucket", "ml_model_prediction_score_count", "ml_model_prediction_score_sum",
		"ml_model_predictions_total", "ml_model_quality_score", "ml_model_status",
		"ml_monitor_dropped_total", "ml_monitor_failures_total", "ml_monitor_panes_total",
	}
}

// TestPrometheusFleet scrapes three replicas with a real Prometheus: names and
// values arrive, and what the rules make of the replicas' cells is what one
// monitor says that has seen all rows.
func TestPrometheusFleet(t *testing.T) {
	program(t, "prometheus")
	ctx := lasting(t)
	f := newFleet(t)
	s := newServer(ctx, t, f.targets)
	s.expect(ctx, t, `count(up{job="payments"} == 1)`, float64(len(f.targets)))
	s.expect(ctx, t, `sum(ml_model_predictions_total{ml_model_name="payments",ml_model_version="7"})`, float64(f.rows))
	t.Run("Names", func(t *testing.T) { s.checkNames(ctx, t) })
	t.Run("Values", func(t *testing.T) { s.checkValues(ctx, t, f) })
	t.Run("PSI", func(t *testing.T) { s.checkDistances(ctx, t, f) })
	t.Run("Alert", func(t *testing.T) { s.checkAlert(ctx, t, f) })
}

func (s *server) checkNames(ctx context.Context, t *testing.T) {
	var names []string
	if err := s.get(ctx, "label/__name__/values", nil, &names); err != nil {
		t.Fatal(err)
	}
	for _, want := range scraped() {
		if !slices.Contains(names, want) {
			t.Errorf("%s was not scraped", want)
		}
	}
	if t.Failed() {
		t.Logf("scraped were %v", names)
	}
}

func (s *server) checkValues(ctx context.Context, t *testing.T, f *fleet) {
	for expression, want := range map[string]float64{
		`sum(ml_model_prediction_duration_seconds_count)`:                                              float64(f.rows),
		`sum(ml_model_prediction_score_count)`:                                                         float64(f.rows),
		`sum(ml_model_prediction_score_bucket{le="+Inf"})`:                                             float64(f.rows),
		`sum(ml_feature_missing_total{ml_feature_name="age"})`:                                         float64(f.missing),
		`sum(ml_feature_missing_total{ml_feature_name="amount"})`:                                      0,
		`sum(ml_feature_bin_observations_total{ml_feature_name="channel"})`:                            float64(f.rows),
		`sum(ml_feature_bin_observations_total{ml_feature_name="age"})`:                                float64(f.rows - f.missing),
		`count(count by (ml_reference_id) (ml_feature_bin_observations_total))`:                        1,
		`sum(ml_monitor_panes_total)`:                                                                  float64(len(f.targets)),
		`sum(ml_monitor_dropped_total)`:                                                                0,
		`sum(ml_monitor_failures_total)`:                                                               0,
		`sum(ml_monitor_series_capped_total) or vector(0)`:                                             0,
		`sum(ml_feature_bin_reference_proportion_ratio{ml_feature_name="amount"}) / 3`:                 1,
		`sum(max without (instance) (ml_model_predictions_total{ml_prediction_class=~".+"})) > bool 0`: 1,
	} {
		s.expect(ctx, t, expression, want)
	}
}

// checkDistances compares the rules with Go; and makes sure that the comparison
// could fail, because the mean of the replicas' scores is something else.
func (s *server) checkDistances(ctx context.Context, t *testing.T, f *fleet) {
	for _, feature := range []string{"amount", "age", "channel"} {
		psi, js := f.value(t, "drift.psi", feature), f.value(t, "drift.js", feature)
		s.expect(ctx, t, fmt.Sprintf(`ml:feature:psi{ml_feature_name=%q}`, feature), psi)
		s.expect(ctx, t, fmt.Sprintf(`ml:feature:js_bits{ml_feature_name=%q}`, feature), js*js)
		t.Logf("%s: PSI %.6f, JS distance %.6f, in Go and in PromQL", feature, psi, js)
	}
	mean, err := s.one(ctx, `avg(ml_feature_drift_score{ml_feature_name="amount",ml_drift_method="psi",ml_window_scale="1"})`)
	if whole := f.value(t, "drift.psi", "amount"); err != nil || math.Abs(mean/whole-1) < .01 {
		t.Errorf("the mean of the replicas is %v, the fleet %v: too alike to tell (%v)", mean, whole, err)
	}
}

// checkAlert wants the features above the limit, and no other, to be pending.
func (s *server) checkAlert(ctx context.Context, t *testing.T, f *fleet) {
	var data struct {
		Alerts []struct {
			Labels map[string]string
			State  string
		}
	}
	eventually(ctx, t, func() error {
		if err := s.get(ctx, "alerts", nil, &data); err != nil {
			return err
		}
		var pending []string
		for _, a := range data.Alerts {
			pending = append(pending, a.Labels["ml_feature_name"]+" "+a.State)
		}
		slices.Sort(pending)
		if want := []string{"amount pending", "channel pending"}; !slices.Equal(pending, want) {
			return fmt.Errorf("alerts %v, want %v", pending, want)
		}
		return nil
	})
	if psi := f.value(t, "drift.psi", "age"); psi > .05 {
		t.Errorf("PSI of age is %v; it was to be the one that does not drift", psi)
	}
}

// TestPromtool checks the rules and runs their own tests.
func TestPromtool(t *testing.T) {
	path := program(t, "promtool")
	for _, arguments := range [][]string{
		{"check", "rules", "testdata/rules.yml"},
		{"test", "rules", "testdata/rules_test.yml"},
	} {
		if said, err := exec.CommandContext(lasting(t), path, arguments...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", arguments, err, said)
		}
	}
}
