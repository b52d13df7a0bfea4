package exporter_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// TestDocumentation compares the table in doc.go with what both kinds of
// provider collect: name, kind and unit.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 4 && strings.HasPrefix(fields[1], "ml.") && strings.HasPrefix(line, "//\t") {
			documented = append(documented, strings.Join(fields[1:4], " "))
		}
	}
	slices.Sort(documented)

	foreign, reader := plain(t)
	own, ownReader := manual(t)
	start(t, foreign, everything())
	start(t, own, everything())
	collected := map[string]bool{}
	for _, all := range []map[string]metricdata.Metrics{collect(t, reader), collect(t, ownReader)} {
		for _, m := range all {
			kind, _, _ := strings.Cut(kindOf(m), " ")
			collected[m.Name+" "+kind+" "+m.Unit] = true
		}
	}
	if got := slices.Sorted(maps.Keys(collected)); !slices.Equal(got, documented) {
		t.Errorf("collected\n%s\ndocumented\n%s", strings.Join(got, "\n"), strings.Join(documented, "\n"))
	}
}
