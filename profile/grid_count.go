package profile

import "math"

// binned is what counting some values on a grid found.
type binned struct {
	words  []uint64 // what is counted
	counts [gridCells]uint32
	// Sums of the differences to a center and of their squares, and extremes: of
	// every fourth value each, where values are counted as vectors.
	sums, squares, low, high [ways]float64
	rest                     []uint64 // words that the grid has no cell for: room for all
	n                        int      // of them
}

// ways is how many values are counted at once as vectors.
const ways = 4

// count counts words; some of them are near the center. It is all that most values
// cost.
func (g *grid) count(t *binned, center float64) {
	t.begin()
	g.countFrom(t, g.countVectors(t, center), center)
}

// begin forgets all but the counts, which whoever takes them makes 0.
func (t *binned) begin() {
	t.sums, t.squares, t.n = [ways]float64{}, [ways]float64{}, 0
	for i := range ways {
		t.low[i], t.high[i] = math.Inf(1), math.Inf(-1)
	}
}

// countFrom counts words from one on, as countVectors does.
func (g *grid) countFrom(t *binned, from int, center float64) {
	offset, base, shift := g.offset, g.base, g.shift&63
	sum, squares, low, high := t.sums[0], t.squares[0], t.low[0], t.high[0]
	n, rest := t.n, t.rest[:len(t.words)]
	for _, word := range t.words[from:] {
		v := math.Float64frombits(word)
		if bucket := (math.Float64bits(v+offset) - base) >> shift; bucket < gridBuckets {
			if c := uint8(g.buckets[bucket]); c != noCell {
				c += atLeast(v, g.upper[c])
				c += atLeast(v, g.upper[c])
				t.counts[c]++
				if v < low {
					low = v
				}
				if v > high {
					high = v
				}
				v -= center
				sum += v
				squares += v * v
				continue
			}
		}
		rest[n] = word
		n++
	}
	t.sums[0], t.squares[0], t.low[0], t.high[0], t.n = sum, squares, low, high, n
}

// total adds what the ways have summed.
func total(of *[ways]float64) float64 { return (of[0] + of[1]) + (of[2] + of[3]) }

// pick writes the words whose cells are chosen to the rest.
func (g *grid) pick(t *binned, chosen *[gridCells]bool) {
	for _, word := range t.words {
		if c := g.find(math.Float64frombits(word)); chosen[c] && c != noCell {
			t.rest[t.n] = word
			t.n++
		}
	}
}
