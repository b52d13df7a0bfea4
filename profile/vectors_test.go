package profile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tidemark-ml/tidemark/sketch"
)

// TestVectorsCountAsScalarsDo: on every grid, for values of every kind, also at the
// edges, and for every length. Only sums may differ, in their last bits.
func TestVectorsCountAsScalarsDo(t *testing.T) {
	for name, draw := range gridShapes {
		g := shapedReference(t, draw, 1, 4000).Geometry().grids()[0]
		if g == nil {
			continue
		}
		r := rand.New(rand.NewPCG(4, 9))
		for live, drawLive := range gridShapes {
			words := make([]uint64, r.IntN(fillRows))
			for i := range words {
				words[i] = math.Float64bits(strange(r, g, drawLive))
			}
			center := typical(words)
			a := binned{words: words, rest: make([]uint64, len(words))}
			b := binned{words: words, rest: make([]uint64, len(words))}
			g.count(&a, center)
			b.begin()
			g.countFrom(&b, 0, center)
			a.addRest(center, new(Column))
			b.addRest(center, new(Column))
			squares := total(&b.squares)
			if a.counts != b.counts || !slices.Equal(a.rest[:a.n], b.rest[:b.n]) ||
				math.Abs(total(&a.squares)-squares) > 1e-12*squares ||
				math.Abs(total(&a.sums)-total(&b.sums)) > 1e-12*math.Sqrt(squares*float64(len(words))) {
				t.Fatalf("%s on the grid of %s: %+v, scalars %+v", live, name, a, b)
			}
			if slices.Min(a.low[:]) != slices.Min(b.low[:]) || slices.Max(a.high[:]) != slices.Max(b.high[:]) {
				t.Fatalf("%s on the grid of %s: from %v to %v, scalars from %v to %v", live, name, a.low, a.high, b.low, b.high)
			}
		}
	}
}

// TestVectorsSettleAsScalarsDo: all counts are added or, where a cell has more than
// it may, none.
func TestVectorsSettleAsScalarsDo(t *testing.T) {
	for name, draw := range gridShapes {
		g := shapedReference(t, draw, 1, 4000).Geometry().grids()[0]
		if g == nil {
			continue
		}
		a, r := allow(fillRows, 1.3*fillRows), rand.New(rand.NewPCG(6, 9))
		if !g.settleVectors(make([]uint32, gridCells), new([gridCells]uint32), a) {
			t.Skip("this processor settles cells one by one")
		}
		for range 200 {
			var counts, cells, sums [gridCells]uint32
			fits := true
			for c := range g.cells {
				counts[c] = uint32(fillRows * g.share[c] * r.Float32())
				cells[c] = uint32(fillRows * g.share[c] * r.Float32())
				if r.IntN(8*g.cells) == 0 {
					counts[c] += uint32(r.IntN(100))
				}
				sums[c] = cells[c] + counts[c]
				fits = fits && (counts[c] == 0 || !a.exceeded(g, c, counts[c], sums[c]))
			}
			wantCells, wantCounts := sums, [gridCells]uint32{}
			if !fits {
				wantCells, wantCounts = cells, counts
			}
			if done := g.settleVectors(cells[:g.cells], &counts, a); done != fits || cells != wantCells || counts != wantCounts {
				t.Fatalf("%s: settled %t, fits %t: %v, want %v", name, done, fits, cells, wantCells)
			}
		}
	}
}

// TestVectorsEncodeAsScalarsDo: the cells of values of every kind on every grid.
func TestVectorsEncodeAsScalarsDo(t *testing.T) {
	for name, draw := range gridShapes {
		ref := shapedReference(t, draw, 1, 4000).Geometry()
		r := rand.New(rand.NewPCG(5, 9))
		for live, drawLive := range gridShapes {
			axis := ref.Axis(0)
			keys := newByteLookup(axis.edgeKeys, cellBytes(axis.Cells()))
			lookup, words, width := ref.valueLookup(0, &keys), make([]uint64, r.IntN(300)), 1+r.IntN(9)
			cells := make([]uint8, len(words)*width)
			for i := range words {
				words[i] = math.Float64bits(drawLive(r))
				if lookup.grid != nil {
					words[i] = math.Float64bits(strange(r, lookup.grid, drawLive))
				}
			}
			lookup.all(cells, width, words)
			for i, word := range words {
				want := lookup.byteOf(word)
				if v := math.Float64frombits(word); finite(v) && int(want) != sketch.Edges(axis.Edges).Index(v) {
					t.Fatalf("%s on the cells of %s: %v is in cell %d, want %d", live, name, v, want, sketch.Edges(axis.Edges).Index(v))
				}
				if got := cells[i*width]; got != want {
					t.Fatalf("%s on the cells of %s: %v in cell %d, want %d", live, name, math.Float64frombits(word), got, want)
				}
			}
		}
	}
}

// strange draws a value, one in 20 of those that might be counted wrong.
func strange(r *rand.Rand, g *grid, draw func(*rand.Rand) float64) float64 {
	edge := g.upper[r.IntN(g.cells)]
	switch r.IntN(100) {
	case 0:
		return math.Float64frombits([...]uint64{bitsMissing, bitsAbsent, bitsMismatch, bitsNaN}[r.IntN(4)])
	case 1:
		return math.Inf(2*r.IntN(2) - 1)
	case 2:
		return edge
	case 3:
		return math.Nextafter(edge, math.Inf(2*r.IntN(2)-1))
	case 4:
		return math.Copysign([...]float64{0, 5e-324, 1e-300, 1e150}[r.IntN(4)], float64(2*r.IntN(2)-1))
	}
	return draw(r)
}

func TestTransposeCopiesEveryColumn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		columns, rows, spare := r.IntN(14), r.IntN(40), 1+r.IntN(5)
		stride, apart := columns+r.IntN(4), rows+r.IntN(4)
		words, to := make([]uint64, rows*stride+spare), make([]uint64, columns*apart+spare)
		for i := range words {
			words[i] = r.Uint64()
		}
		want := slices.Clone(to)
		for c := range columns {
			for row := range rows {
				want[c*apart+row] = words[row*stride+c]
			}
		}
		if transpose(to, apart, words, stride, columns, rows); !slices.Equal(to, want) {
			t.Fatalf("%d columns of %d rows, a row in %d words, a column in %d: %x, want %x", columns, rows, stride, apart, to, want)
		}
	}
}

// BenchmarkCount is per value.
func BenchmarkCount(b *testing.B) {
	for _, name := range []string{"normal", "lognormal", "uniform", "counts", "constant"} {
		g := shapedReference(b, gridShapes[name], 1, 8000).Geometry().grids()[0]
		r := rand.New(rand.NewPCG(2, 3))
		words := make([]uint64, 32*fillRows)
		for i := range words {
			words[i] = math.Float64bits(gridShapes[name](r))
		}
		t := binned{rest: make([]uint64, fillRows)}
		for way, count := range map[string]func(*binned, float64){"vectors": g.count, "scalars": func(t *binned, center float64) {
			t.begin()
			g.countFrom(t, 0, center)
		}} {
			b.Run(name+"/"+way, func(b *testing.B) {
				for i := 0; i < b.N; i += fillRows {
					t.words = words[i%len(words):][:fillRows]
					count(&t, 1)
				}
			})
		}
	}
}
