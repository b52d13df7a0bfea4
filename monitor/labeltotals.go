package monitor

import (
	"slices"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/report"
)

// outcomeTotals yields what became of labels, what came true, and the business
// figures. It may be called without the mutex.
func (k *keeper) outcomeTotals(w *totalsWriter) {
	s := k.intake.joined()
	labels := k.intake.labels
	fate := func(name string, n uint64) {
		w.count(report.TotalLabels, n, report.Attribute{Key: report.AttrFate, Value: name})
	}
	for f := join.Matched; f < join.Waiting; f++ {
		fate(f.String(), s.fates[f])
	}
	fate("complete", s.complete)
	fate("invalid", labels.invalid.Load())
	fate("dropped", labels.dropped[0].Load())
	w.total(report.Total{Name: report.TotalLabelsWaiting, Kind: report.Gauge, Value: float64(s.fates[join.Waiting])})
	w.count(report.TotalUnfollowed, s.sampled, report.Attribute{Key: report.AttrReason, Value: "sampled"})
	w.count(report.TotalUnfollowed, s.repeated, report.Attribute{Key: report.AttrReason, Value: "repeated_id"})
	s.counts.write(w, k.schema.Target())
	for i, kpi := range k.config.kpis {
		name := report.Attribute{Key: report.AttrKPI, Value: kpi.Name}
		w.sum(report.TotalKPI, s.kpis[i].positive, name, report.Attribute{Key: report.AttrSign, Value: "positive"})
		w.sum(report.TotalKPI, s.kpis[i].negative, name, report.Attribute{Key: report.AttrSign, Value: "negative"})
		w.count(report.TotalKPICount, s.kpis[i].n, name)
	}
}

// joinedTotals is a copy of what the joiner counts.
type joinedTotals struct {
	fates             join.Fates
	complete          uint64
	sampled, repeated uint64
	counts            outcomeCounts
	kpis              []kpiTotal
}

func (in *intake) joined() joinedTotals {
	in.mu.Lock()
	defer in.mu.Unlock()
	q := in.join
	s := joinedTotals{
		fates: q.table.Fates(), complete: q.rows, sampled: q.table.Dropped(), repeated: q.table.Repeated(),
		counts: q.counts, kpis: slices.Clone(q.kpis.total),
	}
	s.counts.binary, s.counts.truths = slices.Clone(q.counts.binary), slices.Clone(q.counts.truths)
	return s
}

func (in *intake) lateKPIs() uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.join.kpis.late
}

// tally yields the totals of something beside the monitor, which may panic.
func (k *keeper) tally(w *totalsWriter, t report.Tallier) {
	err := guard(partOf("tallier", t), func() error {
		for total := range t.Totals() {
			if !w.more {
				return nil
			}
			w.total(total)
		}
		return nil
	})
	if err != nil {
		k.fail("tallier", err)
	}
}
