package durable

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReplace(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "state")
	replace := func(data string, ready func() error) error {
		t.Helper()
		f, err := os.CreateTemp(folder, "new-*")
		if err != nil {
			t.Fatal(err)
		}
		return Replace(path, f, []byte(data), ready)
	}
	holds := func(want string) {
		t.Helper()
		if b, err := os.ReadFile(path); string(b) != want || err != nil {
			t.Errorf("it holds %q, want %q (%v)", b, want, err)
		}
		if files, err := os.ReadDir(folder); len(files) != 1 || err != nil {
			t.Errorf("files %v, want one (%v)", files, err)
		}
	}
	if err := replace("one", nil); err != nil {
		t.Fatal(err)
	}
	holds("one")
	asked := false
	if err := replace("two", func() error { asked = true; holdsStill(t, path, "one"); return nil }); err != nil || !asked {
		t.Errorf("asked %v, %v", asked, err)
	}
	holds("two")
	refused := errors.New("refused")
	if err := replace("three", func() error { return refused }); !errors.Is(err, refused) {
		t.Error(err)
	}
	holds("two")

	f, err := os.CreateTemp(folder, "new-*")
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close() // what cannot be written
	if err := Replace(path, f, []byte("four"), nil); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	holds("two")
}

func holdsStill(t *testing.T, path, want string) {
	t.Helper()
	if b, err := os.ReadFile(path); string(b) != want || err != nil {
		t.Errorf("before it is replaced it holds %q, want %q (%v)", b, want, err)
	}
}
