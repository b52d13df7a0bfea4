package fairness

import "github.com/tidemark-ml/tidemark/profile"

// measure is a mean over the rows of a group: of zeros and ones, a rate, or of
// numbers. Names that are empty are not reported.
type measure struct {
	rate, gap, ratio, drift string
	words                   string // "selected": for "selected 12 %, the rest 24 %"
	title                   string // of a chart
	of                      func(*profile.Profile, int) profile.Sum
	numbers                 bool // not a rate
	decides                 bool
	extremes                bool // fairlearn's disparities are reported
}

// sum is the measure in group i of p; empty where p does not count groups.
func (m *measure) sum(p *profile.Profile, i int, l labels) profile.Sum {
	if p == nil || l.rows(p, i) == 0 {
		return profile.Sum{}
	}
	return m.of(p, i)
}

func sumOf(r Rate) profile.Sum {
	return profile.Sum{N: r.Total, Sum: float64(r.Count), Squares: float64(r.Count)}
}

func rateOf(s profile.Sum) Rate { return Rate{Count: uint64(s.Sum), Total: s.N} }

// less is s without part.
func less(s, part profile.Sum) profile.Sum {
	return profile.Sum{N: s.N - min(s.N, part.N), Sum: s.Sum - part.Sum, Squares: s.Squares - part.Squares}
}

var selection = measure{
	rate: "fairness.selection_rate", gap: "fairness.demographic_parity", ratio: "fairness.disparate_impact",
	drift: "fairness.demographic_parity_drift", words: "selected", title: "Selection rate", decides: true, extremes: true,
	of: func(p *profile.Profile, i int) profile.Sum {
		return sumOf(Rate{p.Groups[i].Selected, p.Groups[i].Rows})
	},
}

var score = measure{
	gap: "fairness.score_gap", words: "mean score", title: "Mean score", numbers: true,
	of: func(p *profile.Profile, i int) profile.Sum { return p.Groups[i].Score },
}

func ofConfusion(rate func(Confusion) Rate) func(*profile.Profile, int) profile.Sum {
	return func(p *profile.Profile, i int) profile.Sum {
		return sumOf(rate(Confusion(p.Outcomes.Groups[i].Confusion)))
	}
}

var binaryOutcomes = []measure{
	{
		rate: "fairness.true_positive_rate", gap: "fairness.equal_opportunity", ratio: "fairness.true_positive_rate_ratio",
		drift: "fairness.equal_opportunity_drift", words: "positives found", title: "True positive rate", decides: true, extremes: true,
		of: ofConfusion(Confusion.TruePositive),
	}, {
		rate: "fairness.false_positive_rate", gap: "fairness.predictive_equality", ratio: "fairness.false_positive_rate_ratio",
		drift: "fairness.predictive_equality_drift", words: "negatives selected", title: "False positive rate", decides: true,
		of: ofConfusion(Confusion.FalsePositive),
	}, {
		rate: "fairness.precision", gap: "fairness.predictive_parity", ratio: "fairness.precision_ratio",
		words: "selected rightly", title: "Precision", of: ofConfusion(Confusion.Precision),
	}, calibration,
}

var calibration = measure{
	rate: "fairness.calibration_gap", words: "score less truth", title: "Mean score less truth", numbers: true,
	of: func(p *profile.Profile, i int) profile.Sum { return p.Outcomes.Groups[i].Error },
}

var regressionLoss = measure{
	gap: "fairness.error_gap", drift: "fairness.error_gap_drift", words: "mean loss", title: "Mean loss", numbers: true, decides: true,
	of: func(p *profile.Profile, i int) profile.Sum { return p.Outcomes.Groups[i].Loss },
}

var wrongClass = measure{
	rate: "fairness.error_rate", gap: "fairness.error_gap", drift: "fairness.error_gap_drift",
	words: "wrong", title: "Share of wrong classes", decides: true,
	of: func(p *profile.Profile, i int) profile.Sum { return p.Outcomes.Groups[i].Wrong },
}

func unlabelledMeasures(task profile.Task) []measure {
	switch task {
	case profile.BinaryTask:
		return []measure{selection, score}
	case profile.RegressionTask:
		return []measure{score}
	}
	return nil
}

func labelledMeasures(task profile.Task) []measure {
	switch task {
	case profile.BinaryTask:
		return binaryOutcomes
	case profile.RegressionTask:
		return []measure{regressionLoss, calibration}
	}
	return []measure{wrongClass}
}
