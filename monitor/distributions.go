package monitor

import (
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// distributions returns reference and current counts of every column for pages.
// Sensitive features are left out.
func distributions(reference *profile.Reference, current *profile.Profile) []report.Distribution {
	if reference == nil {
		return nil
	}
	var out []report.Distribution
	c := profile.Comparison{Reference: reference, Current: current}
	for p := range c.Inputs() {
		if p.Axis.Feature.Sensitive {
			continue
		}
		d := report.Distribution{
			Subject: p.Axis.Subject, Edges: p.Axis.Edges,
			Reference: slices.Clone(p.Reference.Cells), Current: slices.Clone(p.Current.Cells),
			Missing: [2]uint64{p.Reference.Missing, p.Current.Missing},
			Invalid: [2]uint64{p.Reference.Invalid + p.Reference.Mismatched, p.Current.Invalid + p.Current.Mismatched},
		}
		if q := p.Reference.Quantiles; q != nil {
			d.Low, _ = q.Quantile(.001)
			d.High, _ = q.Quantile(.999)
		}
		if !p.Axis.Numbers() {
			d.Edges, d.Labels = nil, append(slices.Clone(p.Axis.Labels), "other", "unseen")
			d.Reference = append(d.Reference, p.Reference.Unseen)
			d.Current = append(d.Current, p.Current.Unseen)
		}
		out = append(out, d)
	}
	return out
}
