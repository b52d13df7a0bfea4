package main

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// wobble says how the columns of a model that is fine wander over time. It
// returns the state of each column in each pane, reference first.
type wobble func(r *rand.Rand, columns, panes int) [][]state

// scenario is one way in which a healthy model's data behave.
type scenario struct {
	name   string
	rows   int // of a pane
	blocks int // of the reference
	mixed  bool
	learn  int // panes from which variability is learned; 0: from the blocks
	hard   bool
	wobble wobble
	// traffic makes the rows of panes follow the day, between a fifth and nine
	// fifths of rows.
	traffic bool
	// timeless references have panes without times, and so no season slots.
	timeless bool
}

// known is the reference that the scenario begins with.
func (s *scenario) known(w *world, next func() *profile.Pane) (*profile.Reference, error) {
	panes := take(s.blocks, next)
	if s.timeless {
		for _, p := range panes {
			p.Start, p.End = time.Time{}, time.Time{}
		}
	}
	return w.reference(panes)
}

// size returns the rows of pane t.
func (s *scenario) size(t int) int {
	if !s.traffic {
		return s.rows
	}
	return int(float64(s.rows) * (1 + .8*math.Sin(2*math.Pi*float64(t)/24)))
}

// series is one wandering number, standardised by its maker.
type series func(t int) float64

func constantly(next func() float64) func() series {
	return func() series { return func(int) float64 { return next() } }
}

// each gives every column a series of its own.
func each(size float64, next func() series, put func(*state, float64)) wobbleOf {
	return func(columns int) func(t int, row []state) {
		own := repeat(columns, next)
		return func(t int, row []state) {
			for i := range row {
				put(&row[i], size*own[i](t))
			}
		}
	}
}

type wobbleOf func(columns int) func(t int, row []state)

func repeat(n int, next func() series) []series {
	out := make([]series, n)
	for i := range out {
		out[i] = next()
	}
	return out
}

// common gives all columns one series.
func common(size float64, next func() series, put func(*state, float64)) wobbleOf {
	return func(int) func(t int, row []state) {
		one := next()
		return func(t int, row []state) {
			v := size * one(t)
			for i := range row {
				put(&row[i], v)
			}
		}
	}
}

// paths runs a wobble over time.
func (w wobbleOf) paths(columns, panes int) [][]state {
	out := make([][]state, panes)
	at := w(columns)
	for t := range out {
		out[t] = make([]state, columns)
		at(t, out[t])
	}
	return out
}

func mean(s *state, v float64)   { s.mean += v }
func spread(s *state, v float64) { s.spread += v }
func share(s *state, v float64)  { s.share += v }
func gaps(s *state, v float64)   { s.missing += v }

// Makers of series.

func student(r *rand.Rand, df int) func() float64 {
	return func() float64 {
		var chi float64
		for range df {
			z := r.NormFloat64()
			chi += z * z
		}
		return r.NormFloat64() / math.Sqrt(chi/float64(df))
	}
}

func skewed(r *rand.Rand) func() float64 { return func() float64 { return r.ExpFloat64() - 1 } }

// autoregressive has the shocks' scale times 1/sqrt(1-rho²) unless unit, when it
// has unit variance for shocks that do.
func autoregressive(rho float64, shock func() float64, unit bool) func() series {
	size := 1.0
	if unit {
		size = math.Sqrt(1 - rho*rho)
	}
	return func() series {
		x := 0.0
		for range int(5 / (1 - rho)) {
			x = rho*x + size*shock()
		}
		return func(int) float64 {
			x = rho*x + size*shock()
			return x
		}
	}
}

// season is a day of 24 panes and, of a size relative to it, a week of 7 days,
// with random phases.
func season(r *rand.Rand, weekly float64) func() series {
	return func() series {
		day, week := r.Float64()*2*math.Pi, r.Float64()*2*math.Pi
		return func(t int) float64 {
			return math.Sin(2*math.Pi*float64(t)/24+day) + weekly*math.Sin(2*math.Pi*float64(t)/168+week)
		}
	}
}

// office is one on weekdays from nine to five and zero otherwise.
func office() series {
	return func(t int) float64 {
		at := epoch.Add(time.Duration(t) * time.Hour)
		if d := at.Weekday(); d != time.Saturday && d != time.Sunday && at.Hour() >= 9 && at.Hour() < 17 {
			return 1
		}
		return 0
	}
}

// regimes jump between two levels.
func regimes(r *rand.Rand) func() series {
	return func() series {
		level := float64(r.IntN(2))*2 - 1
		return func(int) float64 {
			if r.Float64() < 1./24 {
				level = -level
			}
			return level
		}
	}
}

// garch is noise of clustering variance, GARCH(1,1) with .25 and .7.
func garch(r *rand.Rand) func() series {
	const a, b = .25, .7
	return func() series {
		variance, x := 1.0, 0.0
		return func(int) float64 {
			variance = (1 - a - b) + a*x*x + b*variance
			x = math.Sqrt(variance) * r.NormFloat64()
			return x
		}
	}
}

// bursts are three panes of one, about every three hundred.
func bursts(r *rand.Rand) func() series {
	return func() series {
		left, sign := 0, 1.0
		return func(int) float64 {
			if left == 0 && r.Float64() < 1./300 {
				left = 3
				if r.IntN(2) == 0 {
					sign = -sign
				}
			}
			if left == 0 {
				return 0
			}
			left--
			return sign
		}
	}
}

func quiet() series { return func(int) float64 { return 0 } }

// first applies a wobble to the first k columns only.
func first(k int, w wobbleOf) wobbleOf {
	return func(int) func(t int, row []state) {
		at := w(k)
		return func(t int, row []state) { at(t, row[:k]) }
	}
}

// both adds two wobbles.
func both(a, b wobbleOf) wobbleOf {
	return func(columns int) func(t int, row []state) {
		x, y := a(columns), b(columns)
		return func(t int, row []state) {
			x(t, row)
			y(t, row)
		}
	}
}

// quarters gives a quarter of the columns to each of four wobbles.
func quarters(of ...wobbleOf) wobbleOf {
	return func(columns int) func(t int, row []state) {
		var at []func(int, []state)
		for _, w := range of {
			at = append(at, w(columns))
		}
		scratch := make([]state, columns)
		return func(t int, row []state) {
			for k, step := range at {
				clear(scratch)
				step(t, scratch)
				for i := k; i < columns; i += len(at) {
					row[i] = scratch[i]
				}
			}
		}
	}
}

// clustered makes rows come in clusters of ten that resemble each other.
func clustered(int) func(t int, row []state) {
	return func(_ int, row []state) {
		for i := range row {
			row[i].cluster = 10
		}
	}
}

// heterogeneous gives each column its own size of wobble, 0 to the given.
func heterogeneous(r *rand.Rand, size float64, next func() series, put func(*state, float64)) wobbleOf {
	return func(columns int) func(t int, row []state) {
		own, sizes := repeat(columns, next), repeat(columns, func() series {
			v := r.Float64() * size
			return func(int) float64 { return v }
		})
		return func(t int, row []state) {
			for i := range row {
				put(&row[i], sizes[i](t)*own[i](t))
			}
		}
	}
}

// of turns a maker that needs randomness into a wobble.
func of(build func(r *rand.Rand) wobbleOf) wobble {
	return func(r *rand.Rand, columns, panes int) [][]state { return build(r).paths(columns, panes) }
}
