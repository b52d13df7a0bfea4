package alert

import (
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func TestMatcher(t *testing.T) {
	amount := report.Subject{Kind: report.KindFeature, Name: "amount", Segment: "tenant=acme"}
	for _, c := range []struct {
		m    Matcher
		want bool
	}{
		{Matcher{}, true},
		{Matcher{Kind: report.KindFeature}, true},
		{Matcher{Kind: report.KindMetric}, false},
		{Matcher{Name: "amount"}, true},
		{Matcher{Name: "amoun"}, false},
		{Matcher{Name: "am*nt"}, true},
		{Matcher{Name: "*"}, true},
		{Matcher{Name: "*t*"}, true},
		{Matcher{Name: "am*ou"}, false},
		{Matcher{Name: "a*m*o*t"}, true},
		{Matcher{Name: "amount*amount"}, false},
		{Matcher{Segment: "tenant=*"}, true},
		{Matcher{Segment: "tenant=b*"}, false},
		{Matcher{Whole: true}, false},
	} {
		if got := c.m.Match(amount); got != c.want {
			t.Errorf("%+v: %v, want %v", c.m, got, c.want)
		}
	}
	if !(Matcher{Whole: true, Name: "a*"}).Match(feature("a")) {
		t.Error("a subject without a segment is whole")
	}
}

// A name that matches itself with any part replaced by a star matches.
func FuzzMatcher(f *testing.F) {
	f.Add("amount", 1, 3)
	f.Add("a*b", 0, 0)
	f.Fuzz(func(t *testing.T, name string, from, to int) {
		if strings.Contains(name, "*") || from < 0 || to < from || to > len(name) {
			return
		}
		pattern := name[:from] + "*" + name[to:]
		if !(Matcher{Name: pattern}).Match(feature(name)) {
			t.Errorf("%q does not match %q", pattern, name)
		}
	})
}
