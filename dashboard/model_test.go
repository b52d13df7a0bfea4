package dashboard

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

// TestTilesAreOfTheModelItself: other signals about the model, such as those of
// all features together, must not take the place of the model's own.
func TestTilesAreOfTheModelItself(t *testing.T) {
	own, together := report.Subject{Kind: report.KindModel}, report.Subject{Kind: report.KindModel, Name: "features together"}
	source := richSource()
	r := *source.Report()
	window := report.Window{Scale: 1, Pane: r.Pane}
	r.Signals = []report.Signal{
		{Name: "drift.multivariate", Subject: together, Window: window, Status: report.Breach, Evidence: report.Multivariate},
		{Name: "operation.throughput", Unit: "{prediction}/s", Subject: own, Window: window, Value: 17.5, Status: report.OK},
	}
	source.with(r)
	page := httptest.NewRecorder()
	Handler(source).ServeHTTP(page, httptest.NewRequest("GET", "/", nil))
	if body := page.Body.String(); !strings.Contains(body, "Throughput") || !strings.Contains(body, "17.5/s") {
		t.Error("the page does not show the model's throughput")
	}
}
