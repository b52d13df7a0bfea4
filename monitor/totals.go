package monitor

import (
	"math"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// exportedCells is how many groups of cells are exported per feature.
const exportedCells = 10

// totalsWriter yields totals until the reader has had enough.
type totalsWriter struct {
	yield func(report.Total) bool
	more  bool
}

func (w *totalsWriter) total(t report.Total) {
	w.more = w.more && w.yield(t)
}

func (w *totalsWriter) count(name string, n uint64, attributes ...report.Attribute) {
	w.total(report.Total{Name: name, Kind: report.Counter, Value: float64(n), Attributes: attributes})
}

// predictions counts by class and by error, each prediction once: "invalid" is
// an answer that is no number or no class.
func (w *totalsWriter) predictions(p *profile.Profile) {
	g := p.Geometry()
	target, score := g.Schema().Target(), g.Schema().Len()
	class := func(name string, n uint64) {
		w.count(report.TotalPredictions, n, report.Attribute{Key: report.AttrClass, Value: name})
	}
	outcome := &p.Columns[score].Tally
	switch target.Task {
	case profile.BinaryTask:
		var negative uint64
		cells := p.Columns[score].Cells
		for i, edge := range g.Axis(score).Edges {
			if edge <= target.Threshold {
				negative += cells[i]
			}
		}
		class("negative", negative)
		class("positive", p.Columns[score].InCells()-negative)
	case profile.MulticlassTask:
		outcome = &p.Columns[score+1].Tally
		for i, name := range g.Axis(score + 1).Labels {
			class(name, outcome.Cells[i])
		}
		class("unseen", outcome.Unseen+outcome.Cells[len(outcome.Cells)-1])
	default:
		w.count(report.TotalPredictions, p.Columns[score].InCells())
	}
	failure := func(kind string, n uint64) {
		w.count(report.TotalPredictions, n, report.Attribute{Key: report.AttrError, Value: kind})
	}
	failure("error", p.Errors-p.Panics)
	failure("panic", p.Panics)
	failure("invalid", outcome.Missing+outcome.Invalid+outcome.Mismatched)
}

// latency yields the histogram of durations.
func (w *totalsWriter) latency(p *profile.Profile) {
	i := p.Geometry().Len() - 1
	w.histogram(report.TotalDuration, p.Geometry().Axis(i).Edges, &p.Columns[i])
}

// score yields the histogram of what the model answered, on the tenths.
func (w *totalsWriter) score(p *profile.Profile) {
	g := p.Geometry()
	i := g.Schema().Len()
	edges, cells := g.Axis(i).Edges, p.Columns[i].Cells
	if g.Schema().Target().Task == profile.RegressionTask || len(edges) == 0 {
		return
	}
	var bounds []float64
	for tenth := 1; tenth < 10; tenth++ {
		bounds = append(bounds, float64(tenth)/10)
	}
	coarse := profile.Column{Moments: p.Columns[i].Moments}
	coarse.Cells = make([]uint64, len(bounds)+1)
	for j, c := range cells {
		at := 0
		for at < len(bounds) && j > 0 && bounds[at] <= edges[j-1] {
			at++
		}
		coarse.Cells[at] += c
	}
	w.histogram(report.TotalScore, bounds, &coarse)
}

func (w *totalsWriter) histogram(name string, bounds []float64, c *profile.Column) {
	w.total(report.Total{
		Name: name, Kind: report.Histogram, Bounds: bounds, Counts: append([]uint64(nil), c.Cells...),
		Value: max(-math.MaxFloat64, min(math.MaxFloat64, c.Moments.Mean*float64(c.Moments.N))),
	})
}

// feature yields the counts of what is no ordinary value.
func (w *totalsWriter) feature(p *profile.Profile, i int) {
	a, c := p.Geometry().Axis(i), &p.Columns[i]
	name := report.Attribute{Key: report.AttrFeature, Value: a.Subject.Name}
	w.count(report.TotalMissing, c.Missing, name)
	w.count(report.TotalInvalid, c.Invalid+c.Mismatched, name)
	switch {
	case a.Numbers():
		w.count(report.TotalOutOfRange, c.Below+c.Above, name)
	case a.Closed():
		w.count(report.TotalOutOfRange, c.Unseen, name)
	default:
		w.count(report.TotalUnseen, c.Unseen, name)
	}
}

// cells yields the coarse counts of a feature, and the reference's shares.
func (w *totalsWriter) cells(p *profile.Profile, r *profile.Reference, i int) {
	groups := r.Coarse(i, exportedCells)
	names := r.GroupNames(i, groups)
	live := profile.Groups(groups, p.Columns[i].Cells)
	reference := profile.Groups(groups, r.Profile().Columns[i].Cells)
	var total uint64
	for _, n := range reference {
		total += n
	}
	for j, name := range names {
		attributes := []report.Attribute{
			{Key: report.AttrFeature, Value: p.Geometry().Axis(i).Subject.Name},
			{Key: report.AttrBin, Value: name},
		}
		w.total(report.Total{Name: report.TotalCells, Kind: report.Counter, Value: float64(live[j]), Attributes: attributes})
		w.total(report.Total{
			Name: report.TotalReferenceShare, Kind: report.Gauge, Attributes: attributes,
			Value: float64(reference[j]) / float64(max(1, total)),
		})
	}
}
