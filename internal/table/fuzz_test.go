package table

import (
	"bytes"
	"testing"

	"github.com/tidemark-ml/tidemark/profile"
)

// FuzzRows holds that no content panics, that a second pass gives as many rows
// as the first, and that a profile counts each cell of each row exactly once.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\n1,x\n2,y\n", "\ufeffa;b\n1;2\n", "a,a\n1,2\n", ",x\n1,2\n", "t,p,y,x\n2020-01-01,.5,1,3\n1e300,x,2,inf\n",
		`{"a":1,"b":"x"}` + "\n" + `{"a":null}`, `{"p":.5,"y":true,"t":1767323045.5,"x":[1,2]}`, "null", "[1]", "a\n\"\n", "\x1f\x8b\x08\x00",
	} {
		for name := range fuzzNames {
			f.Add(byte(name), []byte(seed), byte(0))
		}
	}
	f.Fuzz(func(t *testing.T, name byte, content []byte, roles byte) {
		if len(content) > 1<<16 || bytes.Count(content, []byte(",")) > 4096 {
			t.Skip()
		}
		path := write(t, fuzzNames[int(name)%len(fuzzNames)], string(content))
		table, err := Open(path, fuzzOptions(roles))
		if err != nil {
			return
		}
		s, err := table.Schema(profile.Binary(.5))
		if err != nil {
			return
		}
		count := func() (n uint64, err error) {
			for _, err := range table.Rows(s.Target(), s.Len(), 0, -1) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		}
		n, err := count()
		if m, again := count(); n != m || (err == nil) != (again == nil) {
			t.Fatalf("passes of %d rows (%v) and %d (%v)", n, err, m, again)
		}
		r, failed := profile.Build(s, table.Rows(s.Target(), s.Len(), 0, -1))
		if (err == nil && n > 0) != (failed == nil) {
			t.Fatalf("%d rows, error %v, and Build says %v", n, err, failed)
		}
		if failed != nil {
			return
		}
		for i := range s.Len() {
			if got := r.Profile().Columns[i].Total(); got != n {
				t.Errorf("%d rows and %d values of %q", n, got, s.Feature(i).Name)
			}
		}
	})
}

var fuzzNames = [...]string{"a.csv", "a.jsonl", "a.tsv", "a.csv.gz"}

// fuzzOptions names columns for purposes, by the bits.
func fuzzOptions(bits byte) (o Options) {
	for i, to := range [...]*string{&o.Time, &o.Score, &o.Label, &o.ID} {
		if bits&(1<<i) != 0 {
			*to = [...]string{"t", "p", "y", "a"}[i]
		}
	}
	return o
}
