package profile

// Joint is what was counted of features together, as the [JointPlan] of its
// geometry says. Everything in it is a whole number: adding is exact, commutes
// and associates. Rows beyond the first 1024 of a profile are sampled, 1 in k
// (see [JointPlan.Every]), vectors 1 in a k of their own.
type Joint struct {
	Rows     uint64   // rows looked at
	Valid    []uint64 // of these, with a number, by position
	Sums     []int64  // Σ score, in ScoreUnit
	Squares  []int64  // Σ score², in ScoreUnit²
	Products []int64  // Σ of the product of two scores, by pair
	// Embeddings are parallel to the plan's.
	Embeddings []EmbeddingCounts

	plan *JointPlan
}

// newJoint returns an empty state, nil for no plan.
func (j *JointPlan) newJoint() *Joint {
	if j == nil {
		return nil
	}
	d := len(j.Columns)
	sums := make([]int64, 2*d+len(j.Pairs))
	s := &Joint{
		Valid: make([]uint64, d), Sums: sums[:d:d], Squares: sums[d : 2*d : 2*d], Products: sums[2*d:],
		Embeddings: make([]EmbeddingCounts, len(j.Embeddings)), plan: j,
	}
	for i := range s.Embeddings {
		s.Embeddings[i].Cells = make([]uint64, j.Embeddings[i].Measures()*EmbeddingCells)
	}
	return s
}

// Plan returns what was counted.
func (s *Joint) Plan() *JointPlan { return s.plan }

// add adds o (sign 1) or takes it away (sign ^0, i.e. −1); both have one plan.
func (s *Joint) add(o *Joint, sign uint64) {
	s.Rows += sign * o.Rows
	for i, v := range o.Valid {
		s.Valid[i] += sign * v
	}
	for i, v := range o.Sums {
		s.Sums[i] += int64(sign) * v
	}
	for i, v := range o.Squares {
		s.Squares[i] += int64(sign) * v
	}
	for i, v := range o.Products {
		s.Products[i] += int64(sign) * v
	}
	for i := range o.Embeddings {
		mine, theirs := &s.Embeddings[i], &o.Embeddings[i]
		mine.Rows += sign * theirs.Rows
		for k, c := range theirs.Cells {
			mine.Cells[k] += sign * c
		}
	}
}

// merged returns s with o added; nil where either is not known.
func (s *Joint) merged(o *Joint) *Joint {
	if s == nil || o == nil {
		return nil
	}
	s.add(o, 1)
	return s
}

func (s *Joint) clone() *Joint {
	if s == nil {
		return nil
	}
	c := s.plan.newJoint()
	c.add(s, 1)
	return c
}

func (s *Joint) reset() {
	if s == nil {
		return
	}
	s.Rows = 0
	clear(s.Valid)
	clear(s.Sums)
	clear(s.Squares)
	clear(s.Products)
	for i := range s.Embeddings {
		s.Embeddings[i].Rows = 0
		clear(s.Embeddings[i].Cells)
	}
}

// Joint returns what the pane counted of features together, which must not be
// changed; nil where nothing was.
func (p *Pane) Joint() *Joint { return p.joint }

// Baseline returns the joint counts that live ones are compared with: those of
// the half of the reference that the plan was not fitted on, or of the whole
// where plan and reference were made of different rows. Nil where there are none.
func (r *Reference) Baseline() *Joint {
	if r.baseline != nil {
		return r.baseline
	}
	return r.profile.Joint
}
