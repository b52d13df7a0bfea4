package profile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/sketch"
)

// Every row with an id or a truth is shown, once, in order, in the cells that the
// columns count it in.
func TestWatch(t *testing.T) {
	for _, target := range testTargets {
		g := labelledReference(t, target, 2000).Geometry()
		rows := labelledRows(target, 4, 700)
		p, f, b := g.New(WithSketches), g.NewFiller(), g.NewBatch()
		var seen []uint64
		cells := make([][]uint64, g.latency())
		for i := range cells {
			cells[i] = make([]uint64, 256)
		}
		known := 0
		var announced []uint64
		f.Ahead(func(hashes []uint64) {
			if n := len(slices.DeleteFunc(slices.Clone(announced), func(h uint64) bool { return h == 0 })); n != len(seen) {
				t.Fatalf("%v: told of the next rows after %d of %d", target.Task, len(seen), n)
			}
			announced = append(announced, hashes...)
		})
		f.Watch(func(j *Joined) {
			seen = append(seen, j.Hash)
			for i, c := range j.Cells {
				cells[i][c]++
			}
			if j.Known {
				known++
			}
		})
		want := []uint64{}
		labelled := 0
		for i := range rows {
			if i%7 == 0 {
				rows[i].ID, rows[i].Truth = "", Truth{}
			} else {
				want = append(want, sketch.Hash(rows[i].ID))
				if rows[i].Truth.Known() {
					labelled++
				}
			}
			if b.Full() {
				f.Drain(b, p)
				b.Reset()
			}
			b.Append(&rows[i])
		}
		f.Drain(b, p)
		f.Flush(p)
		if !slices.Equal(seen, want) || known != labelled {
			t.Fatalf("%v: saw %d rows, %d with truth; want %d and %d", target.Task, len(seen), known, len(want), labelled)
		}
		if announced = slices.DeleteFunc(announced, func(h uint64) bool { return h == 0 }); !slices.Equal(announced, want) {
			t.Errorf("%v: told of %d ids, want %d", target.Task, len(announced), len(want))
		}
		only := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.ID == "" })
		counted := observe(g, CountsOnly, only)
		for i := range cells {
			if c := counted.Columns[i].Cells; !slices.Equal(cells[i][:len(c)], c) {
				t.Errorf("%v: %v: cells %v, want %v", target.Task, g.Axis(i).Subject, cells[i][:len(c)], c)
			}
		}
	}
}

func TestJoinedCodec(t *testing.T) {
	for _, target := range testTargets {
		g := labelledReference(t, target, 500).Geometry()
		f, b, p := g.NewFiller(), g.NewBatch(), g.New(CountsOnly)
		f.Watch(func(j *Joined) {
			data := g.AppendJoined(nil, j)
			var back Joined
			if err := g.DecodeJoined(data, &back); err != nil {
				t.Fatal(err)
			}
			same := back.Hash == j.Hash && back.Predicted.Equal(j.Predicted) && back.Decided == j.Decided &&
				math.Float64bits(back.Score) == math.Float64bits(j.Score) &&
				slices.Equal(back.Cells, j.Cells) && slices.Equal(back.Probabilities, j.Probabilities)
			if !same || len(data) != g.JoinedSize() {
				t.Fatalf("%d bytes: %+v, want %+v", len(data), back, *j)
			}
			if err := g.DecodeJoined(data[1:], &back); err == nil {
				t.Fatal("short bytes were read")
			}
		})
		for _, row := range labelledRows(target, 6, 100) {
			b.Append(&row)
		}
		f.Drain(b, p)
	}
}

