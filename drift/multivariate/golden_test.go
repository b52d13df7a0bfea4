package multivariate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/multivariate"
	"github.com/tidemark-ml/tidemark/internal/golden"
)

func TestGoldenMultivariate(t *testing.T) {
	golden.Run(t, "multivariate", func(c *golden.Case) (any, error) {
		reference, current := c.Columns("reference_columns"), c.Columns("current_columns")
		switch c.Function {
		case "mmd2_unbiased_rbf":
			return goldenMMD(c, reference, current)
		case "feature_wise_ks":
			return goldenKS(c, reference, current)
		case "pca_reconstruction_error":
			return goldenPCA(c, reference, current)
		}
		return nil, golden.Skip("function not offered: " + c.Function)
	})
}

func goldenMMD(c *golden.Case, reference, current [][]float64) (any, error) {
	sigma, given := c.Params.Float("sigma")
	if text := c.Params.Text("sigma"); !given && !strings.Contains(text, "median heuristic") {
		return nil, golden.Skip("another choice of sigma: " + text)
	}
	r, err := multivariate.MMD{Sigma: sigma}.Rows(rowsOf(reference), rowsOf(current))
	if err != nil {
		return nil, err
	}
	if given {
		return r.Value, nil
	}
	return map[string]any{"sigma": r.Sigma, "mmd2": r.Value}, nil
}

func goldenKS(c *golden.Case, reference, current [][]float64) (any, error) {
	level, _ := c.Params.Float("p_val")
	m := multivariate.FeatureKS{Level: level}
	correction := c.Params.Text("correction")
	if correction == "fdr" {
		m.Correction = multivariate.FDR
	}
	r, err := m.Columns(reference, current)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"is_drift": r.Rejected > 0, "p_values": r.P, "statistics": r.D, "threshold": any(r.Threshold)}
	if correction == "fdr" && r.Rejected == 0 { // the peer then returns all steps
		steps := make([]float64, len(r.P))
		for i := range steps {
			steps[i] = level * float64(i+1) / float64(len(steps))
		}
		out["threshold"] = steps
	}
	return out, nil
}

func goldenPCA(c *golden.Case, reference, current [][]float64) (any, error) {
	if text := c.Params.Text("missing"); text != "" && text != "null" && text != "<nil>" {
		return nil, golden.Skip("missing values: " + text)
	}
	if c.Params.Text("reference_f1") == "0.8*f0+0.3*f1 (of the generated columns)" {
		for i := range reference[1] {
			reference[1][i] = .8*reference[0][i] + .3*reference[1][i]
		}
	}
	share, _ := c.Params.Float("n_components")
	size, _ := c.Params.Int("chunk_size")
	ref, cur := rowsOf(reference), rowsOf(current)
	model, err := multivariate.PCA{Share: share}.Fit(ref)
	if err != nil {
		return nil, err
	}
	var values, sampling []float64
	for _, rows := range [][][]float64{ref, cur} {
		for from := 0; from < len(rows); from += size {
			mean, se, err := model.Mean(rows[from:min(from+size, len(rows))])
			if err != nil {
				return nil, err
			}
			values, sampling = append(values, mean), append(sampling, se)
		}
	}
	low, high := threeSigma(values[:len(values)/2])
	alert := make([]bool, len(values))
	for i, v := range values {
		alert[i] = v < low || v > high
	}
	return map[string]any{
		"reference_then_analysis": values, "sampling_error": sampling, "lower_threshold": low, "upper_threshold": high,
		"alert": alert, "n_components": model.Components(),
	}, nil
}

func threeSigma(v []float64) (low, high float64) {
	var sum, squares float64
	for _, x := range v {
		sum += x
	}
	mean := sum / float64(len(v))
	for _, x := range v {
		squares += (x - mean) * (x - mean)
	}
	sd := math.Sqrt(squares / float64(len(v)))
	return mean - 3*sd, mean + 3*sd
}

func rowsOf(columns [][]float64) [][]float64 {
	if len(columns) == 0 {
		return nil
	}
	rows := make([][]float64, len(columns[0]))
	for i := range rows {
		for _, column := range columns {
			rows[i] = append(rows[i], column[i])
		}
	}
	return rows
}
