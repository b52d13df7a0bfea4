package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// NDCG is the normalised discounted cumulative gain of an order of features
// against the gains of the reference, in [0, 1]: 1 where the features are ranked
// as the reference ranks them, and the less the more important the features that
// moved. With gain[i] the reference's mean |attribution| of feature i and now[i]
// the current one,
//
//	DCG = Σ gain(i-th feature by now)/log₂(i+1),  NDCG = DCG/(DCG by gain itself)
//
// (Järvelin and Kekäläinen 2002; Amazon SageMaker Clarify calls below .90 a
// violation). Features with equal values keep their order. It is false where the
// slices are empty or not of one length, a value is negative or not finite, or no
// feature has a gain.
func NDCG(gain, now []float64) (ndcg float64, ok bool) {
	if len(gain) == 0 || len(gain) != len(now) {
		return 0, false
	}
	for i := range gain {
		if !(gain[i] >= 0 && now[i] >= 0) || math.IsInf(gain[i], 1) || math.IsInf(now[i], 1) {
			return 0, false
		}
	}
	ideal := discounted(gain, ranked(gain))
	if !(ideal > 0) {
		return 0, false
	}
	return min(1, discounted(gain, ranked(now))/ideal), true
}

func discounted(gain []float64, order []int) (sum float64) {
	for i, f := range order {
		sum += gain[f] / math.Log2(float64(i+2))
	}
	return sum
}

// ranked orders features by value, the largest first.
func ranked(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return order
}

// Attribution is the evaluator of what features contribute to the scores, where
// the application gives attributions row by row ([profile.Row.Attributions]).
//
// "explain.attribution_ndcg" is the [NDCG] of the current ranks. It decides:
// P is that of a loss of order so large as the reference's own blocks show it,
//
//	t = (ln(1−NDCG+c) − mean)/(sd·√(1+1/B)),  c = 1e-4
//
// over windows as large as this one, with Student's tail; the logarithm because
// the loss is small, positive and skewed. A loss of at most MinLoss has P = 1. Its
// Floor is what the blocks have on average, and its threshold stands for the
// largest NDCG that would have been a breach.
//
// "explain.attribution" is the mean |attribution| of each feature, with its rank
// now and in the reference in words. It describes.
//
// Without time blocks that have attributions there is no P, and a warning. Fewer
// than MinRows rows with attributions are undefined.
type Attribution struct {
	// MinLoss is the loss of order not worth an alarm: 0 means .01 (an NDCG of
	// .99), a negative value none.
	MinLoss float64
	// MinRows is how many rows with attributions a window needs; 0 means 50.
	MinRows uint64
}

const (
	lossFloor     = 1e-4
	leastBlocks   = 5 // disjoint windows that a spread is learned from
	defaultRows   = 50
	defaultLoss   = .01
	narrowestSD   = .25 // of ln(1−NDCG): blocks that agree perfectly are not perfectly known
	ndcgName      = "explain.attribution_ndcg"
	attributeName = "explain.attribution"
)

// Evaluate returns the signals; none where no row has attributions.
func (a Attribution) Evaluate(c profile.Comparison) []report.Signal {
	if c.Reference == nil || c.Current == nil || len(c.Reference.Profile().Attributions) == 0 || len(c.Current.Attributions) == 0 {
		return nil
	}
	if a.MinRows == 0 {
		a.MinRows = defaultRows
	}
	if a.MinLoss == 0 {
		a.MinLoss = defaultLoss
	}
	gain, before := means(c.Reference.Profile())
	now, rows := means(c.Current)
	signals := []report.Signal{a.order(c, gain, now, before, rows)}
	if rows >= a.MinRows {
		signals = append(signals, features(c, gain, now)...)
	}
	return signals
}

// means are the mean |attribution| of each feature, and the rows they rest on.
func means(p *profile.Profile) (means []float64, rows uint64) {
	means = make([]float64, p.Geometry().Schema().Len())
	for i, a := range p.Attributions {
		if i < len(means) {
			means[i], _ = a.MeanAbsolute()
			rows = max(rows, a.N)
		}
	}
	return means, rows
}

