package quality

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Operation reports how the model serves: latency quantiles
// ("operation.latency_p50", p95, p99), predictions a second
// ("operation.throughput") and the share that failed ("operation.error_rate").
//
// The error rate is evidence: P is the exact binomial probability of at least so
// many failures if the true rate were Tolerated or the reference's upper 97.5 %
// bound, whichever is larger. The others describe; quantiles are those of the
// measured calls and need a window of one pane.
type Operation struct {
	// Tolerated is the error rate that is never a breach; 0 means .01.
	Tolerated float64
}

// Evaluate implements monitor.Evaluator.
func (o Operation) Evaluate(c profile.Comparison) []report.Signal {
	if c.Window.Scale > 1 {
		return nil
	}
	signals := append(latency(c), o.errors(c))
	s := model(c, "operation.throughput")
	if seconds := c.Window.Duration().Seconds(); seconds > 0 {
		s.Value = float64(c.Current.Rows) / seconds
	} else {
		s = undefined(s, "the window has no duration")
	}
	return append(signals, s)
}

func latency(c profile.Comparison) (signals []report.Signal) {
	i := len(c.Current.Columns) - 1
	now, before := &c.Current.Columns[i], &c.Reference.Profile().Columns[i]
	for _, q := range [...]struct {
		name string
		q    float64
	}{{"operation.latency_p50", .5}, {"operation.latency_p95", .95}, {"operation.latency_p99", .99}} {
		s := model(c, q.name)
		s.Reference, s.Current = before.Valid(), now.Valid()
		value, ok := 0.0, false
		if now.Quantiles != nil {
			value, ok = now.Quantiles.Quantile(q.q)
		}
		if s.Value = value; !ok {
			s = undefined(s, "no latency was measured")
		}
		if before.Quantiles != nil {
			s.Floor, _ = before.Quantiles.Quantile(q.q)
		}
		signals = append(signals, s)
	}
	return signals
}

func (o Operation) errors(c profile.Comparison) report.Signal {
	s := model(c, "operation.error_rate")
	now := Rate{c.Current.Errors, c.Current.Rows}
	value, ok := now.Share()
	if !ok {
		return undefined(s, "no predictions in this window")
	}
	s.Value, s.Evidence = value, report.Operational
	tolerated := o.Tolerated
	if tolerated == 0 {
		tolerated = .01
	}
	whole := c.Reference.Profile()
	if bound, err := stat.ClopperPearson(int64(whole.Errors), int64(whole.Rows), .95); err == nil && whole.Errors > 0 {
		tolerated = max(tolerated, bound.Upper)
	}
	s.P, s.HasP = stat.BinomialUpper(int64(now.Count), int64(now.Total), tolerated), true
	s.Critical = report.CriticalValues(func(alpha float64) float64 {
		return stat.BetaUpperQuantile(alpha, tolerated*float64(now.Total)+1, (1-tolerated)*float64(now.Total)+1)
	})
	s.Effect = report.Effect{
		Component: "errors", Size: value, Words: fmt.Sprintf("%s of predictions fail (tolerated: %s)", percent(value), percent(tolerated)),
	}
	return s
}
