package binning_test

import (
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/binning"
	"github.com/tidemark-ml/tidemark/internal/golden"
)

func TestGoldenBinning(t *testing.T) {
	golden.Run(t, "binning", func(c *golden.Case) (any, error) {
		sample := c.Present("values")
		switch c.Function {
		case "histogram":
			rule, ok := ruleOf(c.Params.Text("rule"))
			if !ok {
				return nil, golden.Skip("rule not offered: " + c.Params.Text("rule"))
			}
			return histogram(sample, rule)
		case "quantiles":
			if m := c.Params.Text("method"); m != "linear (type 7)" && m != "linear" {
				return nil, golden.Skip("quantile method not offered: " + m)
			}
			var probabilities []float64
			for _, p := range asList(c.Params["probs"]) {
				f, ok := golden.Params{"p": p}.Float("p")
				if !ok {
					return nil, golden.Skip("probabilities are not numbers")
				}
				probabilities = append(probabilities, f)
			}
			return binning.Quantiles(sample, probabilities)
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

func histogram(sample []float64, rule binning.Rule) (any, error) {
	edges, err := rule.Edges(sample)
	if err != nil {
		return nil, err
	}
	counts, outside, err := binning.Histogram(sample, edges)
	if err != nil || outside != 0 {
		return nil, err
	}
	return map[string]any{"counts": counts, "n_bins": len(counts), "edges": edges,
		"first_edge": edges[0], "last_edge": edges[len(edges)-1]}, nil
}

func ruleOf(name string) (binning.Rule, bool) {
	switch name {
	case "auto":
		return binning.Rule{Method: binning.Auto}, true
	case "sturges":
		return binning.Rule{Method: binning.Sturges}, true
	case "doane":
		return binning.Rule{Method: binning.Doane}, true
	case "fd":
		return binning.Rule{Method: binning.FreedmanDiaconis}, true
	case "scott":
		return binning.Rule{Method: binning.Scott}, true
	}
	if strings.HasPrefix(name, "fixed ") {
		var cells int
		for _, r := range strings.Fields(name)[1] {
			if r < '0' || r > '9' || cells > binning.MaxCells {
				return binning.Rule{}, false
			}
			cells = 10*cells + int(r-'0')
		}
		return binning.Rule{Cells: cells}, true
	}
	return binning.Rule{}, false
}
