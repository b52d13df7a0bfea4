package monitor

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/profile"
)

// joiner brings rows and labels together, by prediction time. It is part of the
// intake, and guarded by its mutex.
type joiner struct {
	config   *config
	now      func() time.Time
	geometry *profile.Geometry
	target   profile.Target
	table    *join.Table
	stamp    time.Time // of rows without a time: when they were drained

	panes  int               // of the open cohort
	open   *profile.Outcomes // rows of the open pane that came with their truth; nil where none did
	kpis   *kpiSums
	active bool // a truth or a figure has come
	fresh  bool // since the last pane
	closed cohortCut
	ends   [join.MaxOpen]time.Time          // of cohorts, by number modulo their count
	cells  atomic.Pointer[profile.Geometry] // nil while they are not cut
	tokens *tokenBuffer

	encoded []byte
	joined  profile.Joined
	counts  outcomeCounts
	rows    uint64 // that came with their truth
	feed    *feed
}

// cohortCut is what the end of a pane says about its cohort.
type cohortCut struct {
	counts   bool              // there are predictions to conclude from, or figures
	complete bool              // the cohort ends with the pane
	group    uint64            // of the cohort
	direct   *profile.Outcomes // of the pane; nil where there are none
}

func newJoiner(c *config, target profile.Target, now func() time.Time) *joiner {
	return &joiner{config: c, target: target, now: now, kpis: newKPISums(c.kpis), tokens: &tokenBuffer{}, counts: newOutcomeCounts(target), feed: newFeed(c)}
}

// use makes g the cells of everything joined from now on. Labels go on waiting
// where rows are as wide as before, which they are when cells are cut anew.
func (q *joiner) use(g *profile.Geometry) {
	if q.geometry == nil || g.JoinedSize() != q.geometry.JoinedSize() {
		q.table = join.New(g.JoinedSize(), max(1, q.config.labels.Capacity))
	}
	q.geometry, q.open = g, nil
	q.cells.Store(g)
	q.encoded = make([]byte, 0, g.JoinedSize())
	q.feed.use(g)
}

// ahead prepares for the rows that see is to be given.
func (q *joiner) ahead(hashes []uint64) { q.table.Warm(hashes) }

// see takes a row that has an id or came with its truth.
func (q *joiner) see(j *profile.Joined) {
	if !answered(q.target, j) {
		return
	}
	if j.Predicted.IsZero() {
		j.Predicted = q.stamp
	}
	switch {
	case j.Known:
		if j.Labelled.IsZero() {
			j.Labelled = q.stamp
		}
		q.complete(j)
	case j.Hash != 0 && q.config.labels.Capacity > 0:
		q.follow(q.table.Group(), j)
	}
}

// answered reports whether the row has an answer that a truth can be held
// against.
func answered(t profile.Target, j *profile.Joined) bool {
	switch t.Task {
	case profile.BinaryTask:
		return j.Score >= 0 && j.Score <= 1
	case profile.MulticlassTask:
		return j.Decided >= 0
	}
	return math.Abs(j.Score) <= math.MaxFloat64
}

// complete counts a row that came with its truth.
func (q *joiner) complete(j *profile.Joined) {
	if q.open == nil {
		q.open = q.geometry.NewOutcomes(profile.WithSketches)
	}
	q.rows++
	q.open.Expect(j)
	q.open.Add(j)
	q.settled(j)
}

// settled counts a row whose truth has become known.
func (q *joiner) settled(j *profile.Joined) {
	q.active, q.fresh = true, true
	q.counts.add(j)
	q.feed.add(q.geometry, j)
}

// follow keeps a row until its label comes, or joins it with one that waits.
func (q *joiner) follow(group uint64, j *profile.Joined) {
	q.encoded = q.geometry.AppendJoined(q.encoded[:0], j)
	if l, ok := q.table.FollowIn(group, j.Hash, q.encoded); ok {
		q.judge(j, l)
	}
}

func (q *joiner) judge(j *profile.Joined, l join.Label) {
	if j.Judge(q.target, decodeTruth(q.target, l.Truth), time.Unix(0, l.At).UTC()) {
		q.settled(j)
	}
}

// take joins labels and adds up figures.
func (q *joiner) take(events []event) {
	for i := range events {
		e := &events[i]
		if e.at == 0 {
			e.at = q.stampNow().UnixNano()
		}
		if e.kpi > 0 {
			q.record(e)
		} else {
			q.label(join.Label{Hash: e.hash, Truth: e.value, At: e.at})
		}
	}
}

func (q *joiner) label(l join.Label) {
	q.fresh = true
	fate, row := q.table.Label(l)
	if fate == join.Matched && q.geometry.DecodeJoined(row, &q.joined) == nil {
		q.judge(&q.joined, l)
	}
}

// stampNow is the time, a valid one in any case.
func (q *joiner) stampNow() time.Time {
	if t := q.now(); plausible(t) {
		return t
	}
	if q.stamp.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return q.stamp
}

// cut ends the open pane, and its cohort with it where it is complete: where it
// has as many panes as a cohort has, or nothing of it waits for labels.
func (q *joiner) cut(need int, now time.Time) {
	group := q.table.Group()
	q.ends[group%join.MaxOpen] = now
	followed, _ := q.table.Followed(group)
	room := group-q.table.Pending() < maxCohorts
	figures := q.kpis.any(group)
	q.closed = cohortCut{group: group, direct: q.open}
	q.open, q.fresh = nil, false
	if q.closed.direct == nil && followed == 0 && !figures && q.panes == 0 {
		return
	}
	q.panes++
	q.closed.counts = true
	q.closed.complete = room && (q.panes >= need || followed == 0 && q.panes == 1)
	if q.closed.complete {
		q.panes = 0
		q.kpis.begin(q.table.Open())
	}
}

// outcomes adds up what has come true of a cohort so far.
func (q *joiner) outcomes(group uint64, detail profile.Detail, direct *profile.Outcomes) *profile.Outcomes {
	o := q.geometry.NewOutcomes(detail)
	j := &q.joined
	for row := range q.table.Rows(group) {
		if q.geometry.DecodeJoined(row.Bytes, j) != nil {
			continue
		}
		o.Expect(j)
		if row.Known && j.Judge(q.target, decodeTruth(q.target, row.Label.Truth), time.Unix(0, row.Label.At).UTC()) {
			o.Add(j)
		}
	}
	o.Merge(direct) // one geometry
	q.kpis.addTo(group, o)
	return o
}

// close lets go of a cohort and those before it.
func (q *joiner) close(group uint64) {
	q.table.Close(group)
}
