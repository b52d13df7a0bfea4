package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	maxCharts   = 8   // series drawn of the opened subject
	maxMeasures = 400 // rows of its table
	maxWarnings = 12
)

// detailView is the opened subject.
type detailView struct {
	Plot      *plot
	Bars      []barView
	NoDrawing string
	Facts     []fact
	Gaps      []gapView
	Charts    []chartView
	Measures  []measureView
	Summary   string
	Warnings  []string
}

// gapView compares what has no cell: missing and invalid.
type gapView struct{ Name, Reference, Now string }

// measureView is one signal in the table of all measures.
type measureView struct {
	First               bool // of its measure: the name is printed once
	Name, About         string
	Scale               string
	Value, Floor, Limit string
	P, Rows             string
	Meter               *plot
	Status              statusView
}

func (s *snapshot) detail(g *group) *detailView {
	v := &detailView{Facts: s.facts(g), Charts: g.charts(maxCharts), Warnings: g.warnings()}
	switch d := g.dist; {
	case d == nil:
		v.NoDrawing = "Distribution " + g.absence() + "."
	default:
		v.Bars = barsOf(d)
		v.Plot = drawNumeric(d, binsLarge, true)
		if len(v.Bars) == 0 && v.Plot == nil {
			v.NoDrawing = "No values to draw."
		}
		for _, gap := range [...]struct {
			name string
			pair [2]uint64
		}{{"Missing", d.Missing}, {"Invalid", d.Invalid}} {
			reference, now := shares(d, gap.pair)
			v.Gaps = append(v.Gaps, gapView{gap.name, reference, now})
		}
	}
	v.Measures = measuresOf(g.signals)
	v.Summary = "All measures at every scale (" + strconv.Itoa(len(g.signals)) + ")"
	return v
}

// facts are the findings on the subject, in words.
func (s *snapshot) facts(g *group) []fact {
	var list []fact
	add := func(name, text string) { list = append(list, fact{name, text}) }
	if g.status == report.Breach {
		add("What changed", g.words()+interval(g))
		if !g.since.IsZero() {
			add("Since", moment(g.since, s.report.At)+" UTC")
		}
	}
	if h := g.head; h != nil {
		text := fmt.Sprintf("%s %s over %s", measure(h.Name), valueOf(h), panes(h.Window.Scale))
		if h.HasThreshold {
			text += ", threshold " + inUnit(h.Threshold, h.Unit)
		}
		if h.HasP {
			text += ", p\u00a0" + probability(h.P)
		}
		add("Decided by", text)
		add("Rows compared", count(h.Current)+" now, "+count(h.Reference)+" in the reference")
	}
	switch seen, insensitive := g.seen(); {
	case insensitive:
		text := "the reference itself wanders so much that only a gross change could be told from it"
		if seen != none {
			text += " (beyond " + seen + ")"
		}
		add("Insensitive", text)
	case seen != none:
		add("Could have seen", "a shift of "+seen+", with probability 0.8")
	}
	return list
}

// interval is the confidence interval of the effect, where there is one.
func interval(g *group) string {
	s := g.head
	if (s == nil || s.Status != report.Breach) && g.evidence != nil {
		s = g.evidence
	}
	if s == nil || s.Effect.Low == 0 && s.Effect.High == 0 {
		return ""
	}
	return fmt.Sprintf(" (95%%: %s to %s)", effect(s.Effect.Low), effect(s.Effect.High))
}

// warnings are the distinct warnings on the subject's signals.
func (g *group) warnings() []string {
	var list []string
	for _, s := range g.signals {
		for _, w := range s.Warnings {
			text := clean(w.Text, 240)
			if text == "" {
				text = clean(string(w.Code), 60)
			}
			if len(list) < maxWarnings && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

// measuresOf is the table of all measures at every scale: what decides first,
// then by name and scale.
func measuresOf(signals []*report.Signal) []measureView {
	order := sortedSignals(signals)
	order = order[:min(len(order), maxMeasures)]
	about := map[string]string{}
	for _, e := range report.Catalogue() {
		about[e.Name] = e.Text
	}
	views := make([]measureView, len(order))
	for i, s := range order {
		views[i] = measureOf(s)
		views[i].About = about[s.Name]
		views[i].First = i == 0 || order[i-1].Name != s.Name
	}
	return views
}

// sortedSignals copies signals in the order of the table.
func sortedSignals(signals []*report.Signal) []*report.Signal {
	order := slices.Clone(signals)
	slices.SortStableFunc(order, func(a, b *report.Signal) int {
		if c := cmp.Compare(describing(a), describing(b)); c != 0 {
			return c
		}
		if c := cmp.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return cmp.Compare(a.Window.Scale, b.Window.Scale)
	})
	return order
}

func describing(s *report.Signal) int {
	if s.Evidence == report.Describes {
		return 1
	}
	return 0
}

func measureOf(s *report.Signal) measureView {
	v := measureView{
		Name: measure(s.Name), Scale: strconv.Itoa(s.Window.Scale), Value: valueOf(s), Floor: none, Limit: none, P: none,
		Rows: count(s.Current), Status: viewStatus(s.Status),
	}
	if s.Floor != 0 {
		v.Floor = inUnit(s.Floor, s.Unit)
	}
	if s.HasThreshold {
		v.Limit = inUnit(s.Threshold, s.Unit)
	}
	if s.HasP {
		v.P = probability(s.P)
	}
	v.Meter = meter(s)
	return v
}

// meter draws the value against its threshold, which stands at the middle.
func meter(s *report.Signal) *plot {
	if s.Undefined || !s.HasThreshold || s.Threshold <= 0 || s.Value < 0 {
		return nil
	}
	class := "meter-in"
	if s.Status == report.Breach {
		class = "meter-out"
	}
	var bar, limit pen
	bar.to('M', 0, plotHeight/2)
	bar.to('H', plotWidth*min(1, s.Value/s.Threshold/2))
	limit.to('M', plotWidth/2, 0)
	limit.to('V', plotHeight)
	p := &plot{}
	p.add(class, &bar)
	p.add("meter-limit", &limit)
	return p
}
