package dashboard_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/report"
)

// source is a monitor's place in the example: *monitor.Monitor is a Source.
type source struct{ report *report.Report }

func (s source) Model() report.Model              { return s.report.Model }
func (s source) Report() *report.Report           { return s.report }
func (s source) Totals() iter.Seq[report.Total]   { return slices.Values([]report.Total(nil)) }
func (s source) History() iter.Seq[report.Series] { return slices.Values([]report.Series(nil)) }

func ExampleHandler() {
	mon := source{&report.Report{
		Model: report.Model{Name: "credit-risk"},
		At:    time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC),
		Pane:  37,
		Signals: []report.Signal{{
			Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: "amount"}, Window: report.Window{Scale: 4},
			Value: 1.2, Threshold: .4, HasThreshold: true, Evidence: report.Drift, Status: report.Breach,
			Effect: report.Effect{Words: "mean up 1.2 sd", Detectable: .24},
		}},
	}}
	mux := http.NewServeMux()
	mux.Handle("/debug/model/", dashboard.Handler(mon))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/model/data.json?feature=amount", nil))
	var data struct {
		State struct{ Status, Sentence string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &data); err != nil {
		fmt.Println(err)
	}
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(data.State.Status)
	fmt.Println(data.State.Sentence)
	// Output:
	// 200 application/json; charset=utf-8
	// breach
	// 1 feature drifts. First: amount, mean up 1.2 sd.
}
