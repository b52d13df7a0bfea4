package dashboard

import "github.com/tidemark-ml/tidemark/report"

const (
	maxPanels     = 12
	maxPanelRows  = 60
	maxPanelFacts = 24
)

// panelView is a block that something beside the monitor shows: a rollout, a
// guard, a review queue.
type panelView struct {
	ID, Title, State, Text string
	Status                 statusView
	Facts                  []panelFact
	Tables                 []report.Table
	Figures                []figureView
}

type panelFact struct {
	Name, Text string
	Status     statusView
	Loud       bool
}

// panelsOf asks each for its panel. One that panics shows a sentence instead.
func panelsOf(panelers []report.Paneler) []panelView {
	var views []panelView
	for _, p := range panelers[:min(len(panelers), maxPanels)] {
		if p == nil {
			continue
		}
		panel := ask(p)
		v := panelView{
			ID: "p" + digest(panel.Title), Title: clean(panel.Title, 120), State: clean(panel.State, 60),
			Text: clean(panel.Text, 400), Status: viewStatus(panel.Status),
		}
		for _, f := range panel.Facts[:min(len(panel.Facts), maxPanelFacts)] {
			v.Facts = append(v.Facts, panelFact{clean(f.Name, 60), clean(f.Value, 120), viewStatus(f.Status), f.Status >= report.Warn})
		}
		for _, t := range panel.Tables {
			v.Tables = append(v.Tables, tidy(t))
		}
		v.Figures, _ = figures(panel.Charts, maxReportCharts)
		views = append(views, v)
	}
	return views
}

func ask(p report.Paneler) (panel report.Panel) {
	defer func() {
		if recover() != nil {
			panel = report.Panel{Title: "Panel", State: "failed", Status: report.Warn, Text: "What this panel shows panicked when it was asked."}
		}
	}()
	return p.Panel()
}

// tidy makes a table fit to be shown: rows as long as there are columns.
func tidy(t report.Table) report.Table {
	out := report.Table{Title: clean(t.Title, 120)}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, clean(c, 60))
	}
	for _, row := range t.Rows[:min(len(t.Rows), maxPanelRows)] {
		cells := make([]string, len(out.Columns))
		for i := range cells {
			if i < len(row) {
				cells[i] = clean(row[i], 200)
			}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
