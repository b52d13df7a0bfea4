package profile

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestFillIsWhatAReferenceHolds: rows that a reference is built from and the same
// rows filled in its cells are counted alike, with what came true of them.
func TestFillIsWhatAReferenceHolds(t *testing.T) {
	rows := labelledRows(Binary(.5), 1, 1000)
	r, err := Build(labelledSchema(t, Binary(.5)), Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	for _, detail := range []Detail{CountsOnly, WithSketches} {
		p, err := r.Geometry().Fill(detail, Rows(rows))
		if err != nil {
			t.Fatal(err)
		}
		sameCounts(t, p, r.Profile())
		if got, want := p.Outcomes.Labelled, r.Profile().Outcomes.Labelled; got != want || want == 0 {
			t.Errorf("%d labelled, want %d", got, want)
		}
		if (p.Columns[0].Quantiles != nil) != (detail == WithSketches) {
			t.Errorf("detail %v: sketches %v", detail, p.Columns[0].Quantiles)
		}
	}
	none, err := r.Geometry().Fill(CountsOnly, Rows(nil))
	if err != nil || none.Rows != 0 {
		t.Errorf("no rows: %+v, %v", none, err)
	}
}

func TestFillSaysWhichRow(t *testing.T) {
	torn := errors.New("torn")
	g := testReference(t, 100).Geometry()
	p, err := g.Fill(CountsOnly, func(yield func(Row, error) bool) {
		_ = yield(testRows(1, 1)[0], nil) && yield(Row{}, torn)
	})
	if p != nil || !errors.Is(err, torn) || !strings.Contains(err.Error(), "row 2") {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := g.Fill(CountsOnly, nil); err == nil {
		t.Error("nil rows")
	}
}

func TestRowsCanBeStopped(t *testing.T) {
	var seen []int
	for row := range Rows(testRows(1, 9)) {
		if seen = append(seen, len(row.Values)); len(seen) == 2 {
			break
		}
	}
	if !slices.Equal(seen, []int{8, 8}) {
		t.Errorf("saw %v", seen)
	}
}
