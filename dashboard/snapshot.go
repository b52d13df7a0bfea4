package dashboard

import (
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// snapshot is what one request reads from the source: the report regrouped by
// subject. It refers to the report and changes nothing in it.
type snapshot struct {
	ready     bool // whether there is a source at all
	model     report.Model
	report    *report.Report // never nil; empty before the first
	inputs    []*group       // features and predictions, the page's list, most pressing first
	segmented []*group       // features and predictions within a segment
	others    []*group       // model, pairs, metrics, groups, slices
	panelers  []report.Paneler
	totals    totals
	quiet     int // panes without a breach up to now, as far as the history goes; 0 unknown
}

// group is everything about one subject.
type group struct {
	subject  report.Subject
	signals  []*report.Signal
	series   []report.Series
	dist     *report.Distribution
	incident *report.Incident // the open one it belongs to
	evidence *report.Signal   // its strongest signal in that incident
	head     *report.Signal   // the signal that stands for it
	status   report.Status
	since    time.Time // when it went out of bounds; zero otherwise
}

// take reads the source once.
func take(source report.Source, r *report.Report) *snapshot {
	s := &snapshot{report: &report.Report{}}
	if source == nil {
		return s
	}
	s.ready, s.model = true, source.Model()
	s.totals = totalsOf(source)
	if r == nil {
		return s
	}
	s.report = r
	index := s.groups()
	s.attach(source, index)
	for _, g := range index {
		g.judge()
		input := g.subject.Kind == report.KindFeature || g.subject.Kind == report.KindPrediction
		switch {
		case input && g.subject.Segment != "":
			s.segmented = append(s.segmented, g)
		case input:
			s.inputs = append(s.inputs, g)
		default:
			s.others = append(s.others, g)
		}
	}
	slices.SortFunc(s.inputs, pressing)
	slices.SortFunc(s.segmented, pressing)
	slices.SortFunc(s.others, pressing)
	return s
}

// groups sorts signals, distributions and open incidents by subject.
func (s *snapshot) groups() map[report.Subject]*group {
	index := map[report.Subject]*group{}
	of := func(subject report.Subject) *group {
		g := index[subject]
		if g == nil {
			g = &group{subject: subject}
			index[subject] = g
		}
		return g
	}
	for i := range s.report.Signals {
		g := of(s.report.Signals[i].Subject)
		g.signals = append(g.signals, sound(&s.report.Signals[i]))
	}
	for i := range s.report.Distributions {
		of(s.report.Distributions[i].Subject).dist = &s.report.Distributions[i]
	}
	for i := range s.report.Incidents {
		incident := &s.report.Incidents[i]
		if !incident.Open() {
			continue
		}
		for _, subject := range incident.Subjects {
			of(subject).incident = incident
		}
		for k := range incident.Evidence {
			of(incident.Evidence[k].Subject).evidence = sound(&incident.Evidence[k])
		}
	}
	return index
}

// sound returns the signal, or a copy with every number finite where a source
// broke that promise.
func sound(s *report.Signal) *report.Signal {
	if s.Finite() {
		return s
	}
	repaired := s.Sanitised()
	return &repaired
}

// listed are the features and predictions that the page lists: those of the
// chosen segment, or of all rows.
func (s *snapshot) listed(q query) []*group {
	if q.segment == "" {
		return s.inputs
	}
	var kept []*group
	for _, g := range s.segmented {
		if g.subject.Segment == q.segment {
			kept = append(kept, g)
		}
	}
	return kept
}

// attach reads the history: the series of each subject, and for how many panes
// nothing that decides has been in breach.
func (s *snapshot) attach(source report.Source, index map[report.Subject]*group) {
	decides := map[string]bool{"drift.shift": true}
	for i := range s.report.Signals {
		if s.report.Signals[i].Evidence != report.Describes {
			decides[s.report.Signals[i].Name] = true
		}
	}
	var deciding []report.Series
	for series := range source.History() {
		if g := index[series.Subject]; g != nil {
			g.series = append(g.series, series)
		}
		if decides[series.Name] {
			deciding = append(deciding, series)
		}
	}
	for _, g := range index {
		g.since = since(g, decides)
	}
	s.quiet = quietPanes(deciding)
}

// quietPanes counts the panes after the last breach of any of the series.
func quietPanes(series []report.Series) int {
	var last time.Time
	for _, each := range series {
		for _, p := range each.Points {
			if p.Status == report.Breach && p.At.After(last) {
				last = p.At
			}
		}
	}
	most := 0
	for _, each := range series {
		if each.Scale != 1 {
			continue
		}
		n := 0
		for _, p := range each.Points {
			if p.At.After(last) && p.Status >= report.OK {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// since returns when the subject went out of bounds: its first breach in the
// open incident it belongs to, else the start of the breach that still lasts.
func since(g *group, decides map[string]bool) time.Time {
	var first time.Time
	for _, series := range g.series {
		if !decides[series.Name] {
			continue
		}
		at := lastingBreach(series.Points)
		if g.incident != nil {
			at = firstBreach(series.Points, g.incident.Opened)
		}
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	switch {
	case !first.IsZero() || g.incident == nil:
		return first
	case g.evidence != nil && !g.evidence.Window.End.IsZero():
		return g.evidence.Window.End
	}
	return g.incident.Opened
}

func firstBreach(points []report.Point, from time.Time) time.Time {
	for _, p := range points {
		if p.Status == report.Breach && !p.At.Before(from) {
			return p.At
		}
	}
	return time.Time{}
}

func lastingBreach(points []report.Point) (start time.Time) {
	for i := len(points) - 1; i >= 0 && points[i].Status == report.Breach; i-- {
		start = points[i].At
	}
	return start
}
