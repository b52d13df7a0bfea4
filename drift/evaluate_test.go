package drift_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
	"github.com/tidemark-ml/tidemark/sketch"
)

// distances are the measures that Defaults runs beside Shift.
func distances() map[string]interface {
	Evaluate(profile.Comparison) []report.Signal
} {
	return map[string]interface {
		Evaluate(profile.Comparison) []report.Signal
	}{
		"drift.psi": drift.PSI{}, "drift.js": drift.JS{}, "drift.hellinger": drift.Hellinger{},
		"drift.kl": drift.KLCurrentReference{}, "drift.ks": drift.KS{}, "drift.wasserstein": drift.Wasserstein{},
		"drift.cramer_von_mises": drift.CvM{}, "drift.energy": drift.Energy{}, "drift.tv": drift.TV{},
		"drift.linf": drift.LInf{}, "drift.chi_square": drift.ChiSquare{}, "drift.g": drift.G{},
		"drift.cramers_v": drift.CramersV{},
	}
}

// wandering builds a reference of a number and a label whose mean moves by
// wobble standard deviations from block to block, and a comparison with n rows
// moved by shift.
func wandering(t *testing.T, seed uint64, wobble, shift float64, n int) profile.Comparison {
	t.Helper()
	s, err := profile.NewSchema(profile.Regression(),
		profile.Feature{Name: "x"}, profile.Feature{Name: "label", Kind: profile.Categorical})
	if err != nil {
		t.Fatal(err)
	}
	row := func(r *rand.Rand, move float64) profile.Row {
		label := "a"
		if r.NormFloat64()+move > .5 {
			label = "b"
		}
		return profile.Row{
			Values:  []profile.Value{profile.Float(r.NormFloat64() + move), profile.String(label)},
			Outcome: profile.Outcome{Absent: true},
		}
	}
	const blocks, size = 60, 500
	reference, err := profile.Build(s, func(yield func(profile.Row, error) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		for range blocks {
			move := wobble * r.NormFloat64()
			for range size {
				if !yield(row(r, move), nil) {
					return
				}
			}
		}
	}, profile.BlockRows(size))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	rows := make([]profile.Row, n)
	for i := range rows {
		rows[i] = row(r, shift)
	}
	p, err := reference.Geometry().Fill(profile.WithSketches, profile.Rows(rows))
	if err != nil {
		t.Fatal(err)
	}
	return profile.Comparison{Reference: reference, Current: p, Window: report.Window{Scale: 1}}
}

func find(t *testing.T, signals []report.Signal, name, subject string) report.Signal {
	t.Helper()
	for _, s := range signals {
		if s.Name == name && s.Subject.Name == subject {
			return s
		}
	}
	t.Fatalf("no %s of %s", name, subject)
	return report.Signal{}
}

// TestDistancesSeeAShiftBeyondChance: every measure exceeds its critical value
// at 1e-4 under a shift of half a standard deviation, and not under none.
func TestDistancesSeeAShiftBeyondChance(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for name, e := range distances() {
		for _, subject := range []string{"x", "label"} {
			if subject == "label" && !appliesToLabels(name) {
				continue
			}
			moved := wandering(t, 3, 0, .5, 500)
			s := find(t, e.Evaluate(moved), name, subject)
			limit, ok := s.Critical.At(1e-4)
			if !ok || s.Value <= limit || !s.Finite() || s.Evidence != report.Describes {
				t.Errorf("%s of %s, shifted: %v, critical value %v (%v)", name, subject, s.Value, limit, ok)
			}
			still := find(t, e.Evaluate(wandering(t, 4, 0, 0, 500)), name, subject)
			if limit, _ := still.Critical.At(1e-3); still.Value > limit {
				t.Errorf("%s of %s, unchanged: %v beyond %v", name, subject, still.Value, limit)
			}
			if still.Floor > 0 && (still.Value > 6*still.Floor) {
				t.Errorf("%s of %s, unchanged: %v, floor %v", name, subject, still.Value, still.Floor)
			}
		}
	}
}

func appliesToLabels(name string) bool {
	switch name {
	case "drift.ks", "drift.wasserstein", "drift.cramer_von_mises", "drift.energy":
		return false
	}
	return true
}

// TestCriticalValuesKnowWobble: where the reference wanders by .25 sd from block
// to block, a window that is moved by as much is nothing unusual, though by
// chance alone it would be.
func TestCriticalValuesKnowWobble(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for name, e := range distances() {
		calm := find(t, e.Evaluate(wandering(t, 5, 0, .25, 2000)), name, "x")
		wild := find(t, e.Evaluate(wandering(t, 5, .25, .25, 2000)), name, "x")
		calmLimit, _ := calm.Critical.At(1e-3)
		wildLimit, _ := wild.Critical.At(1e-3)
		if calm.Value <= calmLimit {
			t.Errorf("%s: %v against a calm reference is within %v", name, calm.Value, calmLimit)
		}
		if wildLimit < 1.3*calmLimit {
			t.Errorf("%s: critical value %v against a wild reference, %v against a calm one", name, wildLimit, calmLimit)
		}
		if wild.HasP && calm.HasP && wild.P <= calm.P {
			t.Errorf("%s: p %v against a wild reference, %v against a calm one", name, wild.P, calm.P)
		}
	}
}

func TestDistancesOfNothingAreUndefined(t *testing.T) {
	empty := wandering(t, 6, 0, 0, 0)
	for name, e := range distances() {
		for _, s := range e.Evaluate(empty) {
			if !s.Undefined || len(s.Warnings) == 0 || !s.Finite() {
				t.Errorf("%s of %v of an empty window: %+v", name, s.Subject, s)
			}
		}
	}
}

// TestNewCDF: between the knots of a digest's distribution function lies its
// own, and a repeated value is a jump of its share.
func TestNewCDF(t *testing.T) {
	q := sketch.NewQuantiles(0)
	r := rand.New(rand.NewPCG(1, 1))
	var values []float64
	for range 20_000 {
		v := r.NormFloat64()
		if r.IntN(4) == 0 {
			v = 0
		}
		values = append(values, v)
	}
	q.Add(values...)
	c := drift.NewCDF(q)
	if c.N != 20_000 || c.P[0] != 0 || c.P[len(c.P)-1] != 1 {
		t.Fatalf("n %d, from %v to %v", c.N, c.P[0], c.P[len(c.P)-1])
	}
	jump := 0.0
	for i := 1; i < len(c.X); i++ {
		if c.X[i] < c.X[i-1] || c.P[i] < c.P[i-1] {
			t.Fatalf("knot %d goes down", i)
		}
		if c.X[i] == 0 && c.X[i-1] == 0 {
			jump = c.P[i] - c.P[i-1]
		}
	}
	if math.Abs(jump-.25) > .02 {
		t.Errorf("a quarter of the values is 0, the jump is %v", jump)
	}
	if got := drift.NewCDF(sketch.NewQuantiles(0)); len(got.X) != 0 || got.N != 0 {
		t.Errorf("an empty digest has %+v", got)
	}
}
