package exporter

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// label makes an attribute. A declared category may be invalid UTF-8, and one
// such string would make OTLP refuse the whole batch.
func label(key, value string) attribute.KeyValue {
	return attribute.String(key, strings.ToValidUTF8(value, "\uFFFD"))
}

// common returns the attributes of every series of a model.
func common(m report.Model) []attribute.KeyValue {
	set := []attribute.KeyValue{label(report.AttrModel, m.Name)}
	if m.Version != "" {
		set = append(set, label(report.AttrVersion, m.Version))
	}
	return set
}

// ofTotal returns the attributes of a total. Counts of cells carry the id of
// the reference: replicas may be added only where their cell edges agree.
func ofTotal(m report.Model, t report.Total) []attribute.KeyValue {
	set := make([]attribute.KeyValue, 0, len(t.Attributes)+3)
	for _, a := range t.Attributes {
		if a.Key != "" {
			set = append(set, label(a.Key, a.Value))
		}
	}
	if m.Reference != "" && (t.Name == report.TotalCells || t.Name == report.TotalReferenceShare) {
		set = append(set, label(report.AttrReference, m.Reference))
	}
	return append(set, common(m)...)
}

// ofSubject returns the attributes of a subject: ml.feature.name for a feature,
// ml.subject.name for anything else that has a name.
func ofSubject(m report.Model, s report.Subject) []attribute.KeyValue {
	set := append(common(m), label(report.AttrSubject, string(s.Kind)))
	switch {
	case s.Kind == report.KindFeature:
		set = append(set, label(report.AttrFeature, s.Name))
	case s.Name != "":
		set = append(set, label(report.AttrSubjectName, s.Name))
	}
	if s.Segment != "" {
		set = append(set, label(report.AttrSegment, s.Segment))
	}
	return set
}

// scaleLabel is the attribute of a window's scale.
func scaleLabel(scale int) attribute.KeyValue {
	return label(report.AttrScale, strconv.Itoa(scale))
}

// prepared makes the options of one series once, so that a collection does not
// sort and allocate them anew.
func prepared(attributes []attribute.KeyValue) []metric.ObserveOption {
	return []metric.ObserveOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
}
