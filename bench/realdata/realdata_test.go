package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// small writes a data set of 60 panes of 100 rows in which x rises by about two
// standard deviations and a new label comes at pane 30 of the replay.
func small(t *testing.T) *data {
	t.Helper()
	folder := t.TempDir()
	var b strings.Builder
	b.WriteString("x,colour,fixed,note\n")
	for i := range 6000 {
		x, colour := float64(i*7919%101), "red"
		if i >= 5000 {
			x += 60
			colour = "blue"
		}
		fmt.Fprintf(&b, "%v,%s,1,%d\n", x, colour, i/100)
	}
	if err := os.WriteFile(filepath.Join(folder, "small.csv"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := load(folder, dataset{
		Name: "small", Reference: "small.csv", Rows: 100, Blocks: 20,
		features: []string{"x", "colour", "fixed"}, when: "note",
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAShiftIsFoundAndDated(t *testing.T) {
	d := small(t)
	if d.panes != 40 || len(d.rows) != 6000 || len(d.lenses(upTo(2000))) != 3 {
		t.Fatalf("%d panes, %d rows", d.panes, len(d.rows))
	}
	s := study{shuffles: 2}
	r, err := s.one(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Incidents) != 1 || r.Incidents[0].Pane != 31 || r.Incidents[0].When != "50" || len(r.Incidents[0].Findings) != 2 {
		t.Errorf("incidents %+v; want one in pane 31, of row 5,000, that names x and colour", r.Incidents)
	}
	if r.PeerPanes["PSI .2"] != 10 || r.PeerPanes["KS .05/F"] < 10 || r.PeerPanes["W1 .1"] < 10 {
		t.Errorf("peers %v; ten panes have changed", r.PeerPanes)
	}
	if r.Rows.Runs != 2 || r.Rows.Incidents != 0 {
		t.Errorf("rows shuffled: %+v; want nothing found", r.Rows)
	}
	again, err := s.one(d, 1)
	if err != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("two runs of one seed differ (%v)", err)
	}
}

func TestShufflesKeepEveryRow(t *testing.T) {
	d := small(t)
	for name, shuffle := range map[string]func(*data, uint64, int) []int{"rows": byRow, "panes": byPane} {
		seen := make([]bool, len(d.rows))
		for _, i := range shuffle(d, 3, 5) {
			seen[i] = true
		}
		for i, ok := range seen {
			if !ok {
				t.Fatalf("%s: row %d is lost", name, i)
			}
		}
	}
}

func TestAConstantIsACellOfItsOwn(t *testing.T) {
	d := small(t)
	l := d.lenses(upTo(2000))[2]
	if len(l.edges) != 2 {
		t.Errorf("edges %v of a column that is always 1; want a cell for it alone", l.edges)
	}
}

func upTo(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}
