package profile

import "slices"

// rebound is a plan in the columns of another schema, and how states follow it.
type rebound struct {
	plan       *JointPlan
	positions  []int // kept positions, in the old plan
	pairs      []int // kept pairs
	embeddings []int // kept embeddings
}

// rebind returns the plan for the columns of geometry g, whose axis i is axis
// source[i] of the old one. Features that are left out take their pairs with
// them, and the principal components, which are of all features.
func (j *JointPlan) rebind(g *Geometry, source []int) *rebound {
	if j == nil {
		return nil
	}
	r := &rebound{plan: &JointPlan{All: j.All}}
	at := make([]int32, len(j.Columns))
	for i, column := range j.Columns {
		at[i] = -1
		if to := slices.Index(source, column); to >= 0 {
			at[i] = int32(len(r.positions))
			r.positions = append(r.positions, i)
			r.plan.Columns = append(r.plan.Columns, to)
			r.plan.Scores = append(r.plan.Scores, j.Scores[i])
		}
	}
	for i, p := range j.Pairs {
		if a, b := at[p.A], at[p.B]; a >= 0 && b >= 0 {
			r.pairs = append(r.pairs, i)
			r.plan.Pairs = append(r.plan.Pairs, JointPair{a, b, p.Spread})
		}
	}
	if len(r.positions) == len(j.Columns) {
		r.plan.Components, r.plan.Distance = j.Components, j.Distance
	}
	for i := range j.Embeddings {
		e := j.Embeddings[i]
		to := slices.Index(source, e.Column)
		if to >= 0 && g.axes[to].Feature.Dimensions == e.Dimensions {
			e.Column = to
			r.embeddings = append(r.embeddings, i)
			r.plan.Embeddings = append(r.plan.Embeddings, e)
		}
	}
	return r
}

// state returns s as counted by the rebound plan, which must be bound.
func (r *rebound) state(g *Geometry, s *Joint) *Joint {
	if r == nil || s == nil || g.joint == nil {
		return nil
	}
	out := g.joint.newJoint()
	out.Rows = s.Rows
	for i, at := range r.positions {
		out.Valid[i], out.Sums[i], out.Squares[i] = s.Valid[at], s.Sums[at], s.Squares[at]
	}
	for i, at := range r.pairs {
		out.Products[i] = s.Products[at]
	}
	for i, at := range r.embeddings {
		out.Embeddings[i].Rows = s.Embeddings[at].Rows
		copy(out.Embeddings[i].Cells, s.Embeddings[at].Cells)
	}
	return out
}
