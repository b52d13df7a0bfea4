package profile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark-ml/tidemark/sketch"
)

// ErrSchema is wrapped by errors about a reference that does not fit a schema.
var ErrSchema = errors.New("profile: the reference does not fit the schema")

// Rebind returns the reference with its columns in the order of another schema,
// matched by feature name and kind: a reference made from a file knows no Go
// struct. What is declared about a feature (range, list, group, …) is taken from
// the schema: categories outside a declared list count as unseen, and declared
// ones that the reference never showed get a cell.
//
// Features that only the reference has are left out. One that it lacks or has as
// another kind, another task, a threshold that the scores are not cut at, and a
// sensitive feature that was profiled as if it were not, are errors that wrap
// [ErrSchema] and name them. Counts below a Min and above a Max that the schema
// changes stay those of the reference's own declaration.
func (r *Reference) Rebind(s *Schema) (*Reference, error) {
	if s == nil {
		return nil, fmt.Errorf("%w: need a schema, have nil", ErrSchema)
	}
	from := r.Geometry()
	source, err := matchAxes(from, s)
	if err != nil {
		return nil, err
	}
	axes := make([]Axis, len(source))
	columns := make([]rebinding, len(source))
	for i, j := range source {
		a := from.axes[j]
		a.marks, a.edgeKeys = nil, nil
		columns[i] = rebinding{source: j}
		if i < s.Len() {
			a.Feature = s.features[i]
			columns[i].relabel(&a)
		}
		axes[i] = a
	}
	if t := s.target; t.Task == BinaryTask && t.Threshold != from.schema.target.Threshold && !slices.Contains(axes[s.Len()].Edges, t.Threshold) {
		return nil, fmt.Errorf("%w: its scores are not cut at the decision threshold %v; profile again with that threshold", ErrSchema, t.Threshold)
	}
	g := newGeometry(s, axes)
	together := from.joint.rebind(g, source)
	if together != nil {
		g = g.withJoint(together.plan)
	}
	g = g.withReservoir(from.reservoir)
	rows := newRowsRebinding(from, g, columns)
	panes := make([]*Pane, len(r.panes))
	for i, p := range r.panes {
		panes[i] = p.rebind(g, columns)
		panes[i].joint = together.state(g, p.joint)
		rows.pane(p, panes[i])
	}
	whole := r.profile.rebind(g, columns)
	whole.Joint = together.state(g, r.profile.Joint)
	rows.profile(r.profile, whole)
	g.withGrids(whole)
	out := newReference(whole, panes, r.provenance)
	out.live, out.baseline = r.live, together.state(g, r.baseline)
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
		j, ok := old.Index(s.features[i].Name)
		if !ok {
			errs = append(errs, fmt.Errorf("%w: it has no feature %q", ErrSchema, s.features[i].Name))
		} else {
			errs = append(errs, old.features[j].serves(s.features[i]))
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

// serves reports a feature of a reference that cannot stand for want.
func (f Feature) serves(want Feature) error {
	switch {
	case f.Kind != want.Kind:
		return fmt.Errorf("%w: feature %q is %v in the reference and %v in the schema", ErrSchema, f.Name, f.Kind, want.Kind)
	case f.Dimensions != want.Dimensions:
		return fmt.Errorf("%w: feature %q has %d dimensions in the reference and %d in the schema", ErrSchema, f.Name, f.Dimensions, want.Dimensions)
	case want.Sensitive && !f.Sensitive && want.Kind != Boolean && len(want.OneOf) == 0:
		return fmt.Errorf("%w: feature %q is sensitive in the schema, and the reference, profiled without that, holds its values; profile again with this schema", ErrSchema, f.Name)
	}
	return nil
}

// rebinding says how a column is made from that of a reference.
type rebinding struct {
	source int
	to     []int // the new cell of each old one, unseenCell for none; nil: as they are
}

const unseenCell = -1

// relabel gives a its declared labels and notes where the old cells went.
func (c *rebinding) relabel(a *Axis) {
	declared := a.Feature.OneOf
	if a.Kind != Categorical || len(declared) == 0 {
		return
	}
	listed := func(label string) bool { return slices.Contains(declared, label) }
	hashes := make(map[uint64]bool, len(declared))
	for _, d := range declared {
		hashes[sketch.Hash(d)] = true
	}
	old := a.Labels
	a.Labels, a.Open, a.Singletons = nil, false, 0
	for _, label := range old {
		if !listed(label) {
			c.to = append(c.to, unseenCell)
			continue
		}
		c.to = append(c.to, len(a.Labels))
		a.Labels = append(a.Labels, label)
	}
	// A declared category among the others stays there: its count cannot be told
	// from theirs, and live values must go where those of the reference went.
	a.others = slices.DeleteFunc(slices.Clone(a.others), func(h uint64) bool { return !hashes[h] })
	for _, d := range declared {
		if !slices.Contains(a.Labels, d) && !slices.Contains(a.others, sketch.Hash(d)) {
			a.Labels = append(a.Labels, d)
		}
	}
	c.to = append(c.to, len(a.Labels))
	if len(a.others) == 0 {
		c.to[len(old)] = unseenCell
	}
}

// rebind copies p to geometry g, whose columns are made as columns say.
func (p *Profile) rebind(g *Geometry, columns []rebinding) *Profile {
	out := *p
	out.geometry, out.Columns = g, make([]Column, len(columns))
	for i, from := range columns {
		c, a := p.Columns[from.source], g.Axis(i)
		var unseen uint64
		c.Cells, unseen = regroup(c.Cells, a.Cells(), from.to)
		c.Unseen += unseen
		if a.Feature.Sensitive {
			c.Quantiles, c.Novel = nil, nil
		}
		out.Columns[i] = c
	}
	return &out
}

// regroup moves the counts of cells to n cells, and those of cells that are no
// more into unseen.
func regroup[T uint32 | uint64](cells []T, n int, to []int) (out []T, unseen T) {
	if to == nil {
		return slices.Clone(cells), 0
	}
	out = make([]T, n)
	for j, count := range cells {
		if to[j] == unseenCell {
			unseen += count
		} else {
			out[to[j]] += count
		}
	}
	return out, unseen
}

func (p *Pane) rebind(g *Geometry, columns []rebinding) *Pane {
	out := *p
	out.geometry, out.offsets = g, g.panes.offsets
	out.counts = make([]uint32, 0, g.panes.length)
	for i, from := range columns {
		at, start := p.offsets[from.source], len(out.counts)
		cells, unseen := regroup(p.Cells(from.source), g.Axis(i).Cells(), from.to)
		out.counts = append(append(out.counts, p.counts[at:at+counters]...), cells...)
		out.counts[start+unseenCounter] += unseen
	}
	return &out
}
