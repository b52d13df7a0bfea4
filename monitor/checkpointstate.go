package monitor

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/profile"
)

// savedState is a decoded checkpoint.
type savedState struct {
	pane             uint64
	began, latest    time.Time
	newestRow        time.Time
	reference        *profile.Reference // nil: that of the options
	variation        []*profile.Pane    // nil: nothing is learned
	learning         bool
	panes            []*profile.Pane
	open             *profile.Profile
	cohorts          cohorts
	labelledIsTheirs bool
	table            *join.Table
	cohortPanes      int
	active           bool
	ends             [join.MaxOpen]time.Time
	kpis             *kpiSums
	parts            map[string][][]byte
	kept             map[string][]byte
	frozen           []expectations
	shown            shown
}

// head identifies what the state belongs to.
func (k *keeper) head() [4]string {
	given := ""
	if k.config.reference != nil {
		given = k.config.reference.ID()
	}
	return [4]string{k.identity().Name, k.config.version, profile.BlankGeometry(k.schema).ID(), given}
}

// encodeState returns the state, nil while there is no reference. The monitor's
// mutex is held.
func (k *keeper) encodeState() ([]byte, error) {
	if k.reference == nil {
		return nil, nil
	}
	k.intake.drainNow()
	w := &stateWriter{}
	for _, s := range k.head() {
		w.text(s)
	}
	w.number(k.pane)
	w.time(k.began)
	w.time(k.latest)
	w.time(k.newestRow)
	w.value(k.reference, k.reference != k.config.reference)
	w.flag(k.variation != nil)
	if k.variation != nil {
		w.panes(k.variation.panes)
	}
	w.panes(k.panes.Last(largestScale(), nil))
	k.encodeCohorts(w)
	k.intake.mu.Lock()
	k.encodeOpen(w)
	k.intake.mu.Unlock()
	k.encodeParts(w)
	k.encodeFrozen(w)
	k.encodeShown(w)
	return w.b, w.err
}

// encodeOpen writes the open pane and what waits for labels.
func (k *keeper) encodeOpen(w *stateWriter) {
	in, q := k.intake, k.intake.join
	in.filler.Flush(in.open)
	in.open.Outcomes = q.open
	w.value(in.open, true)
	in.open.Outcomes = nil
	table, _ := q.table.AppendBinary(nil)
	w.bytes(table)
	w.number(uint64(q.panes))
	w.flag(q.active)
	for i := range q.ends {
		w.time(q.ends[i])
	}
	w.number(uint64(len(q.kpis.declared)))
	for i := range q.kpis.groups {
		w.sums(q.kpis.groups[i])
	}
}

func (k *keeper) encodeCohorts(w *stateWriter) {
	c := &k.cohorts
	w.flag(c.labelled != nil)
	w.flag(c.labelled != nil && c.labelled == k.reference)
	w.value(c.labelled, c.labelled != nil && c.labelled != k.reference)
	w.value(c.figures, c.figures != nil)
	for _, l := range [...]*labelLearner{c.labels, c.kpis} {
		if w.flag(l != nil); l != nil {
			w.value(l.whole, l.whole != nil)
			w.panes(l.panes)
		}
	}
	w.number(c.mature)
	mature := c.ring.Last(largestScale(), nil)
	w.number(uint64(len(mature)))
	for _, p := range mature {
		w.number(p.number)
		w.value(p.counts, true)
	}
	waiting := c.pending
	if c.open.panes > 0 {
		open := c.open
		open.counts = open.profile.Pack()
		waiting = append(waiting[:len(waiting):len(waiting)], open)
	}
	w.flag(c.open.panes > 0)
	w.number(uint64(len(waiting)))
	for i := range waiting {
		p := &waiting[i]
		w.number(p.group)
		w.number(uint64(p.panes))
		w.number(p.number)
		w.value(p.counts.WithOutcomes(p.direct), true)
	}
}

