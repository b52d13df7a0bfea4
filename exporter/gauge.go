package exporter

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// family says where the signals of a family go, and which attribute holds the
// rest of their name. Families that share a gauge are told apart by their basis.
type family struct{ prefix, gauge, key, basis string }

// Values of the attribute for what a figure rests on. An early one is that of a
// window many of whose labels are still to come: it must not pass for a mature
// one, whichever its gauge.
const (
	basisRealised  = "realised"
	basisEstimated = "estimated"
	basisEarly     = "early"
)

func families() [11]family {
	return [...]family{
		{"drift.", report.GaugeDrift, report.AttrMethod, ""},
		{"quality.", report.GaugeQuality, report.AttrMetric, ""},
		{"operation.", report.GaugeOperation, report.AttrOperation, ""},
		{"performance.", report.GaugePerformance, report.AttrPerformance, basisRealised},
		{"estimated.", report.GaugePerformance, report.AttrPerformance, basisEstimated},
		{"fairness.", report.GaugeFairness, report.AttrFairness, ""},
		{"calibration.", report.GaugeCalibration, report.AttrCalibration, ""},
		{"concept.", report.GaugeConcept, report.AttrConcept, ""},
		{"kpi.", report.GaugeKPI, report.AttrKPIMetric, ""},
		{"labels.", report.GaugeLabels, report.AttrLabels, ""},
		{"explain.", report.GaugeExplain, report.AttrExplain, ""},
	}
}

const nameDistinct = "quality.distinct"

// familyOf returns the gauge of a signal, and the attributes that tell it from
// its siblings (none where the gauge has one signal only).
func familyOf(x *reading) (gauge string, of []attribute.KeyValue) {
	if x.early {
		of = append(of, label(report.AttrBasis, basisEarly))
	}
	if x.name == nameDistinct {
		return report.GaugeDistinct, of
	}
	for _, f := range families() {
		rest, ok := strings.CutPrefix(x.name, f.prefix)
		if !ok {
			continue
		}
		if f.basis != "" && !x.early {
			of = append(of, label(report.AttrBasis, f.basis))
		}
		return f.gauge, append(of, label(f.key, rest))
	}
	return report.GaugeSignal, append(of, label(report.AttrSignal, x.name))
}

// seriesKey identifies the prepared attributes of a gauge.
type seriesKey struct {
	model   report.Model
	name    string
	subject report.Subject
	scale   int
	early   bool
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
	gauge, of := familyOf(x)
	options := g.options(seriesKey{m, x.name, x.subject, x.scale, x.early}, func() []attribute.KeyValue {
		return append(append(ofSubject(m, x.subject), scaleLabel(x.scale)), of...)
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
		options := g.options(seriesKey{model: m, name: report.GaugeStatus, subject: subject}, func() []attribute.KeyValue {
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
