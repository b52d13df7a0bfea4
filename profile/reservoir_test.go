package profile

import (
	"slices"
	"testing"
)

func hashes(r *Reservoir) (out []uint64) {
	for j := range r.Rows() {
		out = append(out, j.Hash)
	}
	return out
}

// The sample of merged parts is that of the whole, whatever the order, and the
// truth stays with its row through codec and rebinding.
func TestReservoir(t *testing.T) {
	for _, target := range testTargets {
		rows := labelledRows(target, 1, 3000)
		ref, err := Build(labelledSchema(t, target), Rows(rows), KeepRows(200))
		if err != nil {
			t.Fatal(err)
		}
		truth := map[uint64]Truth{}
		for _, row := range rows {
			truth[HashID(row.ID)] = row.Truth
		}
		for j := range ref.Profile().Reservoir.Rows() {
			value, known := target.truth(truth[j.Hash])
			if known != j.Known || known && value != j.Truth {
				t.Fatalf("%v: row %x: truth %v, %t; want %v, %t", target.Task, j.Hash, j.Truth, j.Known, value, known)
			}
		}
		g := ref.Geometry()
		live := labelledRows(target, 2, 2000)
		whole := hashes(observe(g, WithSketches, live).Reservoir)
		lots := split(5, live, 3)
		a, b, c := observe(g, WithSketches, lots[0]), observe(g, WithSketches, lots[1]), observe(g, WithSketches, lots[2])
		if got := hashes(merged(t, g, c, a, b).Reservoir); len(got) != 200 || !slices.Equal(got, whole) {
			t.Errorf("%v: %d rows after merging, other than the %d of the whole", target.Task, len(got), len(whole))
		}
		back := new(Reference)
		if err := back.UnmarshalBinary(encoded(t, ref)); err != nil {
			t.Fatal(err)
		}
		rebound, err := back.Rebind(labelledSchema(t, target))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []*Reference{back, rebound} {
			if !slices.Equal(hashes(r.Profile().Reservoir), hashes(ref.Profile().Reservoir)) {
				t.Errorf("%v: the sample changed", target.Task)
			}
			if err := r.Profile().Merge(observe(r.Geometry(), WithSketches, live)); err != nil || r.Profile().Reservoir.Len() != 200 {
				t.Errorf("%v: merging into what was read: %v", target.Task, err)
			}
		}
		if p := labelledReference(t, target, 300).Profile(); p.Reservoir != nil {
			t.Error("rows are kept without being asked for")
		}
	}
}
