package monitor

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// learner makes a reference of the first rows and panes: rows are held until
// cells can be cut from them, then panes are counted until there are enough to
// know how much they naturally vary.
type learner struct {
	schema  *profile.Schema
	need    Learning
	rows    []profile.Row // guarded by the intake's mutex
	held    atomic.Int64  // len(rows), for those without it
	since   time.Time     // when the first of them may have come; see keeper.hold
	tallies *tallies

	whole *profile.Profile // merged panes; nil while there are no cells
	panes []*profile.Pane
}

func newLearner(s *profile.Schema, need Learning, t *tallies) *learner {
	return &learner{schema: s, need: need, tallies: t}
}

// take holds the rows of a batch.
func (l *learner) take(b *profile.Batch) {
	surplus, clipped := b.Ignored()
	l.tallies.surplus.Add(surplus)
	l.tallies.clipped.Add(clipped)
	for row := range b.Rows() {
		if len(l.rows) >= maxLearningRows {
			l.tallies.lost.Add(1) // of rows that came while cells could not be cut
			continue
		}
		l.rows = append(l.rows, row)
	}
	l.held.Store(int64(len(l.rows)))
}

// cut makes cells from the rows held and gives the rows up.
func (l *learner) cut() (*profile.Geometry, []profile.Row, error) {
	rows := l.rows
	r, err := profile.Build(l.schema, profile.Rows(rows))
	if err != nil {
		return nil, nil, err
	}
	l.rows = nil
	l.whole = r.Geometry().New(profile.WithSketches)
	return r.Geometry(), rows, nil
}

// waiting reports whether there are no cells yet.
func (l *learner) waiting() bool { return l != nil && l.whole == nil }

// hold is close while there are no cells: the rows go on being held, and count
// in the first pane, which lasts from when the first of them came. Rows that are
// still held at the end are in no profile, and are counted as lost.
func (k *keeper) hold(now time.Time, last bool) *report.Report {
	l := k.learner
	if l.since.IsZero() {
		l.since = k.began
	}
	k.began = now
	if last {
		k.intake.recycle(k.intake.cut(true, 1, now))
	}
	r := k.learnCells(now)
	switch {
	case last && l.waiting():
		k.tallies.lost.Add(uint64(l.held.Load()))
	case last:
		return k.close(now, true)
	}
	return r
}

// learn files a closed pane while there is no reference. An empty one teaches
// nothing.
func (k *keeper) learn(p *profile.Profile) *report.Report {
	l := k.learner
	k.pane++
	packed := p.Pack()
	k.panes.Push(packed)
	if p.Rows > 0 {
		l.panes = append(l.panes, packed)
	}
	if err := l.whole.Merge(p); err != nil {
		k.fail("learning", err)
	}
	if len(l.panes) >= l.need.Panes {
		k.learnReference(p.End)
	}
	r := k.blank(p.End)
	k.settleAndDecide(r, p, packed)
	return r
}

// learnCells cuts cells as soon as enough rows are held, and counts those rows
// in the pane that is open from then on.
func (k *keeper) learnCells(now time.Time) *report.Report {
	l := k.learner
	k.intake.drainNow()
	if l.held.Load() >= int64(l.need.Rows) {
		k.intake.recut(k.config.panes.limit(), func() (*profile.Geometry, []profile.Row) {
			g, rows, err := l.cut()
			if err != nil {
				k.fail("learning", err)
				return nil, nil
			}
			k.event(now, "learning", fmt.Sprintf("cells cut from %d rows", len(rows)))
			return g, rows
		})
	}
	if !l.waiting() && !l.since.IsZero() {
		k.began = l.since
	}
	r := k.blank(now)
	k.publish(r)
	return r
}

func (k *keeper) learnReference(now time.Time) {
	l := k.learner
	p := k.config.provenance
	p.Model, p.Version, p.Created = k.identity().Name, k.config.version, now
	p.Dataset = either(p.Dataset, "learned from live panes")
	for i := range l.whole.Columns {
		l.whole.Columns[i].Novel = nil // a reference may be saved: labels that were in no cell stay here
	}
	r, err := profile.NewReference(l.whole, l.panes, p)
	if err != nil {
		k.fail("learning", err)
		return
	}
	k.learner = nil
	k.useReference(r)
	k.event(now, "learned", fmt.Sprintf("reference %s learned from %d panes, %d rows", r.ID(), len(l.panes), l.whole.Rows))
}

// useReference makes r what live data is compared with.
func (k *keeper) useReference(r *profile.Reference) {
	k.reference = r
	k.tallies.bind(r)
	k.variation = nil
	if len(r.Panes()) < k.config.learning.minBlocks() {
		k.variation = &variation{need: k.config.learning.Panes}
	}
	if m := k.model.Load(); m != nil {
		k.identify(m.Name)
	}
	k.useLabelled(r)
}

// minBlocks is how many time blocks a reference needs so that its natural
// variability need not be learned.
func (l Learning) minBlocks() int { return min(20, l.Panes) }

// variation learns how much panes naturally vary, for a reference that does not
// say.
type variation struct {
	need  int
	panes []*profile.Pane
}

// learned takes a pane and reports whether there are enough.
func (v *variation) learned(p *profile.Pane) bool {
	if v == nil || p.Rows == 0 { // an empty pane teaches nothing
		return false
	}
	v.panes = append(v.panes, p)
	return len(v.panes) >= v.need
}

// progress says what is being learned, nil where nothing is.
func (k *keeper) progress() *report.Progress {
	switch l := k.learner; {
	case l != nil && l.whole == nil:
		return &report.Progress{What: "rows to cut cells from", Done: int(l.held.Load()), Need: l.need.Rows}
	case l != nil:
		return &report.Progress{What: "panes of the reference", Done: len(l.panes), Need: l.need.Panes}
	case k.variation != nil:
		return &report.Progress{What: "panes to know natural variability from", Done: len(k.variation.panes), Need: k.variation.need}
	}
	return nil
}
