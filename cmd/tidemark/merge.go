package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// mergeFlags are the flags of tidemark merge.
type mergeFlags struct {
	out    string
	format outputFormat
}

func mergeCommand() command {
	return command{
		name: "merge", arguments: "-out m.profile A B…", short: "profiles of replicas become one",
		long: `
Adds up profiles that were cut into the same cells: of the replicas of one service,
or of one day after another (tidemark profile -like). Counts are exact; the result is
what one process would have that saw everything. Whether the result is a reference,
with the time blocks of all in the order of their time, or a profile follows from
what the files are; profiles and references together make a profile.

  tidemark merge -out fleet.profile replica-*.profile`,
		declare: func(fs *flag.FlagSet) runner {
			f := &mergeFlags{}
			fs.StringVar(&f.out, "out", "", "`file` to write; needed")
			f.format.declare(fs, "text", "json")
			return f.run
		},
	}
}

func (f *mergeFlags) run(_ context.Context, e *environment, files []string) error {
	if len(files) < 2 {
		return fmt.Errorf("name two or more profiles; there are %d", len(files))
	}
	if f.out == "" {
		return errors.New("say with -out where to write the profile")
	}
	var sides []*side
	for _, path := range files {
		s, err := loadSide(path)
		if err != nil {
			return err
		}
		if s.isData() {
			return fmt.Errorf("%s is a data file; make a profile of it first (tidemark profile -like %s)", path, files[0])
		}
		sides = append(sides, s)
	}
	whole, reference, err := merged(sides)
	if err != nil {
		return err
	}
	if reference != nil {
		err = reference.Save(f.out)
	} else {
		err = saveProfile(f.out, whole)
	}
	if err != nil {
		return err
	}
	if f.format.is("json") {
		return writeJSON(e.stdout, summaryOf(f.out, reference, whole))
	}
	_, err = fmt.Fprintf(e.stdout, "%s: %d rows of %d files\n", f.out, whole.Rows, len(sides))
	return err
}

// merged adds up the sides; the reference is nil unless all are references.
func merged(sides []*side) (*profile.Profile, *profile.Reference, error) {
	whole := sides[0].profile
	panes, from, references := []*profile.Pane{}, profile.Provenance{}, true
	for i, s := range sides {
		if i > 0 {
			if err := whole.Merge(s.profile); err != nil {
				return nil, nil, fmt.Errorf("%s and %s: %w", sides[0].path, s.path, err)
			}
		}
		if s.reference == nil {
			references = false
			continue
		}
		panes = append(panes, s.reference.Panes()...)
		from = common(from, s.reference.Provenance(), i == 0)
	}
	if !references {
		return whole, nil, nil
	}
	slices.SortStableFunc(panes, func(a, b *profile.Pane) int { return cmp.Compare(unix(a.Start), unix(b.Start)) })
	r, err := profile.NewReference(whole, panes, from)
	return whole, r, err
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// common keeps of the provenance what is the same everywhere, and lists the
// data.
func common(a, b profile.Provenance, first bool) profile.Provenance {
	if first {
		return b
	}
	same := func(x, y string) string {
		if x == y {
			return x
		}
		return ""
	}
	a.Model, a.Version, a.FeatureCode = same(a.Model, b.Model), same(a.Version, b.Version), same(a.FeatureCode, b.FeatureCode)
	a.Dataset, a.DatasetHash = a.Dataset+" "+b.Dataset, same(a.DatasetHash, b.DatasetHash)
	if b.Created.After(a.Created) {
		a.Created = b.Created
	}
	return a
}

// saveProfile writes a profile by way of a temporary file beside it.
func saveProfile(path string, p *profile.Profile) error {
	data, err := p.MarshalBinary()
	if err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err := os.WriteFile(temporary, data, 0o666); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
