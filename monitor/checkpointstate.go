package monitor

import (
	"encoding"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/profile"
)

// stateWriter writes numbers and lengths as little-endian uint64, and remembers
// the first error.
type stateWriter struct {
	b   []byte
	err error
}

func (w *stateWriter) number(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *stateWriter) flag(v bool)     { w.number(uint64(bit(v))) }
func (w *stateWriter) bytes(b []byte)  { w.number(uint64(len(b))); w.b = append(w.b, b...) }
func (w *stateWriter) text(s string)   { w.bytes([]byte(s)) }

func (w *stateWriter) time(t time.Time) {
	w.number(uint64(t.Unix()))
	w.number(uint64(t.Nanosecond()))
}

// value writes what marshals itself; nil is empty.
func (w *stateWriter) value(v encoding.BinaryMarshaler, there bool) {
	if !there {
		w.bytes(nil)
		return
	}
	b, err := v.MarshalBinary()
	if err != nil && w.err == nil {
		w.err = err
	}
	w.bytes(b)
}

func (w *stateWriter) panes(panes []*profile.Pane) {
	w.number(uint64(len(panes)))
	for _, p := range panes {
		w.value(p, true)
	}
}

// stateReader is its inverse.
type stateReader struct {
	b   []byte
	err error
}

func (r *stateReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", errCheckpoint, fmt.Sprintf(format, args...))
	}
}

