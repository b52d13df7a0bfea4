package binning_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/drift/binning"
)

// Every value lands in exactly one cell of its own edges, whatever the rule.
func TestHistogramCountsEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for trial := range 200 {
		sample := make([]float64, 1+r.IntN(300))
		for i := range sample {
			sample[i] = math.Ldexp(r.NormFloat64(), trial-100)
			if trial%3 == 0 {
				sample[i] = math.Round(2 * r.NormFloat64())
			}
		}
		for _, rule := range []binning.Rule{{}, {Method: binning.Sturges}, {Method: binning.Doane}, {Method: binning.FreedmanDiaconis}, {Method: binning.Scott}, {Cells: 7}} {
			edges, err := rule.Edges(sample)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSorted(edges) || edges[0] > slices.Min(sample) || edges[len(edges)-1] < slices.Max(sample) {
				t.Fatalf("%+v: edges %v", rule, edges)
			}
			counts, outside, err := binning.Histogram(sample, edges)
			if err != nil || outside != 0 || total(counts) != uint64(len(sample)) {
				t.Errorf("%+v, trial %d: %d counted, %d outside of %d, %v", rule, trial, total(counts), outside, len(sample), err)
			}
		}
	}
}

func total(counts []uint64) (sum uint64) {
	for _, c := range counts {
		sum += c
	}
	return sum
}

func TestTwoSampleLayouts(t *testing.T) {
	reference := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
	current := []float64{-5, 3, 3, 40}
	ref, cur, err := binning.Evidently(reference, current) // 21 distinct values: Sturges over both
	if err != nil || total(ref) != 21 || total(cur) != 4 || len(ref) != 6 {
		t.Errorf("Evidently: %v, %v, %v", ref, cur, err)
	}
	ref, cur, err = binning.Evidently(reference[:20], current) // 20: one cell per value
	if err != nil || len(ref) != 22 || cur[0] != 1 || cur[4] != 2 || cur[21] != 1 {
		t.Errorf("Evidently by value: %v, %v, %v", ref, cur, err)
	}
	ref, cur, err = binning.NannyML(reference, current)
	if err != nil || ref[len(ref)-1] != 0 || cur[len(cur)-1] != 2 || total(ref) != 21 || total(cur) != 4 {
		t.Errorf("NannyML: %v, %v, %v", ref, cur, err)
	}
}

func TestErrors(t *testing.T) {
	nan := []float64{1, math.NaN()}
	for name, err := range map[string]error{
		"edges of NaN":      second(binning.Rule{}.Edges(nan)),
		"edges of infinity": second(binning.Rule{}.Edges([]float64{math.Inf(1)})),
		"edges overflow":    second(binning.Rule{Cells: 2}.Edges([]float64{-math.MaxFloat64, math.MaxFloat64})),
		"edges too narrow":  second(binning.Rule{Cells: 2}.Edges([]float64{1e300})),
		"quantiles of none": second(binning.Quantiles(nil, []float64{0.5})),
		"quantiles of NaN":  second(binning.Quantiles(nan, []float64{0.5})),
		"histogram of NaN":  third(binning.Histogram(nan, []float64{0, 1})),
		"empty reference":   third(binning.Evidently(nil, []float64{1})),
		"empty current":     third(binning.NannyML([]float64{1}, nil)),
		"NaN current":       third(binning.NannyML([]float64{1}, nan)),
	} {
		if !errors.Is(err, binning.ErrSample) {
			t.Errorf("%s: %v", name, err)
		}
	}
	far := append(make([]float64, 100), 1e-9, 2e-9, 1e12)
	for i := range far[:100] {
		far[i] = float64(i) * 1e-9
	}
	for name, err := range map[string]error{
		"negative cells":  second(binning.Rule{Cells: -1}.Edges(nan[:1])),
		"unknown method":  second(binning.Rule{Method: 99}.Edges(nan[:1])),
		"too many cells":  second(binning.Rule{Method: binning.FreedmanDiaconis}.Edges(far)),
		"one edge":        third(binning.Histogram(nan[:1], []float64{0})),
		"unsorted edges":  third(binning.Histogram(nan[:1], []float64{1, 0})),
		"probability 1.5": second(binning.Quantiles(nan[:1], []float64{1.5})),
		"probability NaN": second(binning.Quantiles(nan[:1], []float64{math.NaN()})),
	} {
		if !errors.Is(err, binning.ErrRule) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if edges, err := (binning.Rule{}).Edges(nil); err != nil || !slices.Equal(edges, []float64{0, 1}) {
		t.Errorf("edges of nothing: %v, %v", edges, err)
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }
