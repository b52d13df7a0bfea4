package monitor

import (
	"time"

	"github.com/tidemark-ml/tidemark/internal/ring"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// cohorts follow predictions from when they were made until their labels are
// mature: panes become a cohort, cohorts wait, and those that are mature go, in
// the order of their predictions, to a ring of their own. They are guarded by the
// monitor's mutex.
type cohorts struct {
	open    cohort           // the one being put together; its profile is nil where there is none
	pending []cohort         // oldest first
	ring    *ring.Ring[pane] // mature
	mature  uint64           // cohorts so far
	scratch map[int]*profile.Profile

	labelled *profile.Reference // what outcomes are compared with; nil while it is learned
	figures  *profile.Reference // what business figures are compared with, likewise
	labels   *labelLearner      // nil once there is nothing more to learn
	kpis     *labelLearner
	previous *profile.Outcomes // of the last mature cohort
	shown    map[int][]report.Signal
	charts   []report.Chart
}

// cohort is some consecutive panes by prediction time.
type cohort struct {
	group   uint64 // in the join
	panes   int
	profile *profile.Profile  // while it is being put together, nil later
	counts  *profile.Pane     // nil before
	direct  *profile.Outcomes // rows that came with their truth
	number  uint64            // of its last pane
}

// pane is one mature cohort.
type pane struct {
	counts *profile.Pane // with outcomes
	number uint64
}

func newCohorts() cohorts {
	return cohorts{
		pending: make([]cohort, 0, maxCohorts+1), ring: ring.New[pane](largestScale()),
		scratch: map[int]*profile.Profile{}, shown: map[int][]report.Signal{},
		labels: &labelLearner{}, kpis: &labelLearner{},
	}
}

// panesPerCohort is how many panes a cohort has so that no more than 64 wait.
func (c *config) panesPerCohort(last time.Duration) int {
	every := c.panes.Every
	if c.panes.Rows > 0 {
		every = last
	}
	if every <= 0 {
		return 1
	}
	most := time.Duration(maxCohorts - 1)
	return int(min((c.labels.MaxDelay/most+every-1)/every, 1<<20))
}

// file makes a closed pane part of a cohort.
func (c *cohorts) file(p *profile.Profile, packed *profile.Pane, number uint64, cut cohortCut) {
	if !cut.counts {
		return
	}
	o := &c.open
	o.group, o.number = cut.group, number
	o.panes++
	switch {
	case cut.complete && o.panes == 1:
		o.counts, o.direct = packed, cut.direct
	default:
		if o.profile == nil {
			o.profile = p.Geometry().New(profile.CountsOnly)
		}
		packed.AddTo(o.profile) // one geometry
		if cut.direct != nil {
			if o.direct == nil {
				o.direct = p.Geometry().NewOutcomes(profile.CountsOnly)
			}
			o.direct.Merge(cut.direct)
		}
	}
	if cut.complete {
		if o.counts == nil {
			o.counts, o.profile = o.profile.Pack(), nil
		}
		c.pending = append(c.pending, *o)
		c.open = cohort{}
	}
}

// settle takes in the labels of a closed pane, and returns the windows of mature
// cohorts and an early one of those that are not.
func (k *keeper) settle(p *profile.Profile, packed *profile.Pane) (windows []outcomeWindow) {
	c, cut := &k.cohorts, k.intake.join.closed
	c.file(p, packed, k.pane, cut)
	for len(c.pending) > 0 && k.ripe(&c.pending[0], p.End) {
		next := c.pending[0]
		c.pending = append(c.pending[:0], c.pending[1:]...)
		outcomes, active := k.outcomesOf(&next, profile.WithSketches, true)
		if active {
			windows = append(windows, k.matured(&next, outcomes)...)
		}
	}
	for i := range c.pending {
		c.pending[i].direct = c.pending[i].direct.Counts() // slices are for what is mature at once
	}
	if early, ok := k.early(); ok {
		windows = append(windows, early)
	}
	return windows
}

// ripe reports whether a cohort has enough labels, or is so old that no more are
// waited for.
func (k *keeper) ripe(c *cohort, now time.Time) bool {
	k.intake.mu.Lock()
	rows, labelled := k.intake.join.table.Followed(c.group)
	k.intake.mu.Unlock()
	if c.direct != nil {
		rows, labelled = rows+int(c.direct.Predictions), labelled+int(c.direct.Labelled)
	}
	maturity, delay := k.patience()
	return float64(labelled) >= maturity*float64(rows) || now.Sub(c.counts.End) >= delay
}

// patience is the share of labels that is enough, and the age after which no more
// are waited for.
func (k *keeper) patience() (maturity float64, delay time.Duration) {
	maturity, delay = k.config.labels.Maturity, k.config.labels.MaxDelay
	if k.cohorts.labelled == nil {
		return maturity, delay
	}
	o := k.cohorts.labelled.Profile().Outcomes
	if share := o.Maturity(); share < maturity {
		maturity *= share
	}
	return maturity, min(delay, delayQuantile(&o.Delays, .95, delay))
}

// delayQuantile is the upper end of the cell that holds a quantile of the delays;
// otherwise where there is none, or all labels came with their rows.
func delayQuantile(d *profile.Delays, q float64, otherwise time.Duration) time.Duration {
	total := d.Total()
	var n, before uint64
	for _, c := range total {
		n += c
	}
	limits := profile.DelayLimits()
	for i, c := range total {
		before += c
		if float64(before) < q*float64(n) {
			continue
		}
		if n == 0 || i == 0 || i == len(limits) {
			return otherwise
		}
		return limits[i]
	}
	return otherwise
}

// outcomesOf adds up what has come true of a cohort, for the last time where it
// is closed. It reports false where no truth and no figure has ever come.
func (k *keeper) outcomesOf(c *cohort, detail profile.Detail, last bool) (*profile.Outcomes, bool) {
	k.intake.mu.Lock()
	defer k.intake.mu.Unlock()
	q := k.intake.join
	o := q.outcomes(c.group, detail, c.direct)
	if last {
		q.close(c.group)
	}
	return o, q.active
}

// matured files a mature cohort and returns the windows that it completes.
func (k *keeper) matured(next *cohort, o *profile.Outcomes) (windows []outcomeWindow) {
	c := &k.cohorts
	counts := next.counts.WithOutcomes(o)
	c.ring.Push(pane{counts, next.number})
	c.mature++
	for _, plan := range report.Scales() {
		if c.mature%uint64(plan.Every) == 0 && c.ring.Len() >= plan.Panes {
			windows = append(windows, k.outcomeWindow(plan.Panes, o))
		}
	}
	c.previous = o
	k.learnOutcomes(counts, o) // after: what is judged is no part of what it is held against
	return windows
}
