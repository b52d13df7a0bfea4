package profile

// ClassCells is how many cells of equal width the probability of a class is cut
// into.
const ClassCells = 50

// MaxRanks is how many ranks of the true class are told apart; the last counts
// those beyond.
const MaxRanks = 8

// ClassOutcomes are what came true of a multiclass model with Q classes.
type ClassOutcomes struct {
	// Confusion counts decisions by [decided·Q + true class].
	Confusion []uint64
	// Ranks counts rows by the rank of the true class among the probabilities,
	// from 0; equal probabilities rank the true class last. Rows without
	// probabilities are left out.
	Ranks [MaxRanks]uint64
	// Cells counts rows by [class·ClassCells + cell of its probability] and by
	// whether it was the true class (index 1) or not (index 0).
	Cells [][2]uint64
	// Probability is Σ of the probabilities, parallel to Cells.
	Probability []float64
	// Log is the log loss, natural, clipped at 1e-15.
	Log Sum
	// Brier is Σ over classes of (probability − truth)², by row.
	Brier Sum
}

func newClassOutcomes(classes int) *ClassOutcomes {
	return &ClassOutcomes{
		Confusion:   make([]uint64, classes*classes),
		Cells:       make([][2]uint64, classes*ClassCells),
		Probability: make([]float64, classes*ClassCells),
	}
}

// ClassCell returns the cell of a probability: equal widths, 1 in the last.
func ClassCell(probability float64) int {
	return min(max(int(probability*ClassCells), 0), ClassCells-1)
}

func (c *ClassOutcomes) add(j *Joined) {
	truth, classes := int(j.Truth), len(c.Cells)/ClassCells
	c.Confusion[j.Decided*classes+truth]++
	if len(j.Probabilities) != classes {
		return
	}
	rank := 0
	var brier float64
	for i, p := range j.Probabilities {
		p := float64(p)
		at, is := i*ClassCells+ClassCell(p), 0
		if i == truth {
			is = 1
		} else if p >= float64(j.Probabilities[truth]) {
			rank++
		}
		c.Cells[at][is]++
		c.Probability[at] += p
		brier += (p - float64(is)) * (p - float64(is))
	}
	c.Ranks[min(rank, MaxRanks-1)]++
	c.Log.Add(LogLoss(float64(j.Probabilities[truth]), 1))
	c.Brier.Add(brier)
}

func (c *ClassOutcomes) merge(d *ClassOutcomes) {
	for i, v := range d.Confusion {
		c.Confusion[i] += v
	}
	for i, v := range d.Ranks {
		c.Ranks[i] += v
	}
	for i, v := range d.Cells {
		c.Cells[i][0] += v[0]
		c.Cells[i][1] += v[1]
		c.Probability[i] += d.Probability[i]
	}
	c.Log.Merge(d.Log)
	c.Brier.Merge(d.Brier)
}

func (c *ClassOutcomes) reset() {
	clear(c.Confusion)
	clear(c.Cells)
	clear(c.Probability)
	c.Ranks, c.Log, c.Brier = [MaxRanks]uint64{}, Sum{}, Sum{}
}