// decodeState reads a state and changes nothing.
func (k *keeper) decodeState(body []byte) (*savedState, error) {
	r := &stateReader{wire.NewReader(errCheckpoint, "", body)}
	for i, want := range k.head() {
		if got := r.text(); r.Err() == nil && got != want {
			what := [...]string{"model", "version", "schema", "reference"}[i]
			return nil, fmt.Errorf("monitor: checkpoint: it is of %s %q, this monitor's is %q", what, got, want)
		}
	}
	s := &savedState{pane: r.Uint64(), began: r.time(), latest: r.time(), newestRow: r.time()}
	s.reference = r.reference(k.schema)
	reference := s.reference
	if reference == nil {
		reference = k.config.reference
	}
	if r.Err() == nil && reference == nil {
		r.Fail("it has no reference")
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	g := reference.Geometry()
	if s.learning = r.flag(); s.learning {
		s.variation = r.panes(g, k.config.learning.Panes)
	}
	s.panes = r.panes(g, largestScale())
	k.decodeCohorts(r, s, g)
	s.open = r.profile(g)
	k.decodeJoin(r, s, g)
	k.decodeParts(r, s)
	s.frozen = decodeFrozen(r)
	s.shown = k.decodeShown(r)
	return s, r.Close()
}

func (k *keeper) decodeCohorts(r *stateReader, s *savedState, g *profile.Geometry) {
	s.cohorts = newCohorts()
	c := &s.cohorts
	labelled := r.flag()
	s.labelledIsTheirs = r.flag() && labelled
	c.labelled = r.reference(k.schema)
	c.figures = r.reference(k.schema)
	for _, l := range [...]**labelLearner{&c.labels, &c.kpis} {
		if *l = nil; r.flag() {
			*l = &labelLearner{whole: r.profile(g), panes: r.panes(g, k.config.learning.Panes)}
		}
	}
	c.mature = r.Uint64()
	for range r.count(largestScale()) {
		c.ring.Push(pane{number: r.Uint64(), counts: r.pane(g)})
	}
	open := r.flag()
	for range r.count(maxCohorts + 1) {
		p := cohort{group: r.Uint64(), panes: int(r.Uint64()), number: r.Uint64(), counts: r.pane(g)}
		if r.Err() != nil {
			return
		}
		p.direct = p.counts.Outcomes()
		p.counts = p.counts.WithOutcomes(nil)
		c.pending = append(c.pending, p)
	}
	if open && len(c.pending) > 0 {
		last := len(c.pending) - 1
		c.open, c.pending = c.pending[last], c.pending[:last]
		c.open.profile = g.New(profile.CountsOnly)
		c.open.counts.AddTo(c.open.profile)
		c.open.counts = nil
	}
}

func (k *keeper) decodeJoin(r *stateReader, s *savedState, g *profile.Geometry) {
	table := r.bytes()
	s.cohortPanes, s.active = int(r.Uint64()), r.flag()
	for i := range s.ends {
		s.ends[i] = r.time()
	}
	s.kpis = newKPISums(k.config.kpis)
	if n := r.Uint64(); r.Err() == nil && n != uint64(len(k.config.kpis)) {
		r.Fail("%d business figures, this monitor has %d", n, len(k.config.kpis))
	}
	for i := range s.kpis.groups {
		r.sums(s.kpis.groups[i])
	}
	if r.Err() != nil {
		return
	}
	var err error
	if s.table, err = join.Decode(table, g.JoinedSize(), max(1, k.config.labels.Capacity)); err != nil {
		r.Fail("%v", err)
		return
	}
	for _, c := range append(s.cohorts.pending[:len(s.cohorts.pending):len(s.cohorts.pending)], s.cohorts.open) {
		if c.group > s.table.Group() || s.cohortPanes < 0 {
			r.Fail("a cohort of group %d, there are %d", c.group, s.table.Group())
		}
	}
}

// adopt makes a decoded state the monitor's, before it has started.
func (k *keeper) adopt(s *savedState) {
	if s.reference != nil {
		g := s.reference.Geometry()
		k.intake.recut(k.config.panes.limit(), func() (*profile.Geometry, []profile.Row) { return g, nil })
		k.learner = nil
		k.useReference(s.reference)
	}
	k.pane, k.began, k.latest, k.newestRow = s.pane, s.began, s.latest, s.newestRow
	if k.variation = nil; s.learning {
		k.variation = &variation{need: k.config.learning.Panes, panes: s.variation}
	}
	k.panes.Clear()
	for _, p := range s.panes {
		k.panes.Push(p)
		k.previous = p
	}
	k.cohorts = s.cohorts
	if s.labelledIsTheirs {
		k.cohorts.labelled = k.reference
	}
	k.followReference()
	k.adoptOpen(s)
	k.adoptParts(s.parts)
	k.unclaimed = s.kept
	k.adoptFrozen(s.frozen)
	k.adoptShown(&s.shown)
}

func (k *keeper) adoptOpen(s *savedState) {
	in := k.intake
	in.mu.Lock()
	defer in.mu.Unlock()
	q := in.join
	if s.open != nil {
		q.open, s.open.Outcomes = s.open.Outcomes, nil
		in.open.Merge(s.open) // one geometry
		in.rows.Store(s.open.Rows)
	}
	q.table, q.panes, q.active, q.ends, q.kpis = s.table, s.cohortPanes, s.active, s.ends, s.kpis
}
