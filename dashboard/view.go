package dashboard

import (
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// view is all that the template needs, as text and drawings: the template
// decides nothing and formats nothing.
type view struct {
	ETag        string
	Ready       bool // there is a monitor; otherwise the page is the sentence alone
	Model       modelView
	State       stateView
	Tiles       []tileView
	Open        []incidentView
	Closed      []incidentView
	More        string // incidents not shown
	Digest      *digestView
	List        listView
	Performance performanceView
	Fairness    fairnessView
	Slices      []sliceView
	Segments    []segmentView
	Figures     []figureView
	MoreFigures string
	Panels      []panelView
	Quality     qualityView
	Others      othersView
	Events      []eventView
	Reports     links
}

type modelView struct {
	Name, Version, Rows, Pane string
	At, Clock                 string
	Facts                     []fact
}

type fact struct{ Name, Text string }

// links are the addresses of the JSON with the page's own filter.
type links struct{ Data, Report string }

type eventView struct{ At, Clock, Kind, Text string }

const maxEvents = 40

func viewOf(s *snapshot, q query) view {
	v := view{Ready: s.ready, State: s.state(), Model: s.modelView()}
	if !s.ready {
		return v
	}
	v.Tiles = s.tiles()
	v.Open, v.Closed, v.More = s.incidents(q)
	v.List = s.list(q)
	v.Performance, v.Fairness, v.Slices, v.Segments = s.performance(), s.fairness(), s.slices(), s.segments(q)
	v.Figures, v.MoreFigures = figures(s.report.Charts, maxReportCharts)
	v.Panels = panelsOf(s.panelers)
	v.Quality = qualityOf(v.List.groups)
	v.Others = s.othersView()
	v.Events = s.events()
	suffix := q.link(v.List.number-1, "", false)[len("./"):]
	v.Reports = links{"data.json" + suffix, "report.json" + suffix}
	return v
}

func (s *snapshot) modelView() modelView {
	m := s.report.Model
	if m == (report.Model{}) {
		m = s.model
	}
	v := modelView{Name: clean(m.Name, 120), Version: clean(m.Version, 80), Rows: count(s.report.Rows), Pane: count(s.report.Pane)}
	if v.Name == "" {
		v.Name = "model"
	}
	if !s.report.At.IsZero() {
		v.At, v.Clock = stamp(s.report.At), moment(s.report.At, s.report.At)
	}
	add := func(name, value string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{name, clean(value, 80)})
		}
	}
	add("Reference", m.Reference)
	add("Dataset", m.Dataset)
	add("Dataset hash", m.DatasetHash)
	add("Feature code", m.FeatureCode)
	if s.report.Pane > 0 {
		add("Rows", v.Rows)
		add("Panes", v.Pane)
	}
	return v
}

// stamp is a time for programs.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *snapshot) events() []eventView {
	list := s.report.Events[:min(len(s.report.Events), maxEvents)]
	views := make([]eventView, len(list))
	for i, e := range list {
		views[i] = eventView{stamp(e.At), moment(e.At, s.report.At), clean(e.Kind, 40), clean(e.Text, 300)}
	}
	return views
}