func (r *stateReader) number() uint64 {
	if r.err != nil || len(r.b) < 8 {
		r.fail("it ends too soon")
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

func (r *stateReader) flag() bool { return r.number() != 0 }

func (r *stateReader) bytes() []byte {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.fail("%d bytes announced, %d left", n, len(r.b))
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *stateReader) text() string { return string(r.bytes()) }

func (r *stateReader) time() time.Time {
	s, n := int64(r.number()), int64(r.number())
	if n < 0 || n > 999_999_999 {
		r.fail("%d nanoseconds", n)
		return time.Time{}
	}
	return time.Unix(s, n).UTC()
}

// count reads how many things of at least a number each follow.
func (r *stateReader) count(most int) int {
	n := r.number()
	if n > uint64(most) || n*8 > uint64(len(r.b)) {
		r.fail("%d of something, at most %d are possible", n, most)
		return 0
	}
	return int(n)
}

func (r *stateReader) pane(g *profile.Geometry) *profile.Pane {
	b := r.bytes()
	if r.err != nil {
		return nil
	}
	p, err := g.DecodePane(b)
	if err != nil {
		r.fail("%v", err)
	}
	return p
}

func (r *stateReader) panes(g *profile.Geometry, most int) (panes []*profile.Pane) {
	for range r.count(most) {
		panes = append(panes, r.pane(g))
	}
	return panes
}

// profile reads a profile that is cut as g says; nil where there is none.
func (r *stateReader) profile(g *profile.Geometry) *profile.Profile {
	b := r.bytes()
	if r.err != nil || len(b) == 0 {
		return nil
	}
	read, p := new(profile.Profile), g.New(profile.WithSketches)
	err := read.UnmarshalBinary(b)
	if err == nil {
		err = p.Merge(read)
	}
	if err != nil {
		r.fail("%v", err)
		return nil
	}
	if read.Outcomes != nil { // Merge would have begun with counts alone
		p.Outcomes = g.NewOutcomes(profile.WithSketches)
		p.Outcomes.Merge(read.Outcomes)
	}
	return p
}

// reference reads a reference for a schema; nil where there is none.
func (r *stateReader) reference(s *profile.Schema) *profile.Reference {
	b := r.bytes()
	if r.err != nil || len(b) == 0 {
		return nil
	}
	ref := new(profile.Reference)
	err := ref.UnmarshalBinary(b)
	if err == nil {
		ref, err = ref.Rebind(s)
	}
	if err != nil {
		r.fail("%v", err)
		return nil
	}
	return ref
}

func (w *stateWriter) sums(sums []profile.Sum) {
	for _, s := range sums {
		w.number(s.N)
		w.number(math.Float64bits(s.Sum))
		w.number(math.Float64bits(s.Squares))
	}
}

func (r *stateReader) sums(sums []profile.Sum) {
	for i := range sums {
		sums[i] = profile.Sum{N: r.number(), Sum: math.Float64frombits(r.number()), Squares: math.Float64frombits(r.number())}
		if s := sums[i].Sum + sums[i].Squares; s-s != 0 {
			r.fail("a sum that is not finite")
		}
	}
}

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
	followers        [][]byte
	decider          []byte
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
	k.encodeOthers(w)
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

// encodeOthers writes the state of followers and decider, by type.
func (k *keeper) encodeOthers(w *stateWriter) {
	f := k.intake.join.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	w.number(uint64(len(f.followers)))
	for _, follower := range f.followers {
		w.text(fmt.Sprintf("%T", follower))
		w.bytes(k.marshalled("follower", follower))
	}
	w.text(fmt.Sprintf("%T", k.config.decider))
	w.bytes(k.marshalled("decider", k.config.decider))
}

// marshalled returns the state of a part of the user's; empty where it has none.
func (k *keeper) marshalled(part string, of any) (b []byte) {
	m, ok := of.(encoding.BinaryMarshaler)
	if !ok {
		return nil
	}
	if err := guard(partOf(part, of), func() (err error) { b, err = m.MarshalBinary(); return err }); err != nil {
		k.fail(part, err)
		return nil
	}
	return b
}

// decodeState reads a state and changes nothing.
func (k *keeper) decodeState(body []byte) (*savedState, error) {
	r := &stateReader{b: body}
	for i, want := range k.head() {
		if got := r.text(); r.err == nil && got != want {
			what := [...]string{"model", "version", "schema", "reference"}[i]
			return nil, fmt.Errorf("monitor: checkpoint: it is of %s %q, this monitor's is %q", what, got, want)
		}
	}
	s := &savedState{pane: r.number(), began: r.time(), latest: r.time(), newestRow: r.time()}
	s.reference = r.reference(k.schema)
	reference := s.reference
	if reference == nil {
		reference = k.config.reference
	}
	if r.err == nil && reference == nil {
		r.fail("it has no reference")
	}
	if r.err != nil {
		return nil, r.err
	}
	g := reference.Geometry()
	if s.learning = r.flag(); s.learning {
		s.variation = r.panes(g, k.config.learning.Panes)
	}
	s.panes = r.panes(g, largestScale())
	k.decodeCohorts(r, s, g)
	s.open = r.profile(g)
	k.decodeJoin(r, s, g)
	k.decodeOthers(r, s)
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	return s, r.err
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
	c.mature = r.number()
	for range r.count(largestScale()) {
		c.ring.Push(pane{number: r.number(), counts: r.pane(g)})
	}
	open := r.flag()
	for range r.count(maxCohorts + 1) {
		p := cohort{group: r.number(), panes: int(r.number()), number: r.number(), counts: r.pane(g)}
		if r.err != nil {
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
	s.cohortPanes, s.active = int(r.number()), r.flag()
	for i := range s.ends {
		s.ends[i] = r.time()
	}
	s.kpis = newKPISums(k.config.kpis)
	if n := r.number(); r.err == nil && n != uint64(len(k.config.kpis)) {
		r.fail("%d business figures, this monitor has %d", n, len(k.config.kpis))
	}
	for i := range s.kpis.groups {
		r.sums(s.kpis.groups[i])
	}
	if r.err != nil {
		return
	}
	var err error
	if s.table, err = join.Decode(table, g.JoinedSize(), max(1, k.config.labels.Capacity)); err != nil {
		r.fail("%v", err)
		return
	}
	for _, c := range append(s.cohorts.pending[:len(s.cohorts.pending):len(s.cohorts.pending)], s.cohorts.open) {
		if c.group > s.table.Group() || s.cohortPanes < 0 {
			r.fail("a cohort of group %d, there are %d", c.group, s.table.Group())
		}
	}
}

func (k *keeper) decodeOthers(r *stateReader, s *savedState) {
	n := r.count(1 << 10)
	for i := range n {
		name, b := r.text(), r.bytes()
		if n != len(k.config.followers) || name != fmt.Sprintf("%T", k.config.followers[i]) {
			b = nil // other followers than before begin anew
		}
		s.followers = append(s.followers, b)
	}
	if name, b := r.text(), r.bytes(); name == fmt.Sprintf("%T", k.config.decider) {
		s.decider = b
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
	for i, b := range s.followers {
		if i < len(k.config.followers) {
			k.unmarshal("follower", k.config.followers[i], b)
		}
	}
	k.unmarshal("decider", k.config.decider, s.decider)
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

func (k *keeper) unmarshal(part string, to any, b []byte) {
	u, ok := to.(encoding.BinaryUnmarshaler)
	if !ok || len(b) == 0 {
		return
	}
	if err := guard(partOf(part, to), func() error { return u.UnmarshalBinary(b) }); err != nil {
		k.fail(part, err)
	}
}