// Segments and groups count what rows say, whichever columns are encoded.
func TestSegmentsAndGroups(t *testing.T) {
	r := labelledReference(t, Binary(.5), 2000)
	g := r.Geometry()
	rows := labelledRows(Binary(.5), 8, 900)
	for i := range rows {
		rows[i].ID, rows[i].Truth = "", Truth{}
	}
	p := observe(g, CountsOnly, rows)
	plan := g.Segments()
	var total uint64
	for i, s := range plan.Segments {
		in := slices.DeleteFunc(slices.Clone(rows), func(row Row) bool {
			label, _ := row.Values[3].Text()
			return "tenant="+label != s.Name
		})
		if s.Name == "tenant=(other)" {
			total += p.Segments[i].Rows
			continue
		}
		alone := observe(g, CountsOnly, in)
		if p.Segments[i].Rows != alone.Rows || !slices.Equal(p.Segments[i].Columns[0].Cells, alone.Columns[0].Cells) {
			t.Errorf("%s: %d rows, want %d", s.Name, p.Segments[i].Rows, alone.Rows)
		}
		total += alone.Rows
	}
	if total != p.Rows || len(plan.Segments) > maxSegments {
		t.Errorf("%d rows in %d segments, want %d", total, len(plan.Segments), p.Rows)
	}
	for i, group := range g.Groups().Groups {
		var want, selected uint64
		for _, row := range rows {
			sex, _ := row.Values[1].Text()
			if group.Name == "sex="+sex {
				want++
				if row.Outcome.Score >= .5 {
					selected++
				}
			}
		}
		if len(group.Features) == 1 && (group.Name == "sex=f" || group.Name == "sex=m") && (p.Groups[i].Rows != want || p.Groups[i].Selected != selected) {
			t.Errorf("%s: %+v, want %d rows, %d selected", group.Name, p.Groups[i], want, selected)
		}
	}
	if s := r.Segment(0); s == nil || len(s.Panes()) == 0 || s.Profile().Rows == 0 || s != r.Segment(0) {
		t.Error("the reference of a segment")
	}
	if r.Segment(-1) != nil || r.Segment(99) != nil {
		t.Error("the reference of no segment")
	}
}

// A million values of a group and a segment take no more than their bound, and
// none of them is named.
func TestGroupsAreBounded(t *testing.T) {
	schema, err := NewSchema(Binary(.5),
		Feature{Name: "who", Kind: Categorical, Group: true, Segment: true},
		Feature{Name: "sex", Kind: Categorical, OneOf: []string{"f", "m"}, Group: true},
		Feature{Name: "age", Kind: Categorical, OneOf: []string{"1", "2", "3", "4", "5", "6", "7", "8"}, Group: true},
		Feature{Name: "home", Kind: Categorical, OneOf: []string{"1", "2", "3", "4", "5", "6", "7", "8"}, Group: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	ref, err := Build(schema, func(yield func(Row, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 3000 {
			who := "secret-" + string(rune('a'+r.IntN(26)))
			if !yield(Row{Values: []Value{String(who), String("f"), String("1"), String("2")}, Outcome: Outcome{Score: r.Float64()}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := ref.Geometry().Groups()
	if len(plan.Groups) > maxGroups || plan.Omitted == 0 {
		t.Errorf("%d groups, %d omitted", len(plan.Groups), plan.Omitted)
	}
	for _, g := range plan.Groups {
		if len(g.Name) > 4 && g.Name[:4] == "who=" && g.Name[4] != '(' {
			t.Errorf("group %q names an undeclared value", g.Name)
		}
	}
	p, f, b := ref.Geometry().New(CountsOnly), ref.Geometry().NewFiller(), ref.Geometry().NewBatch()
	for i := range 20_000 {
		row := Row{Values: []Value{Int(int64(i)), String("m"), String("3"), Int(r.Int64())}, Outcome: Outcome{Score: .7}}
		if b.Full() {
			f.Drain(b, p)
			b.Reset()
		}
		b.Append(&row)
	}
	f.Drain(b, p)
	for i, g := range plan.Groups {
		if g.Name == "who=(other)" && p.Groups[i].Rows != 20_000 {
			t.Errorf("others: %d rows", p.Groups[i].Rows)
		}
	}
}

// Looking at rows allocates nothing once a filler is warm.
func TestWatchAllocatesNothing(t *testing.T) {
	for _, target := range testTargets {
		g := labelledReference(t, target, 2000).Geometry()
		rows := labelledRows(target, 4, BatchRows)
		p, f, b := g.New(WithSketches), g.NewFiller(), g.NewBatch()
		o := g.NewOutcomes(CountsOnly)
		f.Watch(func(j *Joined) {
			o.Expect(j)
			o.Add(j)
		})
		run := func() {
			b.Reset()
			for i := range rows {
				b.Append(&rows[i])
			}
			f.Drain(b, p)
		}
		run()
		if n := testing.AllocsPerRun(20, run); n > 0 {
			t.Errorf("%v: %v allocations a batch", target.Task, n)
		}
	}
}
