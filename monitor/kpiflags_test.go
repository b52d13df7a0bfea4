package monitor_test

import (
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/performance"
	"github.com/tidemark-ml/tidemark/report"
)

// A figure is read as it was declared, by the evaluators as they come.
func TestKPIsAreReadAsDeclared(t *testing.T) {
	m := hourly(t, monitor.WithEvaluators(performance.KPI{}),
		monitor.WithKPIs(monitor.KPI{Name: "conversion", Rate: true}, monitor.KPI{Name: "basket"}))
	for hour := range 30 {
		predictHour(t, m, hour, 40)
		for i := range 10 {
			m.Record(t.Context(), idOf(hour, i), "conversion", 1)
			m.Record(t.Context(), idOf(hour, i), "basket", 20)
		}
	}
	m.Flush(t.Context())
	found := map[string]float64{}
	for _, s := range m.Report().Signals {
		if s.Subject.Kind == report.KindMetric && s.Window.Scale == 1 {
			found[s.Name+" "+s.Subject.Name] = s.Value
		}
	}
	if found["kpi.rate conversion"] != .25 || found["kpi.value basket"] != 20 || len(found) != 2 {
		t.Errorf("figures %v, want a rate of .25 and a mean of 20", found)
	}
}
