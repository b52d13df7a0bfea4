package dashboard

import (
	"github.com/tidemark-ml/tidemark/report"
)

const maxOthers = 60 // subjects besides features and predictions

// tileView is one figure of operation.
type tileView struct {
	Name, Value, Note string
	Status            statusView
	Parts             []fact
	Spark             *plot
	Wide              bool // across all columns, its parts in a line
}

// tiles are operation, volume, drops and failures.
func (s *snapshot) tiles() []tileView {
	model := s.modelGroup()
	var tiles []tileView
	for _, t := range [...]struct {
		name, signal string
		parts        []string
	}{
		{"Throughput", "operation.throughput", nil},
		{"Latency p95", "operation.latency_p95", []string{"operation.latency_p50", "operation.latency_p99"}},
		{"Errors", "operation.error_rate", nil},
		{"Volume", "quality.volume", nil},
		{"Freshness", "quality.freshness", nil},
	} {
		if tile, ok := model.tile(t.name, t.signal, t.parts); ok {
			tiles = append(tiles, tile)
		}
	}
	tiles = append(tiles, countTile("Dropped", "observations", s.totals.dropped), countTile("Failures", "of evaluators and exporters", s.totals.failures))
	if s.totals.capped > 0 {
		tiles = append(tiles, tileView{Name: "Series capped", Value: whole(s.totals.capped), Note: "not exported", Status: viewStatus(report.Warn)})
	}
	if tile, ok := s.labelTile(); ok {
		tiles = append(tiles, tile)
	}
	return tiles
}

// labelTile says what became of the labels. Fates are facts, not faults: how many
// are to be late is for the reader to know; only those that could not be taken at
// all are marked.
func (s *snapshot) labelTile() (tileView, bool) {
	received, fates := sum(s.totals.labels)
	unfollowed, _ := sum(s.totals.unfollowed)
	if !s.totals.labelled || received+s.totals.waiting+unfollowed == 0 {
		return tileView{}, false
	}
	v := tileView{Name: "Labels", Value: whole(received + s.totals.waiting), Status: viewStatus(report.OK), Wide: true}
	for _, f := range fates {
		v.Parts = append(v.Parts, fact{f.Name, f.Count})
		if f.Name == "invalid" || f.Name == "dropped" {
			v.Status = viewStatus(report.Warn)
		}
	}
	for _, x := range [...]struct {
		name string
		n    float64
	}{{"waiting", s.totals.waiting}, {"predictions not followed", unfollowed}} {
		if x.n > 0 {
			v.Parts = append(v.Parts, fact{x.name, whole(x.n)})
		}
	}
	return v, true
}

// modelGroup is the model as a whole; empty where nothing is known of it.
func (s *snapshot) modelGroup() *group {
	for _, g := range s.others {
		if g.subject == (report.Subject{Kind: report.KindModel}) {
			return g
		}
	}
	return &group{}
}

func (g *group) tile(name, signal string, parts []string) (tileView, bool) {
	s := g.smallest(signal)
	if s == nil {
		return tileView{}, false
	}
	v := tileView{Name: name, Value: valueOf(s), Status: viewStatus(s.Status), Spark: spark(g.pick(signal, s.Window.Scale))}
	if s.HasThreshold {
		v.Note = "threshold " + inUnit(s.Threshold, s.Unit)
	}
	for _, other := range parts {
		if p := g.smallest(other); p != nil {
			v.Parts = append(v.Parts, fact{measure(other)[len("Latency "):], valueOf(p)})
		}
	}
	return v, true
}

func countTile(name, note string, reasons []reason) tileView {
	all, shown := sum(reasons)
	v := tileView{Name: name, Value: whole(all), Note: note, Status: viewStatus(report.OK)}
	if all > 0 {
		v.Status, v.Note = viewStatus(report.Warn), ""
	}
	for _, r := range shown {
		v.Parts = append(v.Parts, fact{r.Name, r.Count})
	}
	return v
}

// qualityView is the table of data quality of the listed subjects.
type qualityView struct {
	Columns []string
	Rows    []qualityRow
}

type qualityRow struct {
	Name  string
	Cells []qualityCell
}

type qualityCell struct {
	Text   string
	Status statusView
	Loud   bool // to be marked: warning or breach
	Quiet  bool // nothing to see: none at all
}

// qualityOf has one row for each subject with a quality signal and one column
// for each measure that any of them has, at the smallest scale.
func qualityOf(groups []*group) qualityView {
	var v qualityView
	var names []string
	for _, name := range [...]string{"quality.missing", "quality.invalid", "quality.out_of_range", "quality.unseen",
		"quality.outliers", "quality.type_mismatch", "quality.distinct", "quality.constant"} {
		for _, g := range groups {
			if g.smallest(name) != nil {
				names = append(names, name)
				v.Columns = append(v.Columns, measure(name))
				break
			}
		}
	}
	for _, g := range groups {
		row, any := qualityRow{Name: label(g.subject)}, false
		for _, name := range names {
			s := g.smallest(name)
			row.Cells = append(row.Cells, qualityOfSignal(s))
			any = any || s != nil
		}
		if any {
			v.Rows = append(v.Rows, row)
		}
	}
	return v
}

func qualityOfSignal(s *report.Signal) qualityCell {
	if s == nil {
		return qualityCell{Text: none, Quiet: true}
	}
	text := valueOf(s)
	if s.Name == "quality.constant" && !s.Undefined {
		text = "no"
		if s.Value >= 1 {
			text = "yes"
		}
	}
	return qualityCell{Text: text, Status: viewStatus(s.Status), Loud: s.Status >= report.Warn, Quiet: s.Value == 0}
}

// othersView is what is neither a feature nor a prediction: the model's own
// signals, performance, fairness, segments, pairs.
type othersView struct {
	Rows []otherRow
	More string
}

type otherRow struct {
	First   bool
	Subject string
	measureView
	Words string
	Spark *plot
}

func (s *snapshot) othersView() othersView {
	var v othersView
	shown, left := 0, 0
	for _, g := range s.others {
		if g.subject.Segment != "" || g.subject.Kind == report.KindGroup || g.subject.Kind == report.KindSlice {
			continue // they have tables of their own
		}
		if shown++; shown > maxOthers {
			left++
			continue
		}
		seen := ""
		first := true
		for _, signal := range sortedSignals(g.signals)[:min(len(g.signals), 60)] {
			if signal.Name == seen || family(signal.Name) >= 0 {
				continue // the larger scales are in the JSON, performance in its own table
			}
			seen = signal.Name
			v.Rows = append(v.Rows, otherRow{
				First: first, Subject: label(g.subject), measureView: measureOf(signal),
				Words: clean(signal.Effect.Words, 120), Spark: spark(g.pick(signal.Name, signal.Window.Scale)),
			})
			first = false
		}
	}
	if left > 0 {
		v.More = plural(left, "more subject", "more subjects") + " in report.json."
	}
	return v
}
