package profile

// scoreTable holds the normal scores of some rows by feature, and sums them and
// their products. They are held with a bias that makes them at least 0. Where the
// processor does not multiply many at once, those of three features are put side by
// side in one word: one multiplication sums three pairs.
type scoreTable struct {
	rows     int
	features int
	block    []uint8    // by feature, BatchRows of each
	ones     []uint8    // as many
	totals   []int64    // by feature
	sums     []uint32   // of one feature's products with others
	words    [][]uint64 // by feature/lanes; nil where scores are multiplied as they are
}

const (
	scoreBias = 48 // scoreLimit/ScoreUnit
	lanes     = 3
	laneBits  = 21
	packRows  = (1<<laneBits - 1) / (4 * scoreBias * scoreBias) // rows whose products fit a lane
)

func newScoreTable(features int) *scoreTable {
	t := &scoreTable{
		features: features, block: make([]uint8, features*BatchRows), ones: make([]uint8, BatchRows),
		totals: make([]int64, features), sums: make([]uint32, features),
	}
	for i := range t.ones {
		t.ones[i] = 1
	}
	t.pack(!vectorDots())
	return t
}

// pack says whether scores are put side by side.
func (t *scoreTable) pack(packed bool) {
	t.words = nil
	if packed {
		for range (t.features + lanes - 1) / lanes {
			t.words = append(t.words, make([]uint64, BatchRows))
		}
	}
}

// of returns the scores of a feature.
func (t *scoreTable) of(i int) []uint8 { return t.block[i*BatchRows:][:t.rows] }

// addTo adds sums, squares and products of pairs to s.
func (t *scoreTable) addTo(s *Joint, plan *JointPlan) {
	if t.features == 0 || t.rows == 0 {
		return
	}
	if t.words == nil {
		t.multiply(s, plan)
	} else {
		t.multiplyWords(s, plan)
	}
	for i, total := range t.totals {
		s.Sums[i] += total - int64(t.rows)*scoreBias
		s.Squares[i] -= t.bias(i, i)
	}
	for i := range plan.Pairs {
		s.Products[i] -= t.bias(int(plan.Pairs[i].A), int(plan.Pairs[i].B))
	}
}

// bias is what the bias c of scores adds to the sum of products of n pairs: with
// x' = x+c and y' = y+c, Σx'y' − Σxy = c(Σx'+Σy') − nc².
func (t *scoreTable) bias(a, b int) int64 {
	return scoreBias * (t.totals[a] + t.totals[b] - int64(t.rows)*scoreBias)
}

// multiply sums the biased scores as they are, and their squares and products.
func (t *scoreTable) multiply(s *Joint, plan *JointPlan) {
	for i := range t.features {
		clear(t.block[i*BatchRows+t.rows : i*BatchRows+(t.rows+dotRows-1)/dotRows*dotRows])
	}
	dots(t.ones, t.block, t.sums, t.rows)
	for i, total := range t.sums {
		t.totals[i] = int64(total)
	}
	pair := 0
	for a := range t.features {
		sums := t.sums[a:]
		if !plan.All {
			sums = sums[:1]
		}
		dots(t.block[a*BatchRows:], t.block[a*BatchRows:], sums, t.rows)
		s.Squares[a] += int64(sums[0])
		for _, products := range sums[1:] {
			s.Products[pair] += int64(products)
			pair++
		}
	}
	if plan.All {
		return
	}
	for i := range plan.Pairs {
		dots(t.block[plan.Pairs[i].A*BatchRows:], t.block[plan.Pairs[i].B*BatchRows:], t.sums[:1], t.rows)
		s.Products[i] += int64(t.sums[0])
	}
}

// multiplyWords is multiply with scores put side by side.
func (t *scoreTable) multiplyWords(s *Joint, plan *JointPlan) {
	for i := range t.features {
		scores := t.of(i)
		t.totals[i] = 0
		for _, v := range scores {
			t.totals[i] += int64(v)
		}
		s.Squares[i] += dot(scores, scores)
	}
	if !plan.All {
		for i := range plan.Pairs {
			s.Products[i] += dot(t.of(int(plan.Pairs[i].A)), t.of(int(plan.Pairs[i].B)))
		}
		return
	}
	for i := range t.features {
		words, lane := t.words[i/lanes], i%lanes*laneBits
		if lane == 0 {
			clear(words)
		}
		for r, v := range t.of(i) {
			words[r] |= uint64(v) << lane
		}
	}
	for from := 0; from < t.rows; from += packRows {
		t.multiplyPacked(s, from, min(from+packRows, t.rows))
	}
}

// multiplyPacked adds the products of all pairs over some of the rows, packRows at
// most.
func (t *scoreTable) multiplyPacked(s *Joint, from, to int) {
	pair := 0
	for a := range t.features - 1 {
		x := t.of(a)[from:to]
		for g := (a + 1) / lanes; g < len(t.words); g++ {
			sums := packed(x, t.words[g][from:to])
			for lane := range lanes {
				b := g*lanes + lane
				if b > a && b < t.features {
					s.Products[pair] += int64(sums >> (lane * laneBits) & (1<<laneBits - 1))
					pair++
				}
			}
		}
	}
}

// packed sums the products of x with each lane of words.
func packed(x []uint8, words []uint64) (sum uint64) {
	words = words[:len(x)]
	for i, v := range x {
		sum += uint64(v) * words[i]
	}
	return sum
}

// dot is the sum of products.
func dot(x, y []uint8) (sum int64) {
	y = y[:len(x)]
	for i, v := range x {
		sum += int64(v) * int64(y[i])
	}
	return sum
}
