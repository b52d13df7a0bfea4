package explain_test

import (
	"fmt"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// The error rate rose from 14 to 17.6 %, and nothing within the channels changed.
func ExampleDecompose() {
	rows := func(n uint64, rate float64) profile.Sum {
		return profile.Sum{N: n, Sum: float64(n) * rate, Squares: float64(n) * rate}
	}
	before := []profile.Sum{rows(8000, .10), rows(2000, .30)} // branch, web
	after := []profile.Sum{rows(6200, .10), rows(3800, .30)}
	d, err := explain.Decompose(before, after)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("change %+.3f = mix %+.3f + within %+.3f\n", d.Change, d.Mix, d.Within)
	fmt.Printf("mix within ±%.3f\n", 1.96*d.MixSE)
	// Output:
	// change +0.036 = mix +0.036 + within +0.000
	// mix within ±0.003
}

func ExampleNDCG() {
	reference := []float64{.42, .31, .12, .02} // mean |attribution| by feature
	now := []float64{.11, .33, .40, .02}
	v, _ := explain.NDCG(reference, now)
	fmt.Printf("%.3f\n", v)
	// Output: 0.781
}

// A report whose evidence is a feature beyond anything the reference has shown.
func ExampleDiagnose() {
	shift := func(feature string, value float64, status report.Status, words string) report.Signal {
		return report.Signal{
			Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: feature}, Evidence: report.Drift,
			Value: value, P: 1e-9, HasP: true, Status: status, Effect: report.Effect{Component: "location", Words: words},
		}
	}
	d := explain.Diagnose(&report.Report{Signals: []report.Signal{
		shift("age", .01, report.OK, ""),
		shift("amount", 2.1, report.Breach, "level up 2.10 sd"),
		shift("income", .02, report.OK, ""),
	}})
	fmt.Println(d.Kind)
	fmt.Println(d.Sentence)
	// Output:
	// upstream
	// Data broken upstream: amount level up 2.10 sd (p = 1e-09); the other 2 inputs are as before.
}

// The offline store spells a country another way.
func ExampleReconcile() {
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount"}, profile.Feature{Name: "country", Kind: profile.Categorical})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := explain.NewReconcile(schema, explain.Tolerance{Relative: .001})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 100 {
		id, country := fmt.Sprint("order-", i), "de"
		r.Served(profile.Row{ID: id, Values: []profile.Value{profile.Float(9.99), profile.String(country)}})
		if i%50 == 0 {
			country = "DEU"
		}
		r.Offline(id, profile.Row{Values: []profile.Value{profile.Float(9.99), profile.String(country)}})
	}
	for _, s := range r.Signals(report.Window{}) {
		fmt.Println(s.Name, s.Subject, s.Value)
	}
	// Output:
	// skew.mismatch feature amount 0
	// skew.mismatch feature country 0.02
	// skew.unmatched model 0
}
