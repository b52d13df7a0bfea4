package phrase

import (
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func TestPercent(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0 %", 1: "100 %", .123: "12 %", .0996: "10 %", .0994: "9.9 %", .05: "5 %", .0123: "1.2 %", .00095: "0.1 %",
		.00094: "0.09 %", .0000012: "0.0001 %", -.123: "-12 %", -.0123: "-1.2 %", -.00012: "-0.01 %",
	} {
		if got := Percent(v); got != want {
			t.Errorf("%v is said as %q, want %q", v, got, want)
		}
	}
}

func TestFound(t *testing.T) {
	s := report.Signal{Name: "drift.psi", Value: .25}
	if got := Found(&s); got != "drift.psi is 0.25" {
		t.Error(got)
	}
	s.HasThreshold, s.Threshold = true, .2
	if got := Found(&s); got != "drift.psi is 0.25, beyond 0.2" {
		t.Error(got)
	}
	s.Effect.Words = "level up 1 sd"
	if got := Found(&s); got != "level up 1 sd" {
		t.Error(got)
	}
}
