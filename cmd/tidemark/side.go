package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tidemark-ml/tidemark/profile"
)

// side is one side of a comparison: a reference, a profile or a data file.
type side struct {
	path      string
	reference *profile.Reference // nil unless the file holds one
	profile   *profile.Profile   // nil where it is a data file
}

// loadSide reads a file if it is a profile or a reference.
func loadSide(path string) (*side, error) {
	kind, err := encodingOf(path)
	if err != nil {
		return nil, err
	}
	s := &side{path: path}
	switch kind {
	case encodedReference:
		if s.reference, err = profile.Load(path); err == nil {
			s.profile = s.reference.Profile()
		}
	case encodedProfile:
		s.profile, err = loadProfile(path)
	}
	return s, err
}

func loadProfile(path string) (*profile.Profile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := new(profile.Profile)
	if err := p.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// encoding is what a file holds.
type encoding uint8

const (
	noEncoding encoding = iota // a data file
	encodedReference
	encodedProfile
)

// encodingOf tells by its first bytes what a file holds.
func encodingOf(path string) (encoding, error) {
	f, err := os.Open(path)
	if err != nil {
		return noEncoding, err
	}
	defer f.Close()
	head := make([]byte, 5)
	_, err = io.ReadFull(f, head)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return noEncoding, fmt.Errorf("%s: %w", path, err)
	case !bytes.HasPrefix(head, []byte("TDMK")):
		return noEncoding, nil
	case head[4] == 'R':
		return encodedReference, nil
	case head[4] == 'P':
		return encodedProfile, nil
	}
	return noEncoding, fmt.Errorf("%s: holds neither a reference nor a profile; did it come from a newer tidemark?", path)
}

// isData reports whether the side is a data file.
func (s *side) isData() bool { return s.profile == nil }

// pair makes both sides comparable.
func (f *dataFlags) pair(e *environment, reference, current *side) (*profile.Reference, *profile.Profile, error) {
	r, err := f.asReference(e, reference, current)
	if err != nil {
		return nil, nil, err
	}
	if r, err = f.narrowed(r); err != nil {
		return nil, nil, err
	}
	if current.isData() {
		data, err := f.open(e, r.Schema(), current.path)
		if err != nil {
			return nil, nil, err
		}
		if f.columns.score == "" && hasScores(r) {
			e.note("the reference has scores; name their column of %s with -score to compare them", current.path)
		}
		p, _, err := fill(r.Geometry(), data.rows(0, -1), 0)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", current.path, err)
		}
		return r, p, nil
	}
	if p := current.profile; p.Geometry().ID() == r.Geometry().ID() {
		return r, p, nil
	}
	again, err := r.Rebind(current.profile.Geometry().Schema())
	if err == nil && again.Geometry().ID() == current.profile.Geometry().ID() {
		return again, current.profile, nil
	}
	return nil, nil, errors.Join(fmt.Errorf("%s and %s are cut into different cells and cannot be compared exactly: "+
		"give the data file instead, or profile it with -like %s", reference.path, current.path, reference.path), err)
}

// asReference returns the reference side, cut as the current side is where that
// cannot be changed any more.
func (f *dataFlags) asReference(e *environment, s, current *side) (*profile.Reference, error) {
	switch {
	case s.reference != nil:
		return s.reference, nil
	case s.profile != nil:
		return profile.NewReference(s.profile, nil, profile.Provenance{})
	case current.isData():
		data, err := f.open(e, nil, s.path)
		if err != nil {
			return nil, err
		}
		return buildReference(data, profile.Provenance{Dataset: baseNames([]string{s.path})})
	}
	g := current.profile.Geometry()
	data, err := f.open(e, g.Schema(), s.path)
	if err != nil {
		return nil, err
	}
	return fillReference(data, g, profile.Provenance{Dataset: baseNames([]string{s.path})}, 0)
}

// narrowed leaves out the features that -ignore names.
func (f *dataFlags) narrowed(r *profile.Reference) (*profile.Reference, error) {
	ignored := list(f.columns.ignore)
	kept := slices.DeleteFunc(schemaOf(r.Schema()).Features, func(x profile.Feature) bool {
		return slices.Contains(ignored, x.Name)
	})
	if len(kept) == r.Schema().Len() {
		return r, nil
	}
	s, err := profile.NewSchema(r.Schema().Target(), kept...)
	if err != nil {
		return nil, err
	}
	return r.Rebind(s)
}

// hasScores reports whether the reference saw the model answer.
func hasScores(r *profile.Reference) bool {
	return r.Profile().Columns[r.Schema().Len()].Total() > 0
}
