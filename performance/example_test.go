package performance_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/performance"
)

// A measure of single rows: value and 95 % interval.
func ExampleSampleScores() {
	truths := []bool{true, true, true, false, true, false, false, false}
	scores := []float64{.9, .8, .7, .6, .4, .3, .2, .1}
	s, err := performance.SampleScores(truths, scores, .5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range []performance.BinaryMetric{performance.Accuracy{}, performance.AUC{}, performance.Brier{}} {
		f := m.Of(s)
		fmt.Printf("%s %.3f, %.2f to %.2f\n", m.Name(), f.Value, f.Low, f.High)
	}
	// Output:
	// accuracy 0.750, 0.41 to 0.93
	// roc_auc 0.938, 0.44 to 1.00
	// brier 0.125, 0.00 to 0.25
}

// A figure that does not exist says why.
func ExampleFigure() {
	s, _ := performance.SampleScores([]bool{false, false}, []float64{.2, .3}, .5)
	fmt.Println(performance.Recall{}.Of(s).Undefined)
	// Output: no positive rows (0/0)
}

// Estimates need no labels of the window: rates of score cells come from labelled
// rows of before.
func ExampleCBPE() {
	known := performance.Scores{Positive: 1, Cells: []performance.ScoreCell{
		{N: [2]float64{900, 100}, Score: [2]float64{180, 20}},
		{N: [2]float64{200, 800}, Score: [2]float64{140, 560}},
	}}
	c := performance.NewCBPE(known, []float64{.5}, performance.Always)
	window := []float64{200, 800} // rows by cell: the model now says yes more often
	f := c.Estimate(performance.Accuracy{}, window)
	fmt.Printf("accuracy about %.2f, %.2f to %.2f\n", f.Value, f.Low, f.High)
	// Output: accuracy about 0.82, 0.79 to 0.85
}

// Ranking figures of a query go into a monitor as business figures.
func ExampleRanking() {
	q, ok := performance.Ranking{K: 3}.Of([]float64{0, 2, 0, 1})
	fmt.Printf("%t: NDCG@3 %.2f, reciprocal rank %.2f, recall@3 %.2f\n", ok, q.NDCG, q.ReciprocalRank, q.Recall)
	// Output: true: NDCG@3 0.48, reciprocal rank 0.50, recall@3 0.50
}
