package review

import (
	"fmt"
)

// restore takes over what an earlier queue left in the journal.
func (q *Queue) restore(j *Journal) error {
	records, skipped := j.take()
	for i := range records {
		if err := q.replay(&records[i]); err != nil {
			return fmt.Errorf("review: journal %s: %w", j.path, err)
		}
	}
	q.counts.Skipped += skipped
	return nil
}

// replay does again what a record tells. What does not fit (a verdict on an item
// that is not open) is skipped and counted; a state of other classes is an error,
// as the schema is another one then.
func (q *Queue) replay(r *Record) error {
	switch r.Kind {
	case kindState:
		if !r.State.fits(len(q.classes)) {
			return fmt.Errorf("its sums are not of the %d classes of the schema; give another model a journal of its own", len(q.classes))
		}
		q.counts = *r.State
	case kindItem:
		q.reopen(*r.Item)
	case kindVerdict:
		q.again(r)
	case kindExpired:
		if e, ok := q.open[r.Name]; ok {
			q.shut(e)
			q.counts.Expired++
		}
	}
	return nil
}

func (q *Queue) reopen(item Item) {
	if _, ok := q.open[item.Item]; ok || len(q.open) >= q.policy.Capacity {
		q.counts.Skipped++
		return
	}
	q.counts.Released++
	q.admit(&entry{item: item, answer: q.class(item.Answer.Class)})
}

func (q *Queue) again(r *Record) {
	rated := rating{answer: *r.Answer, class: q.class(r.Answer.Class), by: Source(r.By), reviewer: r.Reviewer}
	usable := rated.class >= 0
	if q.classes == nil {
		usable = r.Answer.Number != nil
	}
	if !usable {
		q.counts.Skipped++
		return
	}
	if _, _, err := q.rate(r.Name, rated); err != nil {
		q.counts.Skipped++
		q.counts.Unmatched-- // it was matched when it was given
	}
}

// journal writes items and expiries, and replaces the file where it is due; the
// caller holds releasing.
func (q *Queue) journal(items []Item, expired []string) error {
	now := q.policy.Clock.Now().UTC()
	var records []Record
	for _, name := range expired {
		records = append(records, Record{Kind: kindExpired, At: now, Name: name})
	}
	for i := range items {
		records = append(records, Record{Kind: kindItem, At: now, Item: &items[i]})
	}
	if len(records) == 0 {
		return nil
	}
	return q.record(records...)
}

// record appends to the journal, if there is one; the caller holds releasing.
func (q *Queue) record(records ...Record) error {
	j := q.policy.Journal
	if j == nil {
		return nil
	}
	err := j.append(records...)
	if err == nil && j.full() {
		err = j.replace(q.snapshot())
	}
	if err != nil {
		q.count(func(c *counts) { c.JournalErrors++ })
	}
	return err
}

// snapshot is the queue as records: sums less what the open items will add when
// they are replayed, then those items with their verdicts.
func (q *Queue) snapshot() []Record {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.policy.Clock.Now().UTC()
	sums := q.counts.clone()
	var rest []Record
	for _, e := range q.order {
		if e.closed {
			continue
		}
		item := e.item
		rest = append(rest, Record{Kind: kindItem, At: now, Item: &item})
		sums.Released--
		for i, v := range e.verdicts {
			answer := v.answer
			rest = append(rest, Record{Kind: kindVerdict, At: now, Name: item.Item, Answer: &answer, By: string(v.by), Reviewer: v.reviewer})
			sums.Verdicts--
			for _, earlier := range e.verdicts[:i] {
				sums.People.remove(earlier.class, v.class, q.same(earlier.answer, v.answer))
			}
		}
	}
	return append([]Record{{Kind: kindState, At: now, State: &sums}}, rest...)
}
