package review

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"
)

// Release ends a period: what was sampled in it becomes open items, which go to
// the journal and the sinks, and items that are open too long expire. The errors
// of journal and sinks are returned and counted; the items stay open.
func (q *Queue) Release(ctx context.Context) error {
	q.releasing.Lock()
	defer q.releasing.Unlock()
	items, expired := q.turn(q.policy.Clock.Now().UTC())
	var errs []error
	if q.policy.Journal != nil {
		errs = append(errs, q.journal(items, expired))
	}
	for i := range items {
		for n, s := range q.policy.Sinks {
			if err := put(ctx, s, items[i]); err != nil {
				errs = append(errs, fmt.Errorf("review: sink %d: %w", n+1, err))
				q.count(func(c *counts) { c.SinkErrors++ })
			}
		}
	}
	return errors.Join(errs...)
}

// put is a sink's Put with its panics contained.
func put(ctx context.Context, s Sink, item Item) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it panicked")
		}
	}()
	return s.Put(ctx, item)
}

func (q *Queue) count(f func(*counts)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f(&q.counts)
}

// turn makes items of the reservoirs and expires old ones.
func (q *Queue) turn(now time.Time) (items []Item, expired []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts.Releases++
	expired = q.expire(now)
	for _, d := range q.sampled() {
		q.finish(d, now)
		if _, ok := q.open[d.item.Item]; ok {
			q.counts.Repeated++
			continue
		}
		for i := range q.reservoirs {
			if d.chosen&(1<<i) != 0 {
				q.counts.Chosen[i]++
			}
		}
		for len(q.open) >= q.policy.Capacity {
			expired = append(expired, q.displace())
		}
		q.admit(&entry{item: d.item, answer: d.answer})
		q.counts.Released++
		items = append(items, d.item)
	}
	for i := range q.reservoirs {
		q.reservoirs[i].empty()
	}
	return items, expired
}

// sampled lists the drafts of all reservoirs once each, in the order offered.
func (q *Queue) sampled() (drafts []*draft) {
	seen := make(map[*draft]bool)
	for i := range q.reservoirs {
		for _, d := range q.reservoirs[i].taken {
			if !seen[d] {
				seen[d] = true
				drafts = append(drafts, d)
			}
		}
	}
	sort.SliceStable(drafts, func(i, j int) bool { return drafts[i].item.Offered.Before(drafts[j].item.Offered) })
	return drafts
}

// finish writes into a draft why it was chosen and with what probability. The
// reservoirs are drawn independently of each other, so that a case is left out
// with the product of the probabilities to be left out of each.
func (q *Queue) finish(d *draft, now time.Time) {
	out := 1.
	for i := range q.reservoirs {
		reason := Reasons(1 << i)
		if d.reasons&reason == 0 {
			continue
		}
		p := q.reservoirs[i].probability()
		out *= 1 - p
		d.item.Why = append(d.item.Why, Why{Reason: reasonNames[i], Probability: p, Chosen: d.chosen&reason != 0})
	}
	d.item.Released, d.item.Probability = now, 1-out
}

func (q *Queue) admit(e *entry) {
	q.open[e.item.Item] = e
	q.order = append(q.order, e)
}

// expire closes the items that have been open too long.
func (q *Queue) expire(now time.Time) (expired []string) {
	q.trim()
	for len(q.order) > 0 && now.Sub(q.order[0].item.Released) >= q.policy.Expire {
		expired = append(expired, q.drop())
		q.counts.Expired++
		q.trim()
	}
	return expired
}

// displace closes the oldest open item to make room.
func (q *Queue) displace() string {
	q.trim()
	q.counts.Displaced++
	return q.drop()
}

func (q *Queue) drop() string {
	e := q.order[0]
	q.shut(e)
	q.order = q.order[1:]
	return e.item.Item
}

// trim forgets closed entries at the front, and all of them where they are many.
func (q *Queue) trim() {
	for len(q.order) > 0 && q.order[0].closed {
		q.order = q.order[1:]
	}
	if len(q.order) < 2*len(q.open)+64 {
		return
	}
	kept := make([]*entry, 0, len(q.open))
	for _, e := range q.order {
		if !e.closed {
			kept = append(kept, e)
		}
	}
	q.order = kept
}

// shut closes an entry and remembers its name for a while.
func (q *Queue) shut(e *entry) {
	e.closed = true
	delete(q.open, e.item.Item)
	if len(q.resolved) >= q.policy.Capacity {
		clear(q.resolved)
	}
	q.resolved[e.item.Item] = struct{}{}
}
