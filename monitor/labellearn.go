package monitor

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// labelLearner gathers mature cohorts until there are enough to say what is usual:
// for a labelled reference, or for how much outcomes naturally vary.
type labelLearner struct {
	whole *profile.Profile // nil where there is a labelled reference already
	panes []*profile.Pane
}

// take adds a mature cohort.
func (l *labelLearner) take(counts *profile.Pane, o *profile.Outcomes, sum bool) {
	l.panes = append(l.panes, counts)
	if !sum {
		return
	}
	if l.whole == nil {
		l.whole = counts.Geometry().New(profile.CountsOnly)
		l.whole.Outcomes = counts.Geometry().NewOutcomes(profile.WithSketches)
	}
	counts.WithOutcomes(nil).AddTo(l.whole) // one geometry, here and below
	l.whole.Outcomes.Merge(o)
}

// useLabelled says what outcomes are compared with: the reference where it is
// labelled, otherwise one that is learned from mature cohorts. Of a labelled one
// without time blocks natural variability is learned.
func (k *keeper) useLabelled(r *profile.Reference) {
	c := &k.cohorts
	if o := r.Profile().Outcomes; o != nil && o.Labelled > 0 {
		c.labelled, c.labels = r, nil
		if labelledPanes(r) < k.config.learning.minBlocks() {
			c.labels = &labelLearner{}
		}
	}
	if len(k.config.kpis) == 0 {
		c.kpis = nil
	}
	k.followReference()
	k.learned(r.Profile().End)
}

// forgetOutcomes begins anew with what is usual: another reference was accepted.
func (c *cohorts) forgetOutcomes() {
	c.labelled, c.figures = nil, nil
	c.labels, c.kpis = &labelLearner{}, &labelLearner{}
	c.ring.Clear()
	c.previous = nil
	clear(c.shown)
}

// labelledPanes is how many time blocks of a reference have labels.
func labelledPanes(r *profile.Reference) (n int) {
	for _, p := range r.Panes() {
		if o := p.Outcomes(); o != nil && o.Labelled > 0 {
			n++
		}
	}
	return n
}

// followReference tells the followers what to compare with.
func (k *keeper) followReference() {
	r := k.cohorts.labelled
	if r == nil {
		r = k.reference
	}
	k.intake.join.feed.reference.Store(r)
}

// learnOutcomes takes a mature cohort, as long as anything is to be learned.
func (k *keeper) learnOutcomes(counts *profile.Pane, o *profile.Outcomes) {
	c := &k.cohorts
	if c.labels != nil && o.Labelled > 0 {
		c.labels.take(counts, o, c.labelled == nil)
	}
	figures := false
	for _, f := range o.KPIs {
		figures = figures || f.N > 0
	}
	if c.kpis != nil && figures {
		c.kpis.take(counts, o, true)
	}
	k.learned(counts.End)
}

// learned ends what has been learned, once there is a reference to add it to.
func (k *keeper) learned(at time.Time) {
	c, need := &k.cohorts, k.config.learning.Panes
	if k.reference == nil {
		return
	}
	if l := c.labels; l != nil && len(l.panes) >= need {
		if c.labelled != nil {
			c.labelled = c.labelled.WithLivePanes(l.panes)
		} else {
			c.labelled = k.outcomeReference(l, at)
		}
		c.labels = nil
		k.followReference()
		o := c.labelled.Profile().Outcomes
		k.event(at, "learned", fmt.Sprintf("what labels are usually like learned from %d mature panes, %d labels of %d predictions", len(l.panes), o.Labelled, o.Predictions))
	}
	if l := c.kpis; l != nil && len(l.panes) >= need {
		c.figures, c.kpis = k.outcomeReference(l, at), nil
		k.event(at, "learned", fmt.Sprintf("what business figures usually are learned from %d panes", len(l.panes)))
	}
}

// outcomeReference makes a reference of mature cohorts; it is that of the monitor
// where that cannot be.
func (k *keeper) outcomeReference(l *labelLearner, at time.Time) *profile.Reference {
	p := k.reference.Provenance()
	p.Created = at
	p.Dataset = fmt.Sprintf("learned from %d live panes whose labels are mature", len(l.panes))
	r, err := profile.NewReference(l.whole, l.panes, p)
	if err != nil {
		k.fail("learning", err)
		return k.reference
	}
	return r
}
