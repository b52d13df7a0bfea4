package sketch

import (
	"math/rand/v2"
	"testing"
)

// TestMoreThan32Bits: doubled until weights no longer fit 32 bits, a digest stays the
// same distribution, holds all observations, and comes back from its encoding.
func TestMoreThan32Bits(t *testing.T) {
	for _, shape := range streams {
		d := digestOf(rand.New(rand.NewPCG(18, 18)), shape)
		first := d.Clone()
		small := d.Bytes()
		for d.Count() < 1<<40 {
			d.Merge(d)
			checkCentroids(t, d, d.Count())
		}
		if d.wide == nil || d.Bytes() != small+4*cap(d.mean) {
			t.Errorf("%s: %d bytes, and %d when small", shape, d.Bytes(), small)
		}
		data, err := d.MarshalBinary()
		var back Quantiles
		if err == nil {
			err = back.UnmarshalBinary(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, other := range map[string]*Quantiles{"decoded": &back, "cloned": d.Clone()} {
			checkCentroids(t, other, d.Count())
			for _, q := range probes {
				x, _ := other.Quantile(q)
				if want, _ := first.Quantile(q); x != want {
					t.Errorf("%s, %s: quantile %g is %g, want %g", shape, name, q, x, want)
				}
			}
		}
	}
}

// TestCountsBeyond32Bits: groups so large that they take 64 bits from the first.
func TestCountsBeyond32Bits(t *testing.T) {
	d := NewQuantiles(0)
	d.AddCentroids([]Centroid{{1, 1 << 31, true}, {2, 1 << 33, false}}, 1, 3)
	checkCentroids(t, d, 1<<31+1<<33)
	d.Reset()
	d.Add(1, 2, 3)
	if x, _ := d.Quantile(.5); x != 2 || d.Count() != 3 {
		t.Errorf("median %g of %d after a reset", x, d.Count())
	}
}
