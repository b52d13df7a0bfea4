package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/tidemark-ml/tidemark/notify"
	"github.com/tidemark-ml/tidemark/report"
)

// model stands for a monitor, which is what a notifier is given to.
type model struct{}

func (model) Model() report.Model              { return report.Model{Name: "credit-risk"} }
func (model) Report() *report.Report           { return &report.Report{} }
func (model) Totals() iter.Seq[report.Total]   { return func(func(report.Total) bool) {} }
func (model) History() iter.Seq[report.Series] { return func(func(report.Series) bool) {} }

// incident is a report that shows an incident.
func incident() *report.Report {
	return &report.Report{Incidents: []report.Incident{{
		ID: "5f1c", Model: report.Model{Name: "credit-risk"}, Severity: report.High, Page: true, Paged: 1,
		Cause: "income: mean up 1.2 sd", Opened: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	}}}
}

func ExampleCallback() {
	pager := &notify.Callback{Transition: func(_ context.Context, t report.Transition) {
		if t.Page {
			fmt.Println("wake somebody:", t.Incident.Cause)
		}
	}}
	_ = pager.Start(model{}) // a monitor does: monitor.WithExporter(pager)
	_ = pager.Export(context.Background(), incident())
	// Output: wake somebody: income: mean up 1.2 sd
}

// A receiver verifies, drops what it has seen, and reads.
func ExampleWebhook() {
	secret := []byte("shared with the receiver")
	seen := map[string]bool{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(q.Body, 1<<20))
		if err := notify.Verify(q.Header.Get(notify.HeaderSignature), body, secret, time.Now(), 5*time.Minute); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if key := q.Header.Get(notify.HeaderKey); seen[key] {
			return
		} else {
			seen[key] = true
		}
		var m notify.Message
		if err := json.Unmarshal(body, &m); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Println(m.Key, "page:", m.Transition.Page)
		fmt.Println(m.Text)
	}))
	defer receiver.Close()

	hook := &notify.Webhook{URL: receiver.URL, Secret: secret}
	_ = hook.Start(model{}) // a monitor does: monitor.WithExporter(hook)
	_ = hook.Export(context.Background(), incident())
	_ = hook.Shutdown(context.Background())
	// Output:
	// 5f1c/opened/0 page: true
	// credit-risk: incident opened (high): income: mean up 1.2 sd
}
