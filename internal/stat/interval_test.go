package stat

import (
	"errors"
	"math"
	"testing"
)

// Published limits of Newcombe 1998, Statistics in Medicine 17, 857 and 873.
func TestPublishedIntervals(t *testing.T) {
	tests := []struct {
		name         string
		f            func() (Interval, error)
		lower, upper float64
	}{
		{"Wilson 81/263", func() (Interval, error) { return Wilson(81, 263, 0.95) }, 0.2553, 0.3662},
		{"Wilson 15/148", func() (Interval, error) { return Wilson(15, 148, 0.95) }, 0.0624, 0.1605},
		{"Wilson 0/20", func() (Interval, error) { return Wilson(0, 20, 0.95) }, 0, 0.1611},
		{"Wilson 1/29", func() (Interval, error) { return Wilson(1, 29, 0.95) }, 0.0061, 0.1718},
		{"Clopper-Pearson 81/263", func() (Interval, error) { return ClopperPearson(81, 263, 0.95) }, 0.2527, 0.3676},
		{"Clopper-Pearson 15/148", func() (Interval, error) { return ClopperPearson(15, 148, 0.95) }, 0.0578, 0.1617},
		{"Clopper-Pearson 0/20", func() (Interval, error) { return ClopperPearson(0, 20, 0.95) }, 0, 0.1684},
		{"Clopper-Pearson 1/29", func() (Interval, error) { return ClopperPearson(1, 29, 0.95) }, 0.0009, 0.1776},
		{"Newcombe 9/10-3/10", func() (Interval, error) { return NewcombeDifference(9, 10, 3, 10, 0.95) }, 0.1705, 0.8090},
		{"Newcombe 6/7-2/7", func() (Interval, error) { return NewcombeDifference(6, 7, 2, 7, 0.95) }, 0.0582, 0.8062},
		{"Newcombe 5/56-0/29", func() (Interval, error) { return NewcombeDifference(5, 56, 0, 29, 0.95) }, -0.0381, 0.1926},
		{"Newcombe 10/10-0/20", func() (Interval, error) { return NewcombeDifference(10, 10, 0, 20, 0.95) }, 0.6791, 1},
		// By hand: ln 1.5 ± 1.959964·√(1/15 - 1/100 + 1/10 - 1/100).
		{"Katz 15/100 over 10/100", func() (Interval, error) { return KatzRatio(15, 100, 10, 100, 0.95) }, 0.7081, 3.1774},
	}
	for _, test := range tests {
		ci, err := test.f()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if math.Abs(ci.Lower-test.lower) > 6e-5 || math.Abs(ci.Upper-test.upper) > 6e-5 {
			t.Errorf("%s = [%.5f, %.5f], want [%.4f, %.4f]", test.name, ci.Lower, ci.Upper, test.lower, test.upper)
		}
	}
}

// The limits of Clopper and Pearson are defined by binomial tails.
func TestClopperPearsonLimitsAreTails(t *testing.T) {
	for _, c := range [][2]int64{{1, 10}, {3, 1000}, {500, 1000}, {990, 1000}, {20, 1e9}} {
		k, n := c[0], c[1]
		for _, level := range []float64{0.9, 0.999999} {
			ci, err := ClopperPearson(k, n, level)
			if err != nil {
				t.Fatal(err)
			}
			alpha := (1 - level) / 2
			if got := BinomialUpper(k, n, ci.Lower); relativeError(got, alpha) > 1e-8 {
				t.Errorf("%d/%d: P(X ≥ k; lower) = %g, want %g", k, n, got, alpha)
			}
			if got := BinomialLower(k, n, ci.Upper); relativeError(got, alpha) > 1e-8 {
				t.Errorf("%d/%d: P(X ≤ k; upper) = %g, want %g", k, n, got, alpha)
			}
		}
	}
}

func TestIntervalErrors(t *testing.T) {
	for _, c := range []struct {
		k, n  int64
		level float64
	}{{1, 0, 0.9}, {-1, 5, 0.9}, {6, 5, 0.9}, {1, 5, 0}, {1, 5, 1}, {1, 5, math.NaN()}} {
		if _, err := Wilson(c.k, c.n, c.level); !errors.Is(err, ErrInput) {
			t.Errorf("Wilson(%v) error %v", c, err)
		}
		if _, err := ClopperPearson(c.k, c.n, c.level); !errors.Is(err, ErrInput) {
			t.Errorf("ClopperPearson(%v) error %v", c, err)
		}
		if _, err := NewcombeDifference(1, 2, c.k, c.n, c.level); !errors.Is(err, ErrInput) {
			t.Errorf("NewcombeDifference(%v) error %v", c, err)
		}
		if _, err := KatzRatio(c.k, c.n, 1, 2, c.level); !errors.Is(err, ErrInput) {
			t.Errorf("KatzRatio(%v) error %v", c, err)
		}
	}
	if _, err := KatzRatio(0, 5, 1, 5, 0.95); !errors.Is(err, ErrUndefined) {
		t.Errorf("KatzRatio with no success: %v", err)
	}
}
