package exporter

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// family says where the signals of a family go, and which attribute holds the
// rest of their name.
type family struct{ prefix, gauge, key string }

func families() [5]family {
	return [...]family{
		{"drift.", report.GaugeDrift, report.AttrMethod},
		{"quality.", report.GaugeQuality, report.AttrMetric},
		{"operation.", report.GaugeOperation, report.AttrOperation},
		{"performance.", report.GaugePerformance, report.AttrPerformance},
		{"fairness.", report.GaugeFairness, report.AttrFairness},
	}
}

const nameDistinct = "quality.distinct"

// familyOf returns the gauge of a signal, and the attribute that tells it from
// its siblings (no key where the gauge has one signal only).
func familyOf(name string) (gauge, key, value string) {
	if name == nameDistinct {
		return report.GaugeDistinct, "", ""
	}
	for _, f := range families() {
		if rest, ok := strings.CutPrefix(name, f.prefix); ok {
			return f.gauge, f.key, rest
		}
	}
	return report.GaugeSignal, report.AttrSignal, name
}

// seriesKey identifies the prepared attributes of a gauge.
type seriesKey struct {
	model   report.Model
	name    string
	subject report.Subject
	scale   int
}

// gauges makes a snapshot of each report. One goroutine at a time may use it.
type gauges struct {
	shelves  shelves
	prepared map[seriesKey][]metric.ObserveOption
	next     map[seriesKey][]metric.ObserveOption // those of the snapshot being made
}

func newGauges() *gauges {
	return &gauges{shelves: shelves{}, prepared: map[seriesKey][]metric.ObserveOption{}}
}

// take returns the gauges as they are after a report. Attributes are kept from
// one report to the next, and forgotten with the last signal that had them.
func (g *gauges) take(r *report.Report) *snapshot {
	g.shelves.put(r)
	g.next = map[seriesKey][]metric.ObserveOption{}
	var points []point
	readings := g.shelves.sorted()
	for i := range readings {
		points = append(points, g.pointsOf(r.Model, &readings[i])...)
	}
	points = append(points, g.statuses(r.Model, readings)...)
	points = append(points, g.incidents(r)...)
	g.prepared, g.next = g.next, nil
	slices.SortStableFunc(points, func(a, b point) int { return strings.Compare(a.instrument, b.instrument) })
	return &snapshot{points}
}

func (g *gauges) pointsOf(m report.Model, x *reading) []point {
	if !x.defined {
		return nil
	}
	gauge, key, rest := familyOf(x.name)
	options := g.options(seriesKey{m, x.name, x.subject, x.scale}, func() []attribute.KeyValue {
		set := append(ofSubject(m, x.subject), scaleLabel(x.scale))
		if key != "" {
			set = append(set, label(key, rest))
		}
		return set
	})
	points := []point{{gauge, x.value, options}}
	if gauge != report.GaugeDrift {
		return points
	}
	if x.hasThreshold {
		points = append(points, point{report.GaugeThreshold, x.threshold, options})
	}
	if x.detectable > 0 {
		points = append(points, point{report.GaugeDetectable, x.detectable, options})
	}
	return points
}

// statuses returns the gravest status of each subject over its signals.
func (g *gauges) statuses(m report.Model, readings []reading) []point {
	worst := map[report.Subject]report.Status{}
	var subjects []report.Subject
	for i := range readings {
		x := &readings[i]
		if _, seen := worst[x.subject]; !seen {
			subjects = append(subjects, x.subject)
		}
		worst[x.subject] = max(worst[x.subject], x.status)
	}
	var points []point
	for _, subject := range subjects {
		if worst[subject] == report.Unknown {
			continue
		}
		options := g.options(seriesKey{m, report.GaugeStatus, subject, 0}, func() []attribute.KeyValue {
			return ofSubject(m, subject)
		})
		points = append(points, point{report.GaugeStatus, float64(worst[subject]), options})
	}
	return points
}

// incidents returns the open incidents by severity, each severity always: an
// alert on a series that is absent does not fire.
func (g *gauges) incidents(r *report.Report) []point {
	var open [report.High + 1]int
	for i := range r.Incidents {
		if x := &r.Incidents[i]; x.Open() && x.Severity <= report.High {
			open[x.Severity]++
		}
	}
	points := make([]point, 0, len(open))
	for severity, n := range open {
		text := report.Severity(severity).String()
		options := g.options(seriesKey{model: r.Model, name: report.GaugeIncidents + text}, func() []attribute.KeyValue {
			return append(common(r.Model), label(report.AttrSeverity, text))
		})
		points = append(points, point{report.GaugeIncidents, float64(n), options})
	}
	return points
}

func (g *gauges) options(key seriesKey, attributes func() []attribute.KeyValue) []metric.ObserveOption {
	options, ok := g.prepared[key]
	if !ok {
		options = prepared(attributes())
	}
	g.next[key] = options
	return options
}
