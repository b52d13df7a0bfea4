package monitor_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

func TestBadOptionsAreErrors(t *testing.T) {
	s := schemaOf[applicant](t)
	other, err := profile.NewSchema(profile.Regression(), profile.Feature{Name: "age", Kind: profile.Categorical})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		model   string
		schema  *profile.Schema
		options []monitor.Option
		want    []string
	}{
		"no name":           {"", s, nil, []string{"name", "1 to 128"}},
		"a long name":       {strings.Repeat("m", 129), s, nil, []string{"129"}},
		"no schema":         {"m", nil, nil, []string{"schema is nil", "SchemaOf"}},
		"negative panes":    {"m", s, []monitor.Option{monitor.WithPanes(monitor.Panes{Every: -time.Second})}, []string{"panes", "-1s"}},
		"panes too large":   {"m", s, []monitor.Option{monitor.WithPanes(monitor.Panes{Rows: math.MaxInt})}, []string{"panes", "2147483648"}},
		"too many to learn": {"m", s, []monitor.Option{monitor.WithLearning(monitor.Learning{Rows: 50_001})}, []string{"50001 rows", "50000"}},
		"too few to learn":  {"m", s, []monitor.Option{monitor.WithLearning(monitor.Learning{Panes: 2})}, []string{"2 panes", "3 to 720"}},
		"negative learning": {"m", s, []monitor.Option{monitor.WithLearning(monitor.Learning{Rows: -1})}, []string{"-1 rows"}},
		"history":           {"m", s, []monitor.Option{monitor.WithHistory(1 << 30)}, []string{"history", "10000"}},
		"negative history":  {"m", s, []monitor.Option{monitor.WithHistory(-1)}, []string{"history", "-1"}},
		"stripes":           {"m", s, []monitor.Option{monitor.WithStripes(1 << 30)}, []string{"stripes", "1024"}},
		"no clock":          {"m", s, []monitor.Option{monitor.WithClock(nil)}, []string{"clock is nil"}},
		"no logger":         {"m", s, []monitor.Option{monitor.WithLogger(nil)}, []string{"logger is nil"}},
		"a nil evaluator":   {"m", s, []monitor.Option{monitor.WithEvaluators(shares{}, nil)}, []string{"evaluator 2 of 2"}},
		"a nil exporter":    {"m", s, []monitor.Option{monitor.WithExporter(nil)}, []string{"exporter 1 of 1"}},
		"a misspelt rule": {"m", s, []monitor.Option{monitor.WithDecider(&alert.Policy{Rules: []alert.Rule{
			{Name: "psi", Signal: "drift.psy", Above: alert.Limit(.2)},
		}})}, []string{`rule "psi"`, `did you mean "drift.psi"`}},
		"a foreign schema":  {"m", other, []monitor.Option{withReference(t)}, []string{`"m"`, "regression", "age"}},
		"several mistakes":  {"m", s, []monitor.Option{monitor.WithClock(nil), monitor.WithHistory(-1), monitor.WithExporter(nil), monitor.WithLearning(monitor.Learning{Panes: 1})}, []string{"clock", "history", "exporter", "learning"}},
		"nested in Options": {"m", s, []monitor.Option{monitor.Options(nil, monitor.Options(monitor.WithStripes(-1)))}, []string{"stripes"}},
	} {
		mon, err := monitor.New(c.model, c.schema, c.options...)
		if mon != nil || err == nil {
			t.Errorf("%s: New gave %v, %v", name, mon, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
		if strings.Count(err.Error(), "monitor: ") < 1 {
			t.Errorf("%s: %q does not name the package", name, err)
		}
	}
}

func TestNilOptionsAreIgnored(t *testing.T) {
	mon := newMonitor(t, nil, monitor.Options(nil, nil), monitor.Options(), monitor.WithReference(nil), monitor.WithDecider(nil), monitor.WithEvaluators())
	if mon.Report().Learning == nil {
		t.Error("a nil reference is not learned")
	}
}

func TestIdentity(t *testing.T) {
	mon := newMonitor(t, withReference(t), monitor.WithVersion("7"), monitor.WithProvenance(profile.Provenance{Dataset: "loans", DatasetHash: "abc", FeatureCode: "f1"}))
	m := mon.Model()
	if m.Name != "credit" || m.Version != "7" || m.Dataset != "loans" || m.DatasetHash != "abc" || m.FeatureCode != "f1" || m.Reference != mon.Reference().ID() {
		t.Errorf("the model is %+v", m)
	}
	if r := mon.Report(); r.Model != m || r.Signals == nil || r.Incidents == nil {
		t.Errorf("the first report is %+v", r)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	for _, points := range []int{0, 3} {
		mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithEvaluators(shift), monitor.WithHistory(points), monitor.WithPanes(monitor.Panes{Rows: 5}))
		observeAt(t, mon, noon, time.Second, 50)
		var got int
		for s := range mon.History() {
			if s.Scale != 1 {
				continue
			}
			got += len(s.Points)
			if last := s.Points[len(s.Points)-1].At; !last.Equal(noon.Add(49 * time.Second)) {
				t.Errorf("the last point is of %v", last)
			}
		}
		if got != points {
			t.Errorf("%d points kept, want %d", got, points)
		}
	}
}
