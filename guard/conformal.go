package guard

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/profile"
)

// Coverage says how prediction sets are to be calibrated.
type Coverage struct {
	// Level is the share of sets that shall hold the truth, in (0, 1); 0 means .9.
	Level float64
	// ByClass calibrates each class by itself, so that a rare class is covered as
	// often as a common one; otherwise the level holds over all classes together.
	ByClass bool
	// Spread is how uncertain a regression is of one prediction, relative to
	// others; the interval is as wide in proportion. nil means that all are alike,
	// and then either all intervals are too wide or none. A model that knows its own
	// spread can put it in Outcome.Probabilities, which a regression has no other
	// use for. It must not panic.
	Spread func(profile.Outcome) float64
	// Adapt is the step γ by which each label moves the level that sets are made
	// at, so that coverage is kept while the data drift: adaptive conformal
	// inference. 0 means not at all, .005 is usual; at most .1.
	Adapt float64
	// Window is over how many labels coverage is watched; 0 means 1,000.
	Window int
}

// Conformal makes prediction sets that hold the truth with a given probability,
// whatever the model: split conformal prediction. It is safe for concurrent use.
//
// The nonconformity of a labelled row is 1 − p(truth) for classes, with p the
// model's probability, and |truth − prediction| / spread for a regression. With n
// calibration rows and q their ⌈(n+1)·level⌉-th smallest nonconformity, the set of
// a new row is every class with 1 − p ≤ q, or prediction ± q·spread. Where rows are
// exchangeable with those of calibration, P(truth in set) is at least level, and
// below level + 1/(n+1) where nonconformities are distinct; given the calibration
// rows, coverage is itself Beta(n+1−l, l), l = ⌊(n+1)(1−level)⌋. Sources: Vovk,
// Gammerman and Shafer 2005; Lei et al. 2018; Sadinle, Lei and Wasserman 2019.
//
// With Adapt each label moves the error level of the sets that follow by
// γ·(1 − level − miss): Gibbs and Candès 2021. Over T labels the share of misses is
// then within (1 + γ)/(γT) of 1 − level, whatever the data do.
//
// Whether coverage is what was promised is watched as labels come: see
// [Conformal.Evaluate]. A monitor that has it as an evaluator and has a checkpoint
// saves what labels have shown; otherwise give it to monitor.Keep. A label whose
// prediction was made before a restart is unmatched.
type Conformal struct {
	target profile.Target
	cover  Coverage
	strata []*stratum // one, or one for each class
	n      int
	least  int    // rows of the smallest stratum
	id     uint64 // of the calibration

	mu    sync.Mutex
	watch rolling
}

// stratum is what was calibrated together.
type stratum struct {
	sorted []float64
	limit  atomic.Uint64 // q, as bits

	mu    sync.Mutex
	alpha float64 // the error level that sets are made at
}

const (
	maxCalibration = 1_000_000
	defaultWindow  = 1000
	maxWindow      = 100_000
)

// Calibrate makes a Conformal of rows whose truth is known and that the model was
// not trained on. Rows without a truth, with an error, or without a usable outcome
// are left out; of the others it needs ⌈1/(1−level)⌉ − 1 (of each class, with
// ByClass), below which no finite set could be promised, and takes at most a
// million. It keeps a number of each.
func Calibrate(target profile.Target, c Coverage, rows iter.Seq2[profile.Row, error]) (*Conformal, error) {
	if c.Level == 0 {
		c.Level = .9
	}
	if c.Window == 0 {
		c.Window = defaultWindow
	}
	if err := c.validate(target); err != nil {
		return nil, err
	}
	s := &Conformal{target: target, cover: c, strata: make([]*stratum, 1)}
	if c.ByClass {
		s.strata = make([]*stratum, max(2, len(target.Classes)))
	}
	for i := range s.strata {
		s.strata[i] = &stratum{alpha: 1 - c.Level}
	}
	for row, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("guard: calibrate: %w", err)
		}
		if s.take(&row); s.n == maxCalibration {
			break
		}
	}
	if err := s.finish(); err != nil {
		return nil, err
	}
	s.watch, s.id = newRolling(s), s.print()
	return s, nil
}

