package performance

import (
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Charts returns the confusion matrix of the window, rows by decision.
func (b Binary) Charts(c profile.Comparison) []report.Chart {
	if c.Current == nil {
		return nil
	}
	s, ok := OutcomeScores(c.Current.Outcomes)
	if !ok {
		return nil
	}
	n := s.Confusion()
	return confusionChart(c, []string{"negative", "positive"}, []float64{n.TN, n.FN, n.FP, n.TP})
}

// Charts returns the confusion matrix of the window, rows by decision.
func (m Multiclass) Charts(c profile.Comparison) []report.Chart {
	if c.Current == nil {
		return nil
	}
	classes, ok := OutcomeClasses(c.Current.Outcomes)
	if !ok {
		return nil
	}
	return confusionChart(c, classes.Names, classes.Confusion)
}

func confusionChart(c profile.Comparison, names []string, counts []float64) []report.Chart {
	chart := report.Chart{
		Kind: report.Matrix, Name: "performance.confusion", Title: "Decisions and truths",
		Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
		XLabel: "truth", YLabel: "decided", Labels: names, Columns: names, Counts: make([][]uint64, len(names)),
	}
	total := 0.0
	for d := range names {
		chart.Counts[d] = make([]uint64, len(names))
		for y := range names {
			n := counts[d*len(names)+y]
			chart.Counts[d][y], total = uint64(n), total+n
		}
	}
	if total == 0 {
		return nil
	}
	return []report.Chart{chart}
}
