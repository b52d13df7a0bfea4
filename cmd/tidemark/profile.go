package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// profileFlags are the flags of tidemark profile.
type profileFlags struct {
	data       dataFlags
	like       string
	blockRows  int
	blockEvery time.Duration
	keepRows   int
	from       profile.Provenance
	out        string
	format     outputFormat
}

func profileCommand() command {
	return command{
		name: "profile", arguments: "[flags] -out ref.profile FILE…", short: "make a reference of healthy data",
		long: `
Reads the files, in this order, as one stretch of healthy data in time order, and
writes a reference: how each column is distributed, and how much it varies between
blocks of time. Later data are judged by both.

Blocks should be about as large as the panes that the monitor will close
(-block-rows, or -block-every with -time); give it weeks rather than hours, and at
least twenty blocks. Shuffled data look calmer than the world is.

With -like the rows are counted in the cells of another reference, so that the two
can be merged and compared exactly.

  tidemark profile -score p -label y -time at -block-every 1h -out credit.profile march.csv.gz`,
		declare: func(fs *flag.FlagSet) runner {
			f := &profileFlags{}
			f.data.columns.declare(fs)
			f.data.target.declare(fs)
			fs.StringVar(&f.like, "like", "", "use schema and cells of this reference `file`")
			fs.IntVar(&f.blockRows, "block-rows", 0, "`rows` of a time block; default: 200, or 720 blocks of a long file")
			fs.DurationVar(&f.blockEvery, "block-every", 0, "`duration` of a time block; needs -time")
			fs.IntVar(&f.keepRows, "keep-rows", 0, "keep a sample of so many `rows`, as cells, for estimates under drift; by default none")
			fs.StringVar(&f.from.Model, "model", "", "`name` of the model")
			fs.StringVar(&f.from.Version, "version", "", "`version` of the model")
			fs.StringVar(&f.from.Dataset, "dataset", "", "`name` of the data; default: those of the files")
			fs.StringVar(&f.from.FeatureCode, "feature-code", "", "`version` of the code that computes the features")
			fs.StringVar(&f.out, "out", "", "`file` to write; needed")
			f.format.declare(fs, "text", "json")
			return f.run
		},
	}
}

func (f *profileFlags) run(_ context.Context, e *environment, files []string) error {
	switch {
	case len(files) == 0:
		return errors.New("name the data files")
	case f.out == "":
		return errors.New("say with -out where to write the reference")
	case f.blockRows < 0 || f.blockEvery < 0 || f.keepRows < 0:
		return errors.New("-block-rows, -block-every and -keep-rows must not be negative")
	case f.keepRows > 0 && f.like != "":
		return errors.New("-keep-rows does nothing with -like: the sample is as large as that of the other reference")
	case f.blockEvery > 0 && f.data.columns.time == "":
		return errors.New("-block-every needs the times: name their column with -time")
	case f.blockEvery > 0 && f.blockRows > 0:
		return errors.New("-block-rows and -block-every exclude each other")
	}
	if err := f.provenance(e, files); err != nil {
		return err
	}
	r, err := f.build(e, files)
	if err != nil {
		return err
	}
	if err := r.Save(f.out); err != nil {
		return err
	}
	warnOfBlocks(e, r)
	if f.format.is("json") {
		return writeJSON(e.stdout, summaryOf(f.out, r, r.Profile()))
	}
	_, err = fmt.Fprintf(e.stdout, "%s: reference %s, %d rows, %d features, %d time blocks\n",
		f.out, r.ID(), r.Profile().Rows, r.Schema().Len(), len(r.Panes()))
	return err
}

func (f *profileFlags) build(e *environment, files []string) (*profile.Reference, error) {
	if f.like == "" {
		data, err := f.data.open(e, nil, files...)
		if err != nil {
			return nil, err
		}
		return buildReference(data, f.from, profile.BlockRows(f.blockRows), profile.BlockEvery(f.blockEvery), profile.KeepRows(f.keepRows))
	}
	like, err := profile.Load(f.like)
	if err != nil {
		return nil, err
	}
	data, err := f.data.open(e, like.Schema(), files...)
	if err != nil {
		return nil, err
	}
	if f.blockEvery > 0 {
		return nil, errors.New("-like makes blocks of rows only: use -block-rows")
	}
	return fillReference(data, like.Geometry(), f.from, f.blockRows)
}

// buildReference cuts cells for the data and counts it in them.
func buildReference(data *dataset, from profile.Provenance, options ...profile.BuildOption) (*profile.Reference, error) {
	return profile.Build(data.schema, data.rows(0, -1), append(options, profile.From(from))...)
}

// defaultBlock is the number of rows of a time block where none is given.
const defaultBlock = 200

// fillReference counts the data in cells that there are.
func fillReference(data *dataset, g *profile.Geometry, from profile.Provenance, blockRows int) (*profile.Reference, error) {
	const mostBlocks = 720
	n, err := data.count()
	if err != nil {
		return nil, err
	}
	if blockRows == 0 {
		blockRows = max(defaultBlock, (n+mostBlocks-1)/mostBlocks)
	}
	p, blocks, err := fill(g, data.rows(0, -1), blockRows)
	if err != nil {
		return nil, err
	}
	return profile.NewReference(p, blocks, from)
}

// provenance completes what is known about the origin.
func (f *profileFlags) provenance(e *environment, files []string) (err error) {
	f.from.Created = e.now().UTC().Truncate(time.Second)
	if f.from.Dataset == "" {
		f.from.Dataset = baseNames(files)
	}
	f.from.DatasetHash, err = hashOf(files)
	return err
}

func baseNames(files []string) string {
	names := make([]string, len(files))
	for i, path := range files {
		names[i] = filepath.Base(path)
	}
	return strings.Join(names, " ")
}

// hashOf returns the SHA-256 of the files as they are on disk, one after the
// other.
func hashOf(files []string) (string, error) {
	hash := sha256.New()
	for _, path := range files {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(hash, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}

// enoughBlocks is how many time blocks natural variability is known from.
const enoughBlocks = 20

// warnOfBlocks says so where the reference does not know how much data vary.
func warnOfBlocks(e *environment, r *profile.Reference) {
	switch n := len(r.Panes()); {
	case n == 0:
		e.note("the reference has no time blocks (too few rows, or not in time order): how much the data vary by themselves is not known")
	case n < enoughBlocks:
		e.note("the reference has %d time blocks and a monitor wants %d: use more data or a smaller -block-rows", n, enoughBlocks)
	}
}
