package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// performanceView is the table of how right the model is: what labels say, what
// is estimated without them, calibration, maturity, business figures.
type performanceView struct {
	Rows     []performanceRow
	Maturity string
	More     string
}

// performanceRow is one measure of one subject, realised and estimated side by
// side.
type performanceRow struct {
	First                  bool // of its subject
	Subject, Name, About   string
	Status                 statusView
	Value, Interval, Limit string
	Estimate, Words        string
	Early                  bool
	SoFar                  string // of the newest labels, where there is a mature figure too
	place                  int    // of the family
	Spark                  *plot
	Scale, Rows            string
}

const maxPerformance = 120

// families are the prefixes of the signals of the table, in its order.
var families = []string{"performance.", "calibration.", "concept.", "kpi.", "validation.", "labels.", "skew."}

const (
	estimatedPrefix  = "estimated."
	unweightedSuffix = "_unweighted" // early, as if labels came in no order
)

// family is the place of a signal's family in the table, −1 for none.
func family(name string) int {
	if strings.HasPrefix(name, estimatedPrefix) {
		return 0
	}
	return slices.IndexFunc(families, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// base is a signal's name without its family, so that an estimate is found beside
// what it estimates.
func base(name string) string {
	if rest, ok := strings.CutPrefix(name, estimatedPrefix); ok {
		return "performance." + rest
	}
	return name
}

// performance takes the signals about how right the model is from the others.
func (s *snapshot) performance() performanceView {
	var v performanceView
	for _, g := range s.others {
		if g.subject.Segment != "" || g.subject.Kind == report.KindGroup || g.subject.Kind == report.KindSlice {
			continue
		}
		v.Rows = append(v.Rows, g.performanceRows()...)
		if m := g.smallest("labels.maturity"); m != nil && v.Maturity == "" && !m.Undefined {
			v.Maturity = percent(m.Value) + " of the labels of the newest window have come"
		}
	}
	slices.SortStableFunc(v.Rows, func(a, b performanceRow) int {
		if c := cmp.Compare(subjectRank(a.Subject), subjectRank(b.Subject)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.place, b.place), cmp.Compare(a.Name, b.Name))
	})
	for i := range v.Rows {
		v.Rows[i].First = i == 0 || v.Rows[i-1].Subject != v.Rows[i].Subject
	}
	if len(v.Rows) > maxPerformance {
		v.More = plural(len(v.Rows)-maxPerformance, "more measure", "more measures") + " in report.json."
		v.Rows = v.Rows[:maxPerformance]
	}
	return v
}

// subjectRank puts the model as a whole first.
func subjectRank(subject string) int {
	if subject == wholeModel {
		return 0
	}
	return 1
}

const wholeModel = "model"

// rowSubject names what a row is about. A metric is named by its measure, and is
// the model's; a business figure has the name that was declared.
func rowSubject(s report.Subject, name string) string {
	switch {
	case s.Kind != report.KindMetric:
		return label(s)
	case strings.HasPrefix(name, "kpi.") && s.Name != "":
		return clean(s.Name, 120)
	case strings.HasPrefix(name, "validation.") && s.Name != "":
		return label(s)
	}
	return wholeModel
}

// performanceRows are the measures of one subject, each at the scale that says
// most: what is in breach, else the smallest.
func (g *group) performanceRows() []performanceRow {
	realised, estimated, soFar := map[string]*report.Signal{}, map[string]*report.Signal{}, map[string]*report.Signal{}
	var order []string
	for _, x := range g.signals {
		if family(x.Name) < 0 || strings.HasSuffix(x.Name, unweightedSuffix) {
			continue // what is not weighted is in the JSON
		}
		into := realised
		switch {
		case strings.HasPrefix(x.Name, estimatedPrefix):
			into = estimated
		case early(x):
			into = soFar
		}
		name := base(x.Name)
		if realised[name] == nil && estimated[name] == nil && soFar[name] == nil {
			order = append(order, name)
		}
		if old := into[name]; old == nil || tells(x, old) {
			into[name] = x
		}
	}
	slices.SortStableFunc(order, func(a, b string) int {
		if c := cmp.Compare(family(a), family(b)); c != 0 {
			return c
		}
		return cmp.Compare(measure(a), measure(b))
	})
	var rows []performanceRow
	for _, name := range order {
		rows = append(rows, g.performanceRow(name, realised[name], estimated[name], soFar[name]))
	}
	return rows
}

// tells reports whether a says more than b: mature before early, then graver,
// then the smaller window.
func tells(a, b *report.Signal) bool {
	if early(a) != early(b) {
		return early(b)
	}
	if c := cmp.Compare(a.Status, b.Status); c != 0 {
		return c > 0
	}
	return a.Window.Scale < b.Window.Scale
}

func early(s *report.Signal) bool {
	return slices.ContainsFunc(s.Warnings, func(w report.Warning) bool { return w.Code == report.WarnEarly })
}

func (g *group) performanceRow(name string, realised, estimated, soFar *report.Signal) performanceRow {
	v := performanceRow{Subject: rowSubject(g.subject, name), Name: measure(name), Value: none, Estimate: none, place: family(name)}
	if realised == nil {
		realised, soFar = soFar, nil
	}
	head := realised
	if head == nil {
		head = estimated
	}
	if soFar != nil {
		v.SoFar = "so far " + valueOf(soFar)
		if m := soFar.Window.Maturity; m > 0 {
			v.SoFar += " of " + percent(m)
		}
	}
	v.Status, v.Scale, v.Rows = viewStatus(head.Status), panes(head.Window.Scale), count(head.Current)
	v.Words = clean(head.Effect.Words, 120)
	v.About = aboutOf(head.Name)
	if realised != nil {
		v.Value, v.Early = valueOf(realised), early(realised)
		v.Interval = intervalOf(realised)
		if realised.HasThreshold {
			v.Limit = inUnit(realised.Threshold, realised.Unit)
		}
		v.Spark = spark(g.pick(realised.Name, realised.Window.Scale))
	}
	if estimated != nil {
		v.Estimate = valueOf(estimated)
		if text := intervalOf(estimated); text != "" {
			v.Estimate += " (" + text + ")"
		}
		if v.Spark == nil {
			v.Spark = spark(g.pick(estimated.Name, estimated.Window.Scale))
		}
	}
	return v
}

// intervalOf is the confidence interval of a value, where there is one.
func intervalOf(s *report.Signal) string {
	switch {
	case s.Undefined:
		return ""
	case s.Low != 0 || s.High != 0:
		return inUnit(s.Low, s.Unit) + " to " + inUnit(s.High, s.Unit)
	case s.Effect.Low == 0 && s.Effect.High == 0, s.Value < s.Effect.Low, s.Value > s.Effect.High:
		return "" // what does not hold the value bounds something else: a change
	}
	return inUnit(s.Effect.Low, s.Unit) + " to " + inUnit(s.Effect.High, s.Unit)
}

// aboutOf is what the catalogue says of a name.
func aboutOf(name string) string {
	for _, e := range report.Catalogue() {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}