func (a Attribution) order(c profile.Comparison, gain, now []float64, before, rows uint64) report.Signal {
	s := report.Signal{
		Name: ndcgName, Unit: report.UnitOf(ndcgName), Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
		Evidence: report.Attribution, Reference: before, Current: rows,
	}
	value, ok := NDCG(gain, now)
	if rows < a.MinRows || before < a.MinRows || !ok {
		s.Undefined = true
		s.Warnings = []report.Warning{{Code: report.WarnSmallSample, Text: fmt.Sprintf(
			"%d rows with attributions, %d in the reference; %d are needed of each, and a feature that contributes", rows, before, a.MinRows)}}
		return s
	}
	s.Value = value
	s.Effect = report.Effect{Component: "ranks", Size: value - 1, Words: rankWords(c.Reference.Schema(), gain, now)}
	spread := spreadOf(c, gain)
	if spread.blocks < leastBlocks {
		s.Floor = 1
		s.Warnings = append(s.Warnings, report.Warning{Code: report.WarnNoBlocks,
			Text: "too few time blocks of the reference have attributions, so how much ranks wander by themselves is not known"})
		return s
	}
	s.Floor = 1 - max(0, math.Exp(spread.mean)-lossFloor)
	s.P, s.HasP = 1, true
	if loss := 1 - value; loss > a.MinLoss {
		s.P = stat.StudentSF(spread.t(loss), spread.freedom())
	}
	return s
}

// spread is how ln(1−NDCG+c) varies over windows of the reference.
type spread struct {
	mean, sd float64
	blocks   int // disjoint
}

func (s spread) freedom() float64 { return float64(max(2, s.blocks-1)) }

func (s spread) t(loss float64) float64 {
	return (math.Log(loss+lossFloor) - s.mean) / (s.sd * math.Sqrt(1+1/float64(s.blocks)))
}

type spreadKey struct{ scale int }

// spreadOf estimates the spread over windows as large as the current one, or the
// widest of which there are enough.
func spreadOf(c profile.Comparison, gain []float64) spread {
	panes := c.Reference.Panes()
	if len(panes) < leastBlocks {
		return spread{}
	}
	scale := int(math.Round(float64(c.Current.Rows) / float64(max(1, panes[0].Rows))))
	scale = max(1, min(scale, len(panes)/leastBlocks))
	out, _ := c.Reference.Memo(spreadKey{scale}, func() any {
		var losses []float64
		for window := range c.Reference.Windows(scale) {
			now, rows := means(window)
			if v, ok := NDCG(gain, now); ok && rows > 0 {
				losses = append(losses, math.Log(1-v+lossFloor))
			}
		}
		if len(losses) == 0 {
			return spread{}
		}
		var sum, squares float64
		for _, l := range losses {
			sum += l
		}
		mean := sum / float64(len(losses))
		for _, l := range losses {
			squares += (l - mean) * (l - mean)
		}
		sd := math.Sqrt(squares / float64(max(1, len(losses)-1)))
		return spread{mean, max(sd, narrowestSD), len(losses) / scale}
	}).(spread)
	return out
}

// features describe the attribution of each feature.
func features(c profile.Comparison, gain, now []float64) (signals []report.Signal) {
	then, rank := positions(gain), positions(now)
	for i := range now {
		a := c.Current.Attributions[i]
		if a.N == 0 {
			continue
		}
		name := c.Reference.Schema().Feature(i).Name
		s := report.Signal{
			Name: attributeName, Unit: report.UnitOf(attributeName), Subject: report.Subject{Kind: report.KindFeature, Name: name},
			Window: c.Window, Value: now[i], Floor: gain[i], Current: a.N, Reference: c.Reference.Profile().Attributions[i].N,
		}
		half := 1.96 * math.Sqrt(max(0, a.Squares/float64(a.N)-now[i]*now[i])/float64(a.N))
		s.Effect = report.Effect{
			Component: "attribution", Size: now[i], Low: now[i] - half, High: now[i] + half,
			Words: fmt.Sprintf("rank %d → %d, mean |attribution| %.3g → %.3g", then[i], rank[i], gain[i], now[i]),
		}
		signals = append(signals, s)
	}
	return signals
}

// positions are the ranks of features, from 1.
func positions(values []float64) []int {
	out := make([]int, len(values))
	for rank, f := range ranked(values) {
		out[f] = rank + 1
	}
	return out
}

// rankWords names the three features whose change of rank costs most.
func rankWords(schema *profile.Schema, gain, now []float64) string {
	then, rank := positions(gain), positions(now)
	cost := make([]float64, len(gain))
	for i := range gain {
		d := 1/math.Log2(float64(then[i]+1)) - 1/math.Log2(float64(rank[i]+1))
		cost[i] = math.Abs(d) * max(gain[i], now[i])
	}
	text := ""
	for k, i := range ranked(cost) {
		if k == 3 || cost[i] == 0 {
			break
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s from rank %d to %d", schema.Feature(i).Name, then[i], rank[i])
	}
	if text == "" {
		return "ranks as in the reference"
	}
	return text
}
