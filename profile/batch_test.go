package profile

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// tallied observes one value as feature i of testSchema against a reference.
func tallied(t *testing.T, r *Reference, i int, v Value) *Column {
	t.Helper()
	values := make([]Value, r.Schema().Len())
	values[i] = v
	return &observe(r.Geometry(), WithSketches, []Row{{Values: values}}).Columns[i]
}

func TestEveryKindOfValue(t *testing.T) {
	const age, income, zip, purpose, member, salary, faith, embedding = 0, 1, 2, 3, 4, 5, 6, 7
	rows := testRows(1, 2000)
	for i := range rows {
		for j, v := range rows[i].Values {
			if n, ok := v.Number(); ok && n == -1e300 {
				rows[i].Values[j] = Missing() // ages are from 3 to 80 then
			}
		}
	}
	r, err := Build(testSchema(t), Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("é", 1<<19)
	for name, tc := range map[string]struct {
		feature int
		value   Value
		where   string
	}{
		"number":                {age, Float(40), "cell"},
		"whole number":          {age, Int(40), "cell"},
		"minus zero":            {income, Float(math.Copysign(0, -1)), "cell under"},
		"huge":                  {age, Float(math.MaxFloat64), "cell above over outlying"},
		"tiny":                  {age, Float(-math.MaxFloat64), "cell below under outlying"},
		"denormal":              {age, Float(5e-324), "cell below under"},
		"at min":                {age, Float(18), "cell"},
		"below min":             {age, Float(17.999), "cell below"},
		"at max":                {age, Float(120), "cell over"},
		"above max":             {age, Float(120.001), "cell above over"},
		"missing number":        {age, Missing(), "missing"},
		"NaN":                   {age, Float(math.NaN()), "invalid"},
		"NaN that says missing": {age, Float(math.Float64frombits(bitsMissing)), "invalid"},
		"NaN that says absent":  {age, Float(math.Float64frombits(bitsAbsent)), "invalid"},
		"negative NaN":          {age, Float(math.Float64frombits(bitsMismatch | 1<<63)), "invalid"},
		"infinity":              {age, Float(math.Inf(1)), "invalid"},
		"minus infinity":        {age, Float(math.Inf(-1)), "invalid"},
		"label for number":      {age, String("40"), "mismatched"},
		"truth for number":      {age, Bool(true), "mismatched"},
		"vector for number":     {age, Vector([]float32{1}), "mismatched"},
		"unknown for number":    {age, ValueOf(struct{}{}), "mismatched"},

		"label":             {zip, String("zip-0"), "cell"},
		"novel label":       {zip, String("nowhere"), "unseen"},
		"empty label":       {zip, String(""), "unseen"},
		"no UTF-8":          {zip, String("\xff"), "invalid"},
		"a megabyte":        {zip, String(long), "unseen"},
		"a broken megabyte": {zip, String("\xff" + long), "invalid"},
		"missing label":     {zip, Missing(), "missing"},
		"number for label":  {zip, Float(1), "mismatched"},
		"vector for label":  {zip, Vector([]float32{1}), "mismatched"},
		"unknown for label": {zip, ValueOf(struct{}{}), "mismatched"},
		"code for label":    {zip, Int(math.MinInt64), "unseen"},
		"truth for label":   {zip, Bool(true), "cell"}, // "true", among the bad values of the reference
		"declared":          {purpose, String("car"), "cell"},
		"undeclared":        {purpose, String("boat"), "unseen"},

		"true":              {member, Bool(true), "cell"},
		"one":               {member, Int(1), "cell"},
		"two":               {member, Int(2), "mismatched"},
		"minus one":         {member, Int(-1), "mismatched"},
		"half a truth":      {member, Float(1), "mismatched"},
		"label for truth":   {member, String("true"), "mismatched"},
		"missing truth":     {member, Missing(), "missing"},
		"unknown for truth": {member, ValueOf(struct{}{}), "mismatched"},

		"sensitive number": {salary, Float(1e9), "cell"},
		"sensitive label":  {faith, String("faith-1"), "cell"},

		"vector":             {embedding, Vector([]float32{1, 1, 2}), "cell"},
		"short vector":       {embedding, Vector([]float32{1, 2}), "mismatched"},
		"empty vector":       {embedding, Vector([]float32{}), "mismatched"},
		"nil vector":         {embedding, Vector(nil), "missing"},
		"vector with NaN":    {embedding, Vector([]float32{1, 2, float32(math.NaN())}), "invalid"},
		"vector with Inf":    {embedding, Vector([]float32{1, 2, float32(math.Inf(-1))}), "invalid"},
		"largest vector":     {embedding, Vector([]float32{math.MaxFloat32, math.MaxFloat32, 0}), "cell over outlying"},
		"number for vector":  {embedding, Float(3), "mismatched"},
		"unknown for vector": {embedding, ValueOf(struct{}{}), "mismatched"},
	} {
		t.Run(name, func(t *testing.T) {
			c := tallied(t, r, tc.feature, tc.value)
			var got []string
			for _, n := range []struct {
				name  string
				count uint64
			}{
				{"cell", c.InCells()}, {"missing", c.Missing}, {"invalid", c.Invalid}, {"mismatched", c.Mismatched}, {"unseen", c.Unseen},
				{"below", c.Below}, {"above", c.Above}, {"under", c.Under}, {"over", c.Over}, {"outlying", c.Outlying},
			} {
				if n.count > 0 {
					got = append(got, n.name)
				}
			}
			if c.Total() != 1 {
				t.Fatalf("counted %d times: %v", c.Total(), got)
			}
			if words := strings.Join(got, " "); words != tc.where {
				t.Errorf("%s, want %s", words, tc.where)
			}
		})
	}
}

func TestConservation(t *testing.T) {
	r := testReference(t, 2000)
	rows := testRows(5, 3000)
	for name, p := range map[string]*Profile{
		"reference": r.Profile(),
		"live":      observe(r.Geometry(), WithSketches, rows),
		"blank":     observe(BlankGeometry(r.Schema()), CountsOnly, rows),
	} {
		for i := range p.Columns {
			a, c := p.geometry.Axis(i), &p.Columns[i]
			switch {
			case i < r.Schema().Len() && c.Total() != p.Rows:
				t.Errorf("%s: %v: %d values in %d rows", name, a.Subject, c.Total(), p.Rows)
			case a.Subject.Name == ScoreAxis && c.Total() != p.Rows-p.Errors:
				t.Errorf("%s: %d scores, %d rows, %d errors", name, c.Total(), p.Rows, p.Errors)
			}
			if a.Numbers() && c.Moments.N != c.InCells() {
				t.Errorf("%s: %v: moments of %d values, %d in cells", name, a.Subject, c.Moments.N, c.InCells())
			}
			if c.Quantiles != nil && c.Quantiles.Count() != c.InCells() {
				t.Errorf("%s: %v: quantiles of %d values, %d in cells", name, a.Subject, c.Quantiles.Count(), c.InCells())
			}
		}
		if err := p.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRowShapes(t *testing.T) {
	r := testReference(t, 500)
	n := r.Schema().Len()
	p := observe(r.Geometry(), CountsOnly, []Row{
		{},
		{Values: make([]Value, n+5)},
		{Values: []Value{Float(1)}, Err: errModel, Outcome: Outcome{Score: 0.5}},
		{Err: &PanicError{}},
		{Time: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Time: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)},
		{Time: at(7), Latency: -time.Second, Outcome: Outcome{Score: math.NaN()}},
	})
	if p.Rows != 7 || p.Surplus != 5 || p.Errors != 2 || p.Panics != 1 {
		t.Errorf("%d rows, %d surplus, %d errors, %d panics", p.Rows, p.Surplus, p.Errors, p.Panics)
	}
	if !p.Start.Equal(at(7)) || !p.End.Equal(at(7).Add(1)) {
		t.Errorf("times that do not fit reached the stretch: %v–%v", p.Start, p.End)
	}
	score, latency := &p.Columns[n], &p.Columns[n+1]
	if score.Total() != 5 || score.Invalid != 1 || latency.Total() != 0 {
		t.Errorf("%d scores, %d invalid, %d latencies", score.Total(), score.Invalid, latency.Total())
	}
}

func TestMulticlassOutcomes(t *testing.T) {
	s, err := NewSchema(Multiclass("a", "b", "c"), Feature{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	for name, tc := range map[string]struct {
		outcome Outcome
		class   string // "a", "b", "c", "missing" or "unseen"
		score   float64
		bits    uint64 // where there is no score
	}{
		"class":            {Outcome{Class: "b", Score: .7}, "b", .7, 0},
		"class only":       {Outcome{Class: "b"}, "b", 0, bitsAbsent},
		"probabilities":    {Outcome{Probabilities: []float64{.1, .2, .7}}, "c", .7, 0},
		"both":             {Outcome{Class: "a", Probabilities: []float64{.1, .2, .7}}, "a", .1, 0},
		"tie":              {Outcome{Probabilities: []float64{.5, .5, 0}}, "a", .5, 0},
		"NaN first":        {Outcome{Probabilities: []float64{nan, .2, .7}}, "c", .7, 0},
		"all NaN":          {Outcome{Probabilities: []float64{nan, nan, nan}}, "missing", 0, bitsNaN},
		"wrong number":     {Outcome{Probabilities: []float64{.5, .5}}, "missing", 0, bitsNaN},
		"wrong with class": {Outcome{Class: "a", Probabilities: []float64{.5}}, "a", 0, bitsNaN},
		"unseen":           {Outcome{Class: "z", Score: .9}, "unseen", .9, 0},
		"nothing":          {Outcome{}, "missing", 0, bitsAbsent},
	} {
		t.Run(name, func(t *testing.T) {
			b := BlankGeometry(s).NewBatch()
			b.Append(&Row{Outcome: tc.outcome})
			cells := b.words
			if want := tc.bits; want == 0 && cells[1] != math.Float64bits(tc.score) || want != 0 && cells[1] != want {
				t.Errorf("score %v (%x)", math.Float64frombits(cells[1]), cells[1])
			}
			code := map[string]uint64{"a": 0, "b": 1, "c": 2, "missing": codeMissing, "unseen": codeUnseen}[tc.class]
			if cells[2] != code {
				t.Errorf("class code %d, want %d", cells[2], code)
			}
		})
	}
}

// TestRowsAndRecode: what a batch kept counts as the original would, whether its
// rows are taken out and appended again or it is drained with other cells.
func TestRowsAndRecode(t *testing.T) {
	r := testReference(t, 2000)
	rows := testRows(11, BatchRows)
	for i := range rows {
		if i%3 == 0 {
			rows[i].Values[2] = String(strings.Repeat("long ", 30) + string(rune('a'+i%5)))
			rows[i].Values[6] = String(strings.Repeat("x", i%80)) // fills the arena; 0 is the empty label
		}
	}
	want := observe(r.Geometry(), WithSketches, rows)
	blank := BlankGeometry(r.Schema())
	b := blank.NewBatch()
	for i := range rows {
		b.Append(&rows[i])
	}
	var kept []Row
	for row := range b.Rows() {
		kept = append(kept, row)
	}
	got := observe(r.Geometry(), WithSketches, kept)
	got.Clipped = want.Clipped
	sameCounts(t, got, want)

	drained, f := r.Geometry().New(WithSketches), r.Geometry().NewFiller()
	f.Drain(b, drained)
	f.Flush(drained)
	drained.Clipped = want.Clipped
	sameCounts(t, drained, want)
	sameMoments(t, drained, want)

	built, err := Build(r.Schema(), Rows(kept))
	if err != nil {
		t.Fatal(err)
	}
	direct, err := Build(r.Schema(), Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	if x, y := built.Profile().Columns[7].Cells, direct.Profile().Columns[7].Cells; len(x) != len(y) {
		t.Errorf("cells of the embedding: %d from kept rows, %d from rows", len(x), len(y))
	}
}

// TestRecodedRowsKeepWhatLiesBeside: ids, truths and times reach whoever watches, of a
// batch that was encoded with other cells and of its rows appended once more.
func TestRecodedRowsKeepWhatLiesBeside(t *testing.T) {
	r := testReference(t, 500)
	rows := testRows(12, 60)
	for i := range rows {
		rows[i].ID, rows[i].Truth, rows[i].Time, rows[i].Err = "", Truth{}, time.Time{}, nil
		if i%2 == 0 {
			rows[i].ID = fmt.Sprint("row ", i)
		}
		if i%3 == 0 {
			rows[i].Truth = []Truth{Positive(), Negative()}[i/3%2]
		}
		if i%5 == 0 {
			rows[i].Time = time.Unix(int64(1e9+i), 0)
		}
	}
	type beside struct {
		hash      uint64
		known     bool
		truth     float64
		predicted time.Time
	}
	watched := func(b *Batch) (seen []beside) {
		f := r.Geometry().NewFiller()
		f.Watch(func(j *Joined) { seen = append(seen, beside{j.Hash, j.Known, j.Truth, j.Predicted}) })
		f.Drain(b, r.Geometry().New(CountsOnly))
		return seen
	}
	batch := func(g *Geometry, rows []Row) *Batch {
		b := g.NewBatch()
		for i := range rows {
			b.Append(&rows[i])
		}
		return b
	}
	want := watched(batch(r.Geometry(), rows))
	if len(want) != 40 || want[0].hash != HashID("row 0") || !want[0].known || want[0].predicted.IsZero() {
		t.Fatalf("%d rows are watched, the first is %+v", len(want), want[0])
	}
	other := batch(BlankGeometry(r.Schema()), rows)
	if got := watched(other); !slices.Equal(got, want) {
		t.Errorf("of other cells: %+v, want %+v", got, want)
	}
	if got := watched(batch(r.Geometry(), slices.Collect(other.Rows()))); !slices.Equal(got, want) {
		t.Errorf("of its rows: %+v, want %+v", got, want)
	}
}

func TestDrainOfAnotherSchema(t *testing.T) {
	r := testReference(t, 500)
	s, _ := NewSchema(Regression(), Feature{Name: "x"})
	b := BlankGeometry(s).NewBatch()
	b.Append(&Row{Values: []Value{Float(1)}})
	p := r.Geometry().New(CountsOnly)
	r.Geometry().NewFiller().Drain(b, p)
	if p.Rows != 1 || p.Surplus != 1 || p.Columns[0].Total() != 0 {
		t.Errorf("%d rows, %d surplus", p.Rows, p.Surplus)
	}
}

func TestNovelLabels(t *testing.T) {
	r := testReference(t, 2000)
	var rows []Row
	for range 30 {
		rows = append(rows, Row{Values: []Value{2: String("mars"), 6: String("secret")}})
	}
	p := observe(r.Geometry(), WithSketches, rows)
	top := p.Columns[2].Novel.Top(1)
	if len(top) != 1 || top[0].Label != "mars" || top[0].Count != 30 {
		t.Errorf("novel %+v", top)
	}
	if p.Columns[6].Novel != nil || p.Columns[5].Quantiles != nil {
		t.Error("a sensitive feature has sketches")
	}
	if m := observe(r.Geometry(), CountsOnly, testRows(1, 9)).Columns[5].Moments; !math.IsNaN(m.Min) || !math.IsNaN(m.Max) || m.N == 0 {
		t.Errorf("extremes of a sensitive feature: %+v", m)
	}
}

// FuzzAppendRow: whatever is in a row, it is counted once.
func FuzzAppendRow(f *testing.F) {
	f.Add(uint64(1), 1.5, int64(3), "zip-0", []byte("\x01\x02\x03\x04"), int64(0))
	f.Add(uint64(2), math.NaN(), int64(math.MinInt64), "\xff", []byte{}, int64(math.MaxInt64))
	s := testSchema(f)
	reference, err := Build(s, Rows(testRows(1, 300)))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seed uint64, number float64, whole int64, label string, bytes []byte, seconds int64) {
		pool := []Value{Float(number), Int(whole), String(label), Bool(whole > 0), Vector(make([]float32, len(bytes)%5)), ValueOf(bytes), {}}
		r := rand.New(rand.NewPCG(seed, 1))
		rows := make([]Row, 1+r.IntN(3))
		for i := range rows {
			rows[i] = Row{ID: label, Time: time.Unix(seconds, whole&0xffff), Outcome: Outcome{Score: number, Class: label}, Latency: time.Duration(whole)}
			for range r.IntN(s.Len() + 3) {
				rows[i].Values = append(rows[i].Values, pool[r.IntN(len(pool))])
			}
			if seed%7 == 0 {
				rows[i].Err = errors.New(label)
			}
		}
		p := observe(reference.Geometry(), WithSketches, rows)
		for i := range s.Len() {
			if p.Columns[i].Total() != uint64(len(rows)) {
				t.Fatalf("%v: %d values in %d rows", p.geometry.Axis(i).Subject, p.Columns[i].Total(), len(rows))
			}
		}
		data := encoded(t, p)
		if err := new(Profile).UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
	})
}
