package sketch

import (
	"math"
	"math/bits"
)

// cell is a stretch of the number line while it is worked on: it reaches from the
// key lo up to the next cell. A positive weight is that many copies of the one
// value of lo, and nothing else; a negative one is that many observations of
// several values, whose mean is known.
type cell struct {
	lo           uint64
	mean, weight float64
}

// packed is a cell at rest in 16 bytes: lo, and the weight (44 bits) beside the
// place of the mean within the cell (20 bits).
type packed struct{ lo, mass uint64 }

const (
	placeBits  = 20
	weightBits = 64 - placeBits
	maxWeight  = 1<<weightBits - 1
	oneValue   = 1<<placeBits - 1 // no place encodes to it
	farHalf    = 1 << (placeBits - 1)
	placeShift = 23 - 14
	placeBase  = (126 - 31) << 14 // the code of 2⁻³² as a float32
)

// A place is kept as a small float that counts from the nearer end of the cell,
// so that a cluster at one end of a wide cell stays sharp: 14 bits of mantissa,
// down to 2⁻³² of the width.
func encodePlace(place float64) uint64 {
	side := uint64(0)
	if place > 0.5 {
		place, side = 1-place, farHalf
	}
	code := int64((math.Float32bits(float32(place)) + 1<<(placeShift-1)) >> placeShift)
	return side | uint64(max(0, code-placeBase))
}

func decodePlace(code uint64) float64 {
	place := 0.0
	if near := code &^ farHalf; near > 0 {
		place = float64(math.Float32frombits(uint32(near+placeBase) << placeShift))
	}
	if code&farHalf != 0 {
		return 1 - place
	}
	return place
}

// shift is the power of two that packed weights are counted in: 0, weights being
// exact, below 2⁴⁴ observations.
func (d *Quantiles) shift() int { return max(0, bits.Len64(d.count)-weightBits) }

// ends returns the interval of values that cell i may hold.
func (d *Quantiles) ends(i int) (low, high float64) {
	low, high = max(Value(d.cells[i].lo), d.min), d.max
	if i+1 < len(d.cells) {
		high = min(Value(d.cells[i+1].lo), d.max)
	}
	return low, max(low, high)
}

// weigh returns the weight of a packed cell, in observations.
func (p packed) weigh(unit float64) float64 { return float64(p.mass>>placeBits) * unit }

func (p packed) single() bool { return p.mass&oneValue == oneValue }

// unpack writes the cells to buffer.
func (d *Quantiles) unpack(buffer []cell) []cell {
	unit := math.Ldexp(1, d.shift())
	buffer = buffer[:len(d.cells)]
	for i, p := range d.cells {
		c := &buffer[i]
		c.lo, c.weight = p.lo, p.weigh(unit)
		if p.single() {
			c.mean = Value(p.lo)
			continue
		}
		low, high := d.ends(i)
		c.mean, c.weight = between(low, high, decodePlace(p.mass&oneValue)), -c.weight
	}
	return buffer
}

// pack makes the given cells those of the digest, whose count, minimum and
// maximum are up to date.
func (d *Quantiles) pack(cells []cell) {
	unit := math.Ldexp(1, -d.shift())
	d.cells = d.cells[:len(cells)]
	for i := range cells {
		d.cells[i].lo = cells[i].lo
	}
	for i, c := range cells {
		w := max(1, uint64(min(maxWeight, math.Abs(c.weight)*unit+0.5)))
		place := uint64(oneValue)
		if c.weight < 0 {
			low, high := d.ends(i)
			place = encodePlace(placeOf(low, high, c.mean))
		}
		d.cells[i].mass = min(w, maxWeight)<<placeBits | place
	}
}