func (c Coverage) validate(t profile.Target) error {
	var errs []error
	if !(c.Level > 0 && c.Level < 1) {
		errs = append(errs, fmt.Errorf("guard: calibrate: level %v is not in (0, 1)", c.Level))
	}
	if !(c.Adapt >= 0 && c.Adapt <= .1) {
		errs = append(errs, fmt.Errorf("guard: calibrate: the step %v of Adapt is not in [0, .1]", c.Adapt))
	}
	if c.Window < 1 || c.Window > maxWindow {
		errs = append(errs, fmt.Errorf("guard: calibrate: window %d is not in 1 to %d", c.Window, maxWindow))
	}
	if c.ByClass && t.Task == profile.RegressionTask {
		errs = append(errs, errors.New("guard: calibrate: ByClass is for models of classes; this is a regression"))
	}
	if c.Spread != nil && t.Task != profile.RegressionTask {
		errs = append(errs, fmt.Errorf("guard: calibrate: Spread is for regressions; this is a %v model", t.Task))
	}
	return errors.Join(errs...)
}

func (c *Conformal) take(row *profile.Row) {
	if row.Err != nil || row.Outcome.Absent {
		return
	}
	class, ok := c.classOf(row.Truth)
	if !ok {
		return
	}
	v, ok := c.nonconformity(row.Outcome, class, row.Truth)
	if !ok {
		return
	}
	s := c.stratum(class)
	s.sorted = append(s.sorted, v)
	c.n++
}

func (c *Conformal) finish() error {
	need := int(math.Ceil(1/(1-c.cover.Level)-1e-9)) - 1
	c.least = c.n
	for i, s := range c.strata {
		if len(s.sorted) < need {
			of := ""
			if c.cover.ByClass {
				of = fmt.Sprintf(" of class %s", c.className(i))
			}
			return fmt.Errorf("guard: calibrate: %d usable rows%s; a level of %v needs at least %d, and some hundreds to be steady",
				len(s.sorted), of, c.cover.Level, need)
		}
		c.least = min(c.least, len(s.sorted))
		slices.Sort(s.sorted)
		s.refresh()
	}
	return nil
}

// refresh sets the limit for the error level; the mutex is held, or s not shared.
func (s *stratum) refresh() {
	n := len(s.sorted)
	// The slack is for levels such as .9 that are not exact in binary.
	k := int(math.Ceil(float64(n+1)*(1-s.alpha) - 1e-9))
	q := math.Inf(1)
	switch {
	case s.alpha >= 1:
		q = math.Inf(-1)
	case k <= n:
		q = s.sorted[max(1, k)-1]
	}
	s.limit.Store(math.Float64bits(q))
}

func (s *stratum) q() float64 { return math.Float64frombits(s.limit.Load()) }

func (c *Conformal) stratum(class int) *stratum {
	if c.cover.ByClass {
		return c.strata[class]
	}
	return c.strata[0]
}

func (c *Conformal) className(i int) string {
	if c.target.Task == profile.MulticlassTask {
		return c.target.Classes[i]
	}
	return [...]string{"negative", "positive"}[i]
}

// classOf returns the index of the true class, 0 for a number.
func (c *Conformal) classOf(t profile.Truth) (int, bool) {
	switch c.target.Task {
	case profile.MulticlassTask:
		i := slices.Index(c.target.Classes, t.ClassName())
		return max(0, i), i >= 0 && t.Known()
	case profile.BinaryTask:
		v, ok := t.Value()
		return int(min(1, max(0, v))), ok && (v == 0 || v == 1)
	}
	v, ok := t.Value()
	return 0, ok && v-v == 0
}

