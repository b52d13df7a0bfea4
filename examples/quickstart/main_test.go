package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCreditServiceFindsEveryFault runs the whole example: it is an error of the
// run if a fault is missed or found later than stated, or something is reported before
// the first.
func TestCreditServiceFindsEveryFault(t *testing.T) {
	t.Parallel()
	if err := run(flags{exit: true, seed: 1}); err != nil {
		t.Error(err)
	}
}

// TestOtherApplicantsGiveTheSameAnswer draws other applicants.
func TestOtherApplicantsGiveTheSameAnswer(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("one seed is enough in short mode and under the race detector")
	}
	t.Parallel()
	if err := run(flags{exit: true, seed: 2}); err != nil {
		t.Error(err)
	}
}

func TestReplayOfOnesOwnFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	var b strings.Builder
	b.WriteString("amount,colour,class\n")
	for i := range 3000 {
		colour := []string{"red", "blue"}[i%2]
		if i >= 2000 {
			colour = "green"
		}
		b.WriteString([]string{"1.5,", "2.5,", "4,", ","}[i%4] + colour + ",1\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	f := flags{exit: true, data: path, reference: 1500, ignore: "class,label"}
	r, err := newReplay(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(r.found.order) != 1 || r.found.order[0].Name != "colour" {
		t.Errorf("found %v; want the colour alone", r.found.order)
	}
	first := r.found.known[r.found.order[0]].pane
	if first < 11 || first > 13 {
		t.Errorf("found in pane %d; green begins in pane 11", first)
	}
}

func TestBadFilesAreClearErrors(t *testing.T) {
	dir := t.TempDir()
	ragged := filepath.Join(dir, "ragged.csv")
	os.WriteFile(ragged, []byte("a,b\n1,2\n3\n"), 0o600)
	empty := filepath.Join(dir, "empty.csv")
	os.WriteFile(empty, nil, 0o600)
	for path, want := range map[string]string{
		filepath.Join(dir, "none.csv"): "no such file", ragged: "wrong number of", empty: "no rows",
	} {
		_, err := newReplay(flags{data: path, reference: 10})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("%s: %v; want the file's name and %q", path, err, want)
		}
	}
}
