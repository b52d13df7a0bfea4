package profile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

func TestSaveAndLoad(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "credit.profile")
	r := testReference(t, 500)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := r.Save(path); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got, err := Load(path)
	if err != nil || got.ID() != r.ID() {
		t.Fatalf("loaded %v, %v", got, err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Fatalf("%d files beside the reference, want none", len(files)-1)
	}
	if err := new(Reference).Save(path); err == nil {
		t.Fatal("an empty reference was saved")
	}
	if _, err := Load(path); err != nil {
		t.Fatalf("a failed Save damaged the file: %v", err)
	}
	if err := os.WriteFile(path, encoded(t, r)[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), path) {
		t.Fatalf("a torn file: %v", err)
	}
	if _, err := Load(filepath.Join(folder, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("no file: %v", err)
	}
	if err := r.Save(filepath.Join(folder, "no", "folder")); err == nil {
		t.Fatal("saved into a folder that is not there")
	}
}

func TestSensitiveValuesAreNotEncoded(t *testing.T) {
	rows := testRows(1, 2000)
	planted := []float64{987654.321987, 1234.567890123, 4321.98765}
	for i := range rows {
		rows[i].Values[5] = Float(planted[min(2, i%40)])
		rows[i].Values[6] = String("planted-faith")
		if i%3 > 0 {
			rows[i].Values[5] = Float(1000 + float64(i) + 0.123456)
		}
	}
	r, err := Build(testSchema(t), Rows(rows), BlockRows(100))
	if err != nil {
		t.Fatal(err)
	}
	live := observe(r.Geometry(), WithSketches, append(rows, Row{Values: []Value{5: Float(1e9 + 0.5), 6: String("planted-novel")}}))
	for name, data := range map[string][]byte{"reference": encoded(t, r), "profile": encoded(t, live)} {
		if i := bytes.Index(data, []byte("planted")); i >= 0 {
			t.Errorf("%s: a label of a sensitive feature is at byte %d", name, i)
		}
		values := append(planted, 1e9+0.5)
		for i := range rows {
			v, _ := rows[i].Values[5].Number()
			values = append(values, v)
		}
		for _, v := range values {
			if i := bytes.Index(data, wire.AppendFloat(nil, v)); i >= 0 {
				t.Fatalf("%s: value %v of a sensitive feature is at byte %d", name, v, i)
			}
		}
	}
	if !bytes.Contains(encoded(t, r), []byte("zip-0")) {
		t.Error("the test would not find a label of a feature that is not sensitive")
	}
}
