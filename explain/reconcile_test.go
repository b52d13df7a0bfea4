package explain_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/explain"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func store(t testing.TB) *profile.Schema {
	t.Helper()
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount"}, profile.Feature{Name: "country", Kind: profile.Categorical},
		profile.Feature{Name: "member", Kind: profile.Boolean}, profile.Feature{Name: "text", Kind: profile.Embedding, Dimensions: 3})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func stored(amount float64, country string) profile.Row {
	return profile.Row{Values: []profile.Value{
		profile.Float(amount), profile.String(country), profile.Bool(true), profile.Vector([]float32{1, 2, float32(amount)}),
	}}
}

func served(id string, amount float64, country string) profile.Row {
	row := stored(amount, country)
	row.ID = id
	return row
}

func TestReconcile(t *testing.T) {
	r, err := explain.NewReconcile(store(t), explain.Tolerance{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		id := fmt.Sprint("order-", i)
		amount, country := float64(i), "de"
		if i%10 == 0 {
			country = "DE" // another spelling offline
		}
		row := served(id, amount, "de")
		switch {
		case i%100 == 0:
			row.Values[2] = profile.Missing()
		case i%4 == 0:
			row.Values[0] = profile.Float(amount * (1 + 1e-9)) // within the tolerance
		}
		if i%2 == 0 { // in any order
			r.Served(row)
			r.Offline(id, stored(amount, country))
		} else {
			r.Offline(id, stored(amount, country))
			r.Served(row)
		}
	}
	r.Served(profile.Row{}) // no id
	if c := r.Counts(); c.Compared != 1000 || c.Skipped != 1 || c.Served != 1001 {
		t.Errorf("counts %+v", c)
	}
	signals := r.Signals(report.Window{Scale: 1})
	for name, want := range map[string]float64{"amount": 0, "country": .1, "member": .01, "text": 0} {
		s := get(t, signals, "skew.mismatch", name)
		if s.Value != want || s.Evidence != report.Quality || !s.HasP || (want > .005) != (s.P < 1e-6) {
			t.Errorf("%s: %+v, want %v", name, s, want)
		}
	}
	if w := get(t, signals, "skew.mismatch", "country").Effect.Words; !strings.HasPrefix(w, "differs in 100 of 1000 rows: 100 another value; id hashes ") {
		t.Errorf("words %q", w)
	}
	if w := get(t, signals, "skew.mismatch", "member").Effect.Words; !strings.Contains(w, "10 missing as served") {
		t.Errorf("words %q", w)
	}
	text, err := json.Marshal(signals)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Contains(s, "order-") || strings.Contains(s, "DE") {
		t.Errorf("an id or a label is in %s", s)
	}
	r.Reset()
	if s := get(t, r.Signals(report.Window{}), "skew.mismatch", "country"); !s.Undefined {
		t.Errorf("after a reset: %+v", s)
	}
}

func TestReconcileNumbers(t *testing.T) {
	r, err := explain.NewReconcile(store(t), explain.Tolerance{Relative: .01})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		id := fmt.Sprint(i)
		r.Served(served(id, 100.5+float64(i%2), "de")) // the store says 100
		r.Offline(id, stored(100, "de"))
	}
	s := get(t, r.Signals(report.Window{}), "skew.mismatch", "amount")
	if s.Value != .5 || !strings.Contains(s.Effect.Words, "served less offline +1.5 on average") {
		t.Errorf("half of the rows are .5 off, half 1.5: %+v", s)
	}
	if s := get(t, r.Signals(report.Window{}), "skew.mismatch", "text"); s.Value != .5 {
		t.Errorf("embeddings: %+v", s)
	}
}

// A million ids whose other side never comes: memory stays at its bound, and all
// are counted.
func TestReconcileIsBounded(t *testing.T) {
	const rows = 2000
	r, err := explain.NewReconcile(store(t), explain.Tolerance{Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const n = 1_000_000
	row := served("", 1, "de")
	for i := range n {
		row.ID = fmt.Sprint(i)
		r.Served(row)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16*rows*(4+6) {
		t.Errorf("%d bytes more after a million rows", grown)
	}
	c := r.Counts()
	if c.Expired < n-rows || c.Expired > n {
		t.Errorf("expired %d of %d", c.Expired, n)
	}
	s := get(t, r.Signals(report.Window{}), "skew.unmatched", "")
	if s.Value != 1 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0].Text, "Every") {
		t.Errorf("unmatched: %+v", s)
	}
	// The newest still match.
	r.Offline(fmt.Sprint(n-1), stored(1, "de"))
	if r.Counts().Compared != 1 {
		t.Error("the newest row was lost")
	}
}

// Both sides take the same ids.
func TestReconcileSamplesByID(t *testing.T) {
	r, err := explain.NewReconcile(store(t), explain.Tolerance{Every: 8, Rows: 4000})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range 8000 {
			r.Served(served(fmt.Sprint(i), 1, "de"))
		}
	})
	wait.Go(func() {
		random := rand.New(rand.NewPCG(1, 1))
		for _, i := range random.Perm(8000) {
			r.Offline(fmt.Sprint(i), stored(1, "de"))
		}
	})
	wait.Wait()
	if c := r.Counts(); c.Compared < 800 || c.Compared > 1200 || c.Skipped != 16_000-2*c.Compared || c.Expired != 0 {
		t.Errorf("counts %+v; want an eighth of 8,000 pairs", c)
	}
}

func TestReconcileNeedsASchema(t *testing.T) {
	if _, err := explain.NewReconcile(nil, explain.Tolerance{}); err == nil || !strings.HasPrefix(err.Error(), "explain: ") {
		t.Errorf("no schema: %v", err)
	}
}
