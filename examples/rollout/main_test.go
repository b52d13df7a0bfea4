package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/guard"
)

// TestGoodIsPromotedAndBadIsRolledBack runs the whole example: another verdict is
// an error of the run. No request may be lost on the way, and the page shows the
// guard and the trial.
func TestGoodIsPromotedAndBadIsRolledBack(t *testing.T) {
	s, err := newService()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.rollOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.current.monitor.Shutdown(t.Context())
	if got := s.models.Name(); got != "2" {
		t.Errorf("in place: %s; want 2", got)
	}
	stats := s.guard.Stats()
	if int(stats.Finished()) != s.served || stats.Fallback[guard.BadInput] == 0 || stats.Fallback[guard.Timeout] == 0 || stats.Errors[guard.Uncertain] == 0 {
		t.Errorf("%d requests, %d finished: %+v", s.served, stats.Finished(), stats)
	}
	w := httptest.NewRecorder()
	s.page.ServeHTTP(w, httptest.NewRequest("GET", "/debug/model/", nil))
	for _, want := range []string{"rollback", "version"} {
		if !strings.Contains(strings.ToLower(w.Body.String()), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestRunEndsByItself(t *testing.T) {
	if err := run(t.Context(), "127.0.0.1:0", true); err != nil {
		t.Error(err)
	}
}
