package review

import (
	"sort"
	"time"
)

// counts is what a queue did; it is a journal's state, so its names are fixed.
type counts struct {
	Offered    uint64              `json:"offered"`
	Nameless   uint64              `json:"nameless"` // sampled without an id
	Candidates [reasonCount]uint64 `json:"candidates"`
	Chosen     [reasonCount]uint64 `json:"chosen"`
	Releases   uint64              `json:"releases"`
	Released   uint64              `json:"released"`
	Repeated   uint64              `json:"repeated"`
	Expired    uint64              `json:"expired"`
	Displaced  uint64              `json:"displaced"`

	Verdicts   uint64 `json:"verdicts"`
	Resolved   uint64 `json:"resolved"`
	Labelled   uint64 `json:"labelled"`
	Unlabelled uint64 `json:"unlabelled"`
	Unmatched  uint64 `json:"unmatched"`
	Twice      uint64 `json:"twice"`

	SinkErrors    uint64 `json:"sink_errors"`
	JournalErrors uint64 `json:"journal_errors"`
	Skipped       uint64 `json:"skipped"`

	Model    tally    `json:"model"`
	People   tally    `json:"people"`
	Weighted weighted `json:"weighted"`
}

func newCounts(classes int) counts {
	return counts{Model: newTally(classes), People: newTally(classes)}
}

func (c *counts) fits(classes int) bool {
	return c.Model.fits(classes) && c.People.fits(classes) && c.Weighted.fits()
}

func (c *counts) clone() counts {
	out := *c
	out.Model.Table, out.People.Table = cloneTable(c.Model.Table), cloneTable(c.People.Table)
	return out
}

func cloneTable(t [][]uint64) [][]uint64 {
	out := make([][]uint64, len(t))
	for i := range t {
		out[i] = append([]uint64(nil), t[i]...)
	}
	return out
}

// remove undoes add of a symmetric pair.
func (t *tally) remove(a, b int, same bool) {
	t.N--
	if same {
		t.Agree--
	}
	if a < 0 || b < 0 {
		return
	}
	t.Table[a][b]--
	t.Table[b][a]--
}

// Stats is what a queue did, those it was restored from included, and how it
// stands.
type Stats struct {
	// Offered are the cases, Candidates those of each reason with a quota, Chosen
	// those taken for it.
	Offered            uint64
	Candidates, Chosen map[string]uint64
	// Released items are open, resolved, expired (too old), or displaced (the
	// queue was full). Repeated were not released because their id was open.
	Released, Resolved, Expired, Displaced, Repeated uint64
	Open                                             int
	// Verdicts counts those taken; Unmatched those on items that are not open,
	// Twice those of a reviewer who had judged already.
	Verdicts, Unmatched, Twice uint64
	// Labelled counts the truths given to Policy.Label; Unlabelled those that
	// could not be.
	Labelled, Unlabelled uint64
	// SinkErrors and JournalErrors count writes that failed, Skipped what could
	// not be read of the journal.
	SinkErrors, JournalErrors, Skipped uint64
	// Age are quantiles of how long the open items have been so.
	Age Ages
	// Model is the agreement of the model with the truths of resolved items,
	// People that of reviewers with each other, a pair of verdicts each; where an
	// item has more than two the pairs depend on each other and the intervals are
	// a little narrow.
	Model, People Agreement
	// All estimates the agreement of the model over all cases, reviewed or not,
	// that had a chance to be: all of them, if Random has a quota.
	All Estimate
}

// Ages are quantiles of the age of open items; 0 where there is none.
type Ages struct{ Median, P90, Oldest time.Duration }

// Stats returns what the queue did.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := &q.counts
	s := Stats{
		Offered: c.Offered, Candidates: byReason(c.Candidates), Chosen: byReason(c.Chosen),
		Released: c.Released, Resolved: c.Resolved, Expired: c.Expired, Displaced: c.Displaced, Repeated: c.Repeated,
		Open: len(q.open), Verdicts: c.Verdicts, Unmatched: c.Unmatched, Twice: c.Twice,
		Labelled: c.Labelled, Unlabelled: c.Unlabelled,
		SinkErrors: c.SinkErrors, JournalErrors: c.JournalErrors, Skipped: c.Skipped,
		Model: c.Model.result(), People: c.People.result(), All: c.Weighted.result(),
	}
	s.Age = q.ages(q.policy.Clock.Now())
	return s
}

func byReason(counts [reasonCount]uint64) map[string]uint64 {
	out := make(map[string]uint64, reasonCount)
	for i, n := range counts {
		out[reasonNames[i]] = n
	}
	return out
}

func (q *Queue) ages(now time.Time) Ages {
	ages := make([]time.Duration, 0, len(q.open))
	for _, e := range q.open {
		ages = append(ages, e.age(now))
	}
	if len(ages) == 0 {
		return Ages{}
	}
	sort.Slice(ages, func(i, j int) bool { return ages[i] < ages[j] })
	at := func(p float64) time.Duration { return ages[int(p*float64(len(ages)-1)+.5)] }
	return Ages{Median: at(.5), P90: at(.9), Oldest: ages[len(ages)-1]}
}

// Open returns the open items, oldest first: what a page for reviewers shows.
func (q *Queue) Open() []Item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := make([]Item, 0, len(q.open))
	for _, e := range q.order {
		if !e.closed {
			items = append(items, e.item)
		}
	}
	return items
}
