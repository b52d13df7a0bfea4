package profile

import "math"

// JointPlan says what is counted of features together, beyond each by itself:
// normal scores of the cells of the numeric features, the pairs whose products
// are summed, directions in which they spread, and the axes that embeddings are
// projected on. It belongs to a geometry, is fitted on one half of a reference
// by Build, and is immutable.
//
// The normal score of a cell is Φ⁻¹ of its mid-rank in the reference, clipped to
// ±3, in steps of ScoreUnit; a value that is missing or no number scores 0. On
// that scale a correlation is one of ranks (van der Waerden's), which knows
// nothing of the shape of either feature.
type JointPlan struct {
	// Columns are the columns of the numeric features, ascending.
	Columns []int
	// Scores are the normal scores of the cells of each of them, in ScoreUnit.
	Scores [][]int8
	// Pairs are the pairs of positions in Columns whose products are summed: all
	// of them in order where All, else the most correlated and a few at random.
	Pairs []JointPair
	All   bool
	// Components are the principal components of the scores, largest first; none
	// unless All.
	Components []JointComponent
	// Distance is the standard deviation over rows of the influence of a row on
	// the mean squared Mahalanobis distance.
	Distance float64
	// Embeddings are the plans of the embedding features.
	Embeddings []EmbeddingPlan

	every   uint32       // of the rows of a profile beyond the first, 1 in every is looked at
	lookups []byteLookup // by position
	vectors []int16      // by column: index in Embeddings + 1
	digest  string       // of everything that decides what is counted
}

// JointPair is a pair of features.
type JointPair struct {
	A, B int32 // positions in Columns, A < B
	// Spread is the standard deviation over rows of the influence of one row on
	// the correlation; 1−ρ² for normal features.
	Spread float64
}

// JointComponent is one direction of the scores.
type JointComponent struct {
	// Weights are by position in Columns, of length 1.
	Weights []float64
	// Spread is the standard deviation over rows of the influence of one row on
	// the variance along the component, relative to that variance; at most √2 for
	// normal features.
	Spread float64
}

// ScoreUnit is the step of normal scores: products of scores are whole numbers
// of ScoreUnit², so that sums of them merge exactly.
const ScoreUnit = 1.0 / 16

const (
	scoreLimit    = 3       // normal scores are clipped to ±3
	jointFeatures = 50      // above it multivariate state is off unless asked for
	jointPairs    = 1225    // pairs kept; all of them up to 50 features
	strayPairs    = 25      // of these, chosen at random where not all are kept
	jointRows     = 1024    // the first rows of a profile are all looked at
	jointPlenty   = 4096    // rows looked at from which on fewer of the others are
	rowBudget     = 75      // of later rows: work a row, about a nanosecond each
	minSpread     = .01     // of a pair
	jointLeast    = 100     // rows a plan is fitted on, at least
	jointMost     = 4096    // and at most
	jointNumbers  = 4 << 20 // numbers held while fitting
)

// Joint returns what is counted of features together, nil where nothing is.
func (g *Geometry) Joint() *JointPlan { return g.joint }

// Every returns k: beyond its first 1024 rows a profile looks at 1 row in k, and at
// fewer from 4096 rows looked at on. It grows with the number of pairs, so that
// the cost per row does not.
func (j *JointPlan) Every() int { return int(j.every) }

// withJoint returns the geometry with a plan, or itself where there is none.
func (g *Geometry) withJoint(j *JointPlan) *Geometry {
	if j == nil || len(j.Pairs) == 0 && len(j.Embeddings) == 0 {
		return g
	}
	with := *g
	j.bind(g)
	with.joint = j
	with.id = with.fingerprint()
	return &with
}

// bind computes what the row pass needs.
func (j *JointPlan) bind(g *Geometry) {
	work := 12*len(j.Columns) + len(j.Pairs)
	j.every = uint32(max(1, (work+rowBudget-1)/rowBudget))
	j.lookups = make([]byteLookup, len(j.Columns))
	for i, column := range j.Columns {
		j.lookups[i] = newByteLookup(g.axes[column].edgeKeys, biased(j.Scores[i]))
	}
	j.vectors = make([]int16, g.Len())
	for i := range j.Embeddings {
		e := &j.Embeddings[i]
		e.bind()
		j.vectors[e.Column] = int16(i + 1)
	}
	j.digest = string(j.encode(nil))
}

// embedding returns the plan of a column, nil where it has none.
func (j *JointPlan) embedding(column int) *EmbeddingPlan {
	if j == nil || j.vectors[column] == 0 {
		return nil
	}
	return &j.Embeddings[j.vectors[column]-1]
}

// cellScores are the normal scores of cells of these counts: those of their
// mid-ranks. Cells without counts score as their place among the others.
func cellScores(counts []uint64) []int8 {
	var total, below float64
	for _, c := range counts {
		total += float64(c)
	}
	scores := make([]int8, len(counts))
	for i, c := range counts {
		share := min(max((below+float64(c)/2)/max(total, 1), 1e-6), 1-1e-6)
		below += float64(c)
		z := math.Sqrt2 * math.Erfinv(2*share-1)
		scores[i] = int8(math.Round(min(max(z, -scoreLimit), scoreLimit) / ScoreUnit))
	}
	return scores
}

// biased are scores as the row pass holds them, at least 0.
func biased(scores []int8) []uint8 {
	out := make([]uint8, len(scores))
	for i, s := range scores {
		out[i] = uint8(int(s) + scoreBias)
	}
	return out
}
