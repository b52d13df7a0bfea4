package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPartsThatShareFilesAlone runs the parts one after the other, as two processes
// do: it is an error of the run if replicas merged are not one process.
func TestPartsThatShareFilesAlone(t *testing.T) {
	dir := t.TempDir()
	for _, part := range []string{"serve", "label"} {
		if err := run(t.Context(), dir, part); err != nil {
			t.Fatal(err)
		}
	}
}

// TestATokenOfAnotherReference is an error, and not a label of something else.
func TestATokenOfAnotherReference(t *testing.T) {
	dir := t.TempDir()
	if err := run(t.Context(), dir, "serve"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, answersFile)
	lines, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := strings.Replace(string(lines), `"token":"A`, `"token":"B`, 1)
	if err := os.WriteFile(path, []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), dir, "label"); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("a damaged token: %v", err)
	}
}

func TestMistakesOfTheCommandLine(t *testing.T) {
	for part, want := range map[string]string{"predict": "serve, label or both", "serve": "needs -dir"} {
		if err := run(t.Context(), "", part); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-part %s: %v", part, err)
		}
	}
}