// nonconformity returns how ill the truth fits the outcome.
func (c *Conformal) nonconformity(o profile.Outcome, class int, t profile.Truth) (float64, bool) {
	if c.target.Task != profile.RegressionTask {
		p, ok := c.probability(o, class)
		return 1 - p, ok
	}
	spread, ok := c.spread(o)
	v, _ := t.Value()
	return math.Abs(v-o.Score) / spread, ok
}

// probability returns that of a class, and false where the outcome has none that
// is usable.
func (c *Conformal) probability(o profile.Outcome, class int) (float64, bool) {
	p := o.Score
	if c.target.Task == profile.MulticlassTask {
		if len(o.Probabilities) != len(c.target.Classes) {
			return 0, false
		}
		p = o.Probabilities[class]
	} else if class == 0 {
		p = 1 - p
	}
	return p, p >= 0 && p <= 1
}

func (c *Conformal) spread(o profile.Outcome) (float64, bool) {
	s := 1.
	if c.cover.Spread != nil {
		s = c.cover.Spread(o)
	}
	return s, s > 0 && s-s == 0 && o.Score-o.Score == 0
}

// Set is a prediction set: some of the classes, or an interval. It is Defined
// unless the outcome lacked what a set is made of.
type Set struct {
	Defined   bool
	Classes   uint32  // bit i: class i of the target; negative is 0, positive 1
	Low, High float64 // of a regression; infinite where nothing less covers
}

// Size returns the number of classes.
func (s Set) Size() int { return bits.OnesCount32(s.Classes) }

// Set returns the prediction set of an outcome. It allocates nothing.
func (c *Conformal) Set(o profile.Outcome) Set {
	if c.target.Task == profile.RegressionTask {
		spread, ok := c.spread(o)
		half := c.strata[0].q() * spread
		return Set{Defined: ok, Low: o.Score - half, High: o.Score + half}
	}
	s := Set{Defined: true}
	for i := range max(2, len(c.target.Classes)) {
		p, ok := c.probability(o, i)
		if !ok {
			return Set{}
		}
		if 1-p <= c.stratum(i).q() {
			s.Classes |= 1 << i
		}
	}
	return s
}

// Covers reports whether a set holds the truth, and false, false where either is
// not known.
func (c *Conformal) Covers(s Set, t profile.Truth) (covered, known bool) {
	class, ok := c.classOf(t)
	if !ok || !s.Defined {
		return false, false
	}
	if c.target.Task == profile.RegressionTask {
		v, _ := t.Value()
		return v >= s.Low && v <= s.High, true
	}
	return s.Classes&(1<<class) != 0, true
}

// Learn takes the truth of a case whose set was made before: it counts coverage and,
// with Adapt, moves the level. [Guard.Label] calls it; call it for sets made
// elsewhere. It reports false where there is nothing to learn.
func (c *Conformal) Learn(s Set, t profile.Truth) bool {
	covered, known := c.Covers(s, t)
	if !known {
		return false
	}
	c.mu.Lock()
	c.watch.add(covered)
	c.mu.Unlock()
	if c.cover.Adapt > 0 {
		class, _ := c.classOf(t)
		c.stratum(class).adapt(&c.cover, covered)
	}
	return true
}

func (s *stratum) adapt(c *Coverage, covered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	miss := 1.
	if covered {
		miss = 0
	}
	// Beyond [0, 1] a set is everything or nothing; the bounds keep the level from
	// wandering further than one step, which the guarantee needs.
	s.alpha = min(1+c.Adapt, max(-c.Adapt, s.alpha+c.Adapt*(1-c.Level-miss)))
	s.refresh()
}

// Level returns the level that is promised.
func (c *Conformal) Level() float64 { return c.cover.Level }

// Rows returns how many rows it was calibrated with.
func (c *Conformal) Rows() int { return c.n }

func (c *Conformal) fits(t profile.Target) bool {
	return t.Task == c.target.Task && slices.Equal(t.Classes, c.target.Classes)
}
