package monitor_test

import (
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// TestFiguresByPredictionTime: a figure counts for the time of its prediction where
// that is known, and for the present one otherwise.
func TestFiguresByPredictionTime(t *testing.T) {
	var revenue []profile.KPI
	m := hourly(t, monitor.WithKPIs(monitor.KPI{Name: "conversion"}, monitor.KPI{Name: "revenue", Unit: "EUR"}),
		monitor.WithLearning(monitor.Learning{Panes: 3}),
		monitor.WithEvaluators(outcomesOf(func(c profile.Comparison) {
			if c.Window.Scale == 1 && !c.Early {
				revenue = append(revenue, c.Current.Outcomes.KPIs[1])
			}
			if known := c.KPIs != nil && len(c.KPIs.Profile().Outcomes.KPIs) == 2; known != (c.Window.Pane > 3) {
				t.Errorf("window %+v knows what figures usually are: %t", c.Window, known)
			}
		})))
	ctx := t.Context()
	for hour := range 6 {
		predictHour(t, m, hour, 10)
		for i := range 10 {
			m.Label(ctx, idOf(hour, i), profile.Positive())
		}
		m.Record(ctx, "nobody", "revenue", 1000)
		if hour > 0 {
			m.Record(ctx, idOf(hour-1, 3), "revenue", 5) // its cohort is closed: all labels have come
		}
		m.Record(ctx, idOf(hour, 3), "revenue", 10)
		m.Record(ctx, "", "revenue", -1)
		m.Record(ctx, "", "profit", 1)
		m.Record(ctx, "", "revenue", math.NaN())
	}
	m.Flush(ctx)
	if len(revenue) != 6 {
		t.Fatalf("%d windows", len(revenue))
	}
	for _, k := range revenue {
		if k.Name != "revenue" || k.N != 3 || k.Sum.Sum != 1009 {
			t.Errorf("%+v", k)
		}
	}
	for reason, want := range map[string]float64{"undeclared_kpi": 6, "invalid_kpi": 6, "late_kpi": 5, "kpi": 0} {
		if got := dropped(m, reason); got != want {
			t.Errorf("%v dropped as %s, want %v", got, reason, want)
		}
	}
	name := report.Attribute{Key: report.AttrKPI, Value: "revenue"}
	sign := func(s string) float64 {
		return total(m, report.TotalKPI, name, report.Attribute{Key: report.AttrSign, Value: s})
	}
	if up, down := sign("positive"), sign("negative"); up != 6*1010+5*5 || down != 6 {
		t.Errorf("revenue up %v, down %v", up, down)
	}
}

func TestMistakesInFigures(t *testing.T) {
	for name, kpis := range map[string][]monitor.KPI{
		"no name": {{}}, "twice": {{Name: "a"}, {Name: "a"}}, "too many": make([]monitor.KPI, 17),
	} {
		if _, err := monitor.New("credit", schemaOf[applicant](t), monitor.WithKPIs(kpis...)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, l := range []monitor.Labels{{MaxDelay: -1}, {Maturity: 2}, {Maturity: math.NaN()}, {Capacity: 1 << 30}} {
		if _, err := monitor.New("credit", schemaOf[applicant](t), monitor.WithLabels(l)); err == nil {
			t.Errorf("%+v: no error", l)
		}
	}
}
