package guard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"

	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/monitor"
)

// Errors of [Conformal.UnmarshalBinary].
var (
	// ErrState: the bytes were not written by MarshalBinary, were damaged, or are of
	// another version.
	ErrState = errors.New("guard: not a saved state")
	// ErrCalibration: they belong to another calibration.
	ErrCalibration = errors.New("guard: the state belongs to another calibration")
)

var _ monitor.Stateful = (*Conformal)(nil)

// A state is written as magic, version, the print of the calibration, numbers as
// little-endian uint64, the rolling window as a bit each, and the CRC-32C of all before.
const (
	conformalMagic   = "TMCF"
	conformalVersion = 1
	conformalNumbers = 12
)

func conformalFormat() wire.Format {
	return wire.Format{Magic: conformalMagic, Newest: conformalVersion, Corrupt: ErrState, Unknown: ErrState}
}

// print identifies the calibration.
func (c *Conformal) print() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%v %v %v %v %v", c.target, c.cover.Level, c.cover.ByClass, c.cover.Adapt, c.cover.Window)
	var b [8]byte
	for _, s := range c.strata {
		for _, v := range s.sorted {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			_, _ = h.Write(b[:])
		}
	}
	return h.Sum64()
}

// MarshalBinary returns what labels have shown: the rolling coverage, and the levels
// that Adapt has moved; not the calibration, nor the sets that wait for their label.
func (c *Conformal) MarshalBinary() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &c.watch
	b := conformalFormat().Begin(nil)
	fresh := uint64(0)
	if r.fresh {
		fresh = 1
	}
	for _, v := range [1 + conformalNumbers]uint64{
		c.id, uint64(r.next), uint64(r.n), uint64(r.blockN), uint64(r.blockK), r.labels, r.hits, r.judged,
		math.Float64bits(r.low), math.Float64bits(r.high), math.Float64bits(r.lowest), fresh, r.asked,
	} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	for _, s := range c.strata {
		s.mu.Lock()
		b = wire.AppendFloat(b, s.alpha)
		s.mu.Unlock()
	}
	bits := make([]byte, (len(r.covered)+7)/8)
	for i, covered := range r.covered {
		if covered {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return wire.Seal(append(b, bits...)), nil
}

// UnmarshalBinary goes on with what was saved, under the same calibration: the same
// rows, level and window. Errors wrap [ErrState] or [ErrCalibration] and change nothing.
func (c *Conformal) UnmarshalBinary(data []byte) error {
	_, body, err := conformalFormat().Open(data)
	if err != nil {
		return err
	}
	in := wire.NewReader(ErrState, "", body)
	if id := in.Uint64(); in.Err() == nil && id != c.id {
		return fmt.Errorf("%w: its rows, level or window were other ones; coverage begins anew", ErrCalibration)
	}
	var n [conformalNumbers]uint64
	for i := range n {
		n[i] = in.Uint64()
	}
	alphas := make([]float64, len(c.strata))
	for i := range alphas {
		alphas[i] = in.Within(-c.cover.Adapt, 1+c.cover.Adapt)
	}
	bits := in.Take((c.cover.Window + 7) / 8)
	if err := in.Close(); err != nil {
		return err
	}
	r, err := c.rolled(n, bits)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.watch = r
	c.mu.Unlock()
	for i, s := range c.strata {
		s.mu.Lock()
		s.alpha = alphas[i]
		s.refresh()
		s.mu.Unlock()
	}
	return nil
}

// rolled makes the rolling window of numbers and bits; it refuses what none can be.
func (c *Conformal) rolled(n [conformalNumbers]uint64, bits []byte) (rolling, error) {
	r := newRolling(c)
	size := uint64(len(r.covered))
	r.labels, r.hits, r.judged, r.asked = n[4], n[5], n[6], n[11]
	r.low, r.high, r.lowest, r.fresh = math.Float64frombits(n[7]), math.Float64frombits(n[8]), math.Float64frombits(n[9]), n[10] == 1
	for i := range r.covered {
		if bits[i/8]&(1<<(i%8)) != 0 {
			r.covered[i] = true
			r.k++
		}
	}
	ok := n[0] < size && n[1] <= size && n[2] < size && n[3] <= n[2] && r.k <= int(n[1]) && r.hits <= r.labels && r.labels < 1<<62 &&
		r.judged <= r.labels && r.asked <= r.judged && n[10] <= 1
	for _, p := range [...]float64{r.low, r.high, r.lowest} {
		ok = ok && p >= 0 && p <= 1
	}
	if !ok {
		return rolling{}, fmt.Errorf("%w: %d labels, %d covered, %d windows: numbers that cannot be", ErrState, r.labels, r.hits, r.judged)
	}
	r.next, r.n, r.blockN, r.blockK = int(n[0]), int(n[1]), int(n[2]), int(n[3])
	return r, nil
}
