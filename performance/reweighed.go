package performance

import (
	"errors"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Reweighed estimates the performance of a binary model without labels for the
// population at hand, by [PAPE], at the close of one-pane windows: "reweighed.NAME".
// It describes, beside what [Estimated] says, and where the two differ covariates
// have moved inside score cells. It needs a reference that was built with
// [profile.KeepRows] and truths; without it says nothing. Every signal warns of the
// assumption, that the truth depends on the features as it did; where the window
// looks like nothing the reference knows it is undefined and says so.
//
// It costs some tens of milliseconds for 5,000 rows on either side. Its zero value
// is ready; it may be used concurrently.
type Reweighed struct {
	PAPE
	Metrics []BinaryMetric // nil means accuracy, F1 and ROC AUC
}

// reweighedPrefix begins the names of the signals.
const reweighedPrefix = "reweighed."

// Evaluate returns the estimates for a window of one pane.
func (e Reweighed) Evaluate(c profile.Comparison) (signals []report.Signal) {
	if c.Reference == nil || c.Current == nil || c.Window.Scale > 1 || c.Reference.Schema().Target().Task != profile.BinaryTask {
		return nil
	}
	known, window := c.Reference.Profile().Reservoir, c.Current.Reservoir
	if known.Len() == 0 || window.Len() == 0 {
		return nil
	}
	cbpe, err := e.Calibrate(c.Reference.Geometry(), labelledRows(known), cellsOf(window))
	metrics := e.Metrics
	if metrics == nil {
		metrics = []BinaryMetric{Accuracy{}, F{}, AUC{}}
	}
	counts := c.Current.Columns[c.Reference.Schema().Len()].Cells
	rows := make([]float64, len(counts))
	for i, n := range counts {
		rows[i] = float64(n)
	}
	for _, m := range metrics {
		s := report.Signal{
			Name: reweighedPrefix + m.Name(), Unit: report.UnitOf(reweighedPrefix + m.Name()),
			Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
			Reference: uint64(known.Len()), Current: uint64(window.Len()),
			Warnings: []report.Warning{{Code: report.WarnEstimated, Text: "assumes that the truth depends on the features as in the reference"}},
		}
		signals = append(signals, reweighed(s, cbpe, m, rows, err))
	}
	return signals
}

// reweighed fills in the figure, or why there is none.
func reweighed(s report.Signal, cbpe *CBPE, m BinaryMetric, rows []float64, err error) report.Signal {
	if err == nil {
		f := cbpe.Estimate(m, rows)
		if f.Defined() {
			s.Value, s.Effect.Low, s.Effect.High = f.Value, f.Low, f.High
			return s
		}
		err = errors.New(f.Undefined)
	}
	s.Undefined = true
	s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnUndefined, Text: err.Error()})
	return s
}

// labelledRows are the rows of a sample whose truth is known.
func labelledRows(r *profile.Reservoir) (rows []profile.Joined) {
	for j := range r.Rows() {
		if j.Known {
			row := *j
			row.Cells = slices.Clone(j.Cells)
			rows = append(rows, row)
		}
	}
	return rows
}

func cellsOf(r *profile.Reservoir) (cells [][]uint8) {
	for j := range r.Rows() {
		cells = append(cells, slices.Clone(j.Cells))
	}
	return cells
}
