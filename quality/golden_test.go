package quality_test

import (
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/golden"
	"github.com/tidemark-ml/tidemark/quality"
)

func TestGoldenDataQuality(t *testing.T) {
	golden.Run(t, "data_quality", func(c *golden.Case) (any, error) {
		switch c.Function {
		case "summary":
			return summary(c)
		case "missing_values", "out_of_range", "unseen_values":
		default:
			return nil, golden.Skip("function not offered: " + c.Function)
		}
		size, ok := c.Params.Int("chunk_size")
		if !ok || size < 1 {
			return nil, golden.Skipf("chunking not offered: %s", c.Params)
		}
		normalize, _ := c.Params.Bool("normalize")
		rates, err := perChunk(c, size)
		if err != nil {
			return nil, err
		}
		if !normalize {
			counts := make([]uint64, len(rates))
			for i, r := range rates {
				counts[i] = r.Count
			}
			return counts, nil
		}
		shares := make([]float64, len(rates))
		for i, r := range rates {
			shares[i], _ = r.Share() // a chunk is never empty
		}
		return shares, nil
	})
}

func perChunk(c *golden.Case, size int) (rates []quality.Rate, err error) {
	labels, missing := c.Labels("current")
	switch c.Function {
	case "missing_values":
		for mask := range slices.Chunk(missing, size) {
			rates = append(rates, quality.Missing(mask))
		}
	case "out_of_range":
		valid, err := quality.RangeOf(c.Floats("reference"))
		if err != nil {
			return nil, err
		}
		for values := range slices.Chunk(c.Floats("current"), size) {
			below, above, err := valid.Outside(values)
			if err != nil {
				return nil, err
			}
			rates = append(rates, quality.Rate{Count: below.Count + above.Count, Total: below.Total})
		}
	case "unseen_values":
		reference, gaps := c.Labels("reference")
		if slices.Contains(missing, true) && !slices.Contains(gaps, true) {
			return nil, golden.Skip("a null counted as unseen not offered (it is missing, one fault, one alarm)")
		}
		known := quality.KnownOf(reference, gaps)
		for start := 0; start < len(labels); start += size {
			end := min(start+size, len(labels))
			rates = append(rates, known.Unseen(labels[start:end], missing[start:end]))
		}
	}
	return rates, nil
}

func summary(c *golden.Case) (any, error) {
	s, err := quality.Summarise(c.Present("values"))
	if err != nil {
		return nil, err
	}
	optional := func(v float64, ok bool) any {
		if !ok {
			return golden.Undefined{}
		}
		return v
	}
	return map[string]any{
		"mean": s.Mean, "min": s.Min, "max": s.Max, "median": s.Median,
		"std_ddof0": s.PopulationSD(), "std_ddof1": optional(s.SampleSD()),
		"skew_biased": optional(s.Skewness()), "kurtosis_excess_biased": optional(s.ExcessKurtosis()),
	}, nil
}
