package profile

import (
	"errors"
	"fmt"
	"slices"
)

// ErrSchema is wrapped by errors about a reference that does not fit a schema.
var ErrSchema = errors.New("profile: the reference does not fit the schema")

// Rebind returns the reference with its columns in the order of another schema,
// matched by feature name and kind: a reference made from a file knows no Go
// struct. Features that only the reference has are left out; one that it lacks,
// or has as another kind, and another task, are errors that name them. What is
// declared about a feature (range, list, group, …) is taken from the schema.
func (r *Reference) Rebind(s *Schema) (*Reference, error) {
	from := r.Geometry()
	source, err := matchAxes(from, s)
	if err != nil {
		return nil, err
	}
	axes := make([]Axis, len(source))
	for i, j := range source {
		a := from.axes[j]
		a.marks, a.edgeKeys = nil, nil
		if i < s.Len() {
			a.Feature = s.features[i]
			a.Labels = withDeclared(a.Labels, a.Feature.OneOf)
		}
		axes[i] = a
	}
	if s.target.Task == BinaryTask && s.target.Threshold != from.schema.target.Threshold &&
		!slices.Contains(axes[s.Len()].Edges, s.target.Threshold) {
		return nil, fmt.Errorf("%w: its scores are not cut at the decision threshold %v; profile again with that threshold", ErrSchema, s.target.Threshold)
	}
	g := newGeometry(s, axes)
	panes := make([]*Pane, len(r.panes))
	for i, p := range r.panes {
		panes[i] = p.rebind(g, source)
	}
	out := newReference(r.profile.rebind(g, source), panes, r.provenance)
	out.live = r.live
	return out, nil
}

// matchAxes returns, for each axis that a profile of schema s has, its position
// in g.
func matchAxes(g *Geometry, s *Schema) ([]int, error) {
	var errs []error
	old := g.schema
	if old.target.Task != s.target.Task || !slices.Equal(old.target.Classes, s.target.Classes) {
		errs = append(errs, fmt.Errorf("%w: it is of a %v model %v, the schema of a %v model %v",
			ErrSchema, old.target.Task, old.target.Classes, s.target.Task, s.target.Classes))
	}
	var source []int
	for i := range s.Len() {
		f := s.Feature(i)
		j, ok := old.Index(f.Name)
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%w: it has no feature %q", ErrSchema, f.Name))
		case old.Feature(j).Kind != f.Kind:
			errs = append(errs, fmt.Errorf("%w: feature %q is %v in the reference and %v in the schema", ErrSchema, f.Name, old.Feature(j).Kind, f.Kind))
		}
		source = append(source, j)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for j := old.Len(); j < g.Len(); j++ {
		source = append(source, j)
	}
	return source, nil
}

// withDeclared appends the declared labels that are not among labels.
func withDeclared(labels, declared []string) []string {
	out := slices.Clone(labels)
	for _, d := range declared {
		if !slices.Contains(labels, d) {
			out = append(out, d)
		}
	}
	return out
}

// rebind copies p to geometry g, whose axis i is axis source[i] of p's,
// possibly with more labels.
func (p *Profile) rebind(g *Geometry, source []int) *Profile {
	out := *p
	out.geometry, out.Columns = g, make([]Column, len(source))
	for i, j := range source {
		c := p.Columns[j]
		c.Cells = widen(c.Cells, g.Axis(i).Cells())
		out.Columns[i] = c
	}
	return &out
}

// widen returns cells with room for more labels before the last cell.
func widen[T any](cells []T, n int) []T {
	out := make([]T, n)
	last := len(cells) - 1
	copy(out, cells[:last])
	out[n-1] = cells[last]
	return out
}

func (p *Pane) rebind(g *Geometry, source []int) *Pane {
	out := *p
	out.geometry, out.offsets = g, g.panes.offsets
	out.counts = make([]uint32, 0, g.panes.length)
	for i, j := range source {
		at := p.offsets[j]
		out.counts = append(out.counts, p.counts[at:at+counters]...)
		out.counts = append(out.counts, widen(p.Cells(j), g.Axis(i).Cells())...)
	}
	return &out
}
