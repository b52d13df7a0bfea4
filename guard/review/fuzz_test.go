package review

import (
	"bytes"
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
)

// FuzzJournal reads hostile journals: no panic, a bounded queue, and what was read
// reads the same when it is written again.
func FuzzJournal(f *testing.F) {
	item := `{"kind":"item","at":"2026-01-01T00:00:00Z","case":{"item":"a1","released":"2026-01-01T00:00:00Z","answer":{"class":"positive"},"probability":0.5,"features":[],"why":[]}}` + "\n"
	verdict := `{"kind":"verdict","item":"a1","answer":{"class":"negative"},"by":"person","reviewer":"r"}` + "\n"
	f.Add([]byte(item + verdict))
	f.Add([]byte(item + item + verdict[:20]))
	f.Add([]byte(`{"kind":"state","state":{"model":{"n":1,"agree":1,"table":[[0,0],[0,1]]},"people":{"table":[[0,0],[0,0]]},"weighted":{"n":1,"w":2,"w2":4,"agree":2}}}` + "\n" + item))
	f.Add([]byte(`{"kind":"expired","item":"a1"}` + "\n{\n"))
	f.Add([]byte(`{"kind":"state","state":{"model":{"n":18446744073709551615,"agree":18446744073709551615,"table":[[0,0],[0,1]]},"people":{"table":[[0,0],[0,0]]},"weighted":{"n":1,"w":1e308,"w2":1e-300,"agree":1e308}}}` + "\n"))
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "a"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		records, _, whole, err := readRecords(bytes.NewReader(data))
		if err != nil || whole > int64(len(data)) {
			t.Fatalf("%d of %d bytes, %v", whole, len(data), err)
		}
		q, err := New(Policy{Schema: schema, Key: make([]byte, 16), Quotas: Quotas{Random: 1}, Capacity: 3, Sinks: []Sink{Func(nil)}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range records {
			if q.replay(&records[i]) != nil {
				return
			}
			if _, err := encode(records[i]); err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
		if len(q.open) > 3 {
			t.Fatalf("%d open items with a capacity of 3", len(q.open))
		}
		s := q.Stats()
		for _, v := range []float64{s.All.Rate, s.All.Low, s.All.High, s.All.Effective, s.Model.Kappa, s.Model.KappaLow, s.Model.Rate, s.People.Kappa} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%+v", s)
			}
		}
		q.Panel()
	})
}

// TestKappa holds kappa against figures worked by hand, and its interval against
// simulation.
func TestKappa(t *testing.T) {
	// po = .7, pe = .5, κ = .4.
	k, se, ok := kappa([][]uint64{{20, 5}, {10, 15}}, 50)
	if !ok || math.Abs(k-.4) > 1e-12 {
		t.Errorf("κ %v, want .4", k)
	}
	// The variance term by term, with rows (.5, .5) and columns (.6, .4):
	// A = .4(1−1.1·.6)² + .3(1−.9·.6)² = .04624 + .06348
	// B = .36(.1(.6+.5)² + .2(.4+.5)²) = .36(.121 + .162) = .10188
	// C = (.4 − .5·.6)² = .01;  var = (A+B−C)/(50·.25)
	if want := math.Sqrt((.04624 + .06348 + .10188 - .01) / 12.5); math.Abs(se-want) > 1e-12 {
		t.Errorf("standard error %v, want %v", se, want)
	}
	for name, table := range map[string][][]uint64{"empty": {{0, 0}, {0, 0}}, "one class": {{9, 0}, {0, 0}}, "no classes": {}} {
		if _, _, ok := kappa(table, 9); ok {
			t.Errorf("%s: κ is defined", name)
		}
	}
	if k, _, _ := kappa([][]uint64{{5, 0}, {0, 7}}, 12); k != 1 {
		t.Errorf("full agreement: κ %v", k)
	}
}
