package report_test

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark-ml/tidemark/report"
)

// A signal is plain data: what it is about, what it is, and how it was judged.
func ExampleSignal() {
	s := report.Signal{
		Name: "drift.psi", Subject: report.Subject{Kind: report.KindFeature, Name: "amount"},
		Window: report.Window{Scale: 4, Pane: 12}, Value: .12, Threshold: .05, HasThreshold: true,
		P: 1e-7, HasP: true, Reference: 50_000, Current: 4_000, Status: report.Breach,
	}
	data, _ := json.Marshal(struct {
		Subject   report.Subject
		Status    report.Status
		Value     float64
		Threshold float64
	}{s.Subject, s.Status, s.Value, s.Threshold})
	fmt.Println(string(data))
	// Output: {"Subject":{"kind":"feature","name":"amount"},"Status":"breach","Value":0.12,"Threshold":0.05}
}

// Critical values are kept at five error probabilities and interpolated.
func ExampleCritical_At() {
	ks := report.CriticalValues(func(alpha float64) float64 {
		return map[float64]float64{1e-2: .163, 1e-3: .195, 1e-4: .223, 1e-5: .247, 1e-6: .269}[alpha]
	})
	v, _ := ks.At(5e-4)
	fmt.Printf("%.3f\n", v)
	// Output: 0.204
}

// The catalogue says what every name means and in which unit it is.
func ExampleCatalogue() {
	for _, e := range report.Catalogue() {
		if e.Name == "drift.wasserstein" {
			fmt.Println(e.Name, e.Unit, e.Text)
		}
	}
	// Output: drift.wasserstein {score} Wasserstein-1 distance in reference standard deviations.
}
