package review

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Policy says what is reviewed and where it goes.
type Policy struct {
	// Name stands in totals and on pages; "" means "review".
	Name string
	// Schema says how to redact; Sensitive features never leave.
	Schema *profile.Schema
	// Key makes ids into the names of items: HMAC-SHA-256, 64 bits. At least 16
	// bytes, secret, and the same after a restart that shall know its items again.
	Key []byte
	// Quotas is how many of each reason a release takes at most.
	Quotas Quotas
	// Reference makes a case outlying whose numbers lie beyond the reference's
	// outer fences. Without it only those are that break the schema.
	Reference *profile.Reference
	// Classify adds reasons to a case; it must be quick, and is called on the
	// goroutine that offers. A panic in it adds none.
	Classify func(*Case) Reasons

	// Capacity is how many items may be open, 0: 10,000. One more expires the
	// oldest. Expire is how long one may be, 0: seven days.
	Capacity int
	Expire   time.Duration
	// Verdicts is how many an item needs, 0: 1. Then it is resolved: the class that
	// most gave (the first of equals), or the median number, is its truth.
	Verdicts int
	// Tolerance is how far a regression may be from the truth and still agree.
	Tolerance float64

	// Sinks are where released items go.
	Sinks []Sink
	// Journal keeps the queue's state in a file, so that it survives a restart. It
	// is a file of items for reviewers, too.
	Journal *Journal
	// Label is given the truth of each resolved item whose prediction id is known:
	// a monitor's Label method. It is called once for an item.
	Label func(ctx context.Context, id string, truth profile.Truth)

	// Seed makes the sampling repeatable; the zero value means by chance.
	Seed [2]uint64
	// Clock is the time; nil means the system's.
	Clock interface{ Now() time.Time }
}

const (
	defaultCapacity = 10_000
	maxCapacity     = 1_000_000
	maxVerdicts     = 16
	minKey          = 16
)

// Queue samples cases for people to look at and takes their verdicts. Its
// methods may be called concurrently. It has no goroutine: [Queue.Release] ends a
// period and sends what was sampled in it, and as a [report.Exporter] given to
// monitor.WithExporter the queue does that at the close of each pane.
type Queue struct {
	policy  Policy
	classes []string // nil for a regression
	checker *profile.Checker
	slices  slices

	mu         sync.Mutex
	rng        *rand.Rand
	reservoirs [reasonCount]reservoir
	open       map[string]*entry
	order      []*entry // by release, oldest first; resolved ones are skipped
	counts     counts
	resolved   map[string]struct{} // lately, to tell a late verdict from an unknown one

	releasing sync.Mutex // keeps releases and what they write in order
}

// entry is an open item.
type entry struct {
	item     Item
	answer   int // class index
	verdicts []rating
	closed   bool
}

// New returns a queue; every mistake in the policy is in one error. Where the
// journal holds an earlier queue's items and verdicts, it goes on from them.
func New(p Policy) (*Queue, error) {
	p = p.withDefaults()
	if err := p.validate(); err != nil {
		return nil, err
	}
	p.Key = append([]byte(nil), p.Key...)
	q := &Queue{
		policy: p, classes: classes(p.Schema.Target()), checker: profile.NewChecker(p.Schema),
		rng: rand.New(rand.NewPCG(p.Seed[0], p.Seed[1])), open: make(map[string]*entry), resolved: make(map[string]struct{}),
	}
	for i, n := range p.Quotas.list() {
		q.reservoirs[i].size = n
	}
	q.counts = newCounts(len(q.classes))
	if p.Journal != nil {
		if err := q.restore(p.Journal); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (p Policy) withDefaults() Policy {
	if p.Name == "" {
		p.Name = "review"
	}
	if p.Capacity == 0 {
		p.Capacity = defaultCapacity
	}
	if p.Expire == 0 {
		p.Expire = 7 * 24 * time.Hour
	}
	if p.Verdicts == 0 {
		p.Verdicts = 1
	}
	if p.Seed == ([2]uint64{}) {
		p.Seed = [2]uint64{rand.Uint64(), rand.Uint64()}
	}
	if p.Clock == nil {
		p.Clock = systemClock{}
	}
	return p
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (p Policy) validate() error {
	errs := []error{p.Quotas.validate()}
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("review: "+format, args...))
	}
	if p.Schema == nil {
		fail("the schema is nil; it says what must be redacted")
	}
	if len(p.Key) < minKey {
		fail("the key has %d bytes; at least %d are needed to hash ids with", len(p.Key), minKey)
	}
	if p.Capacity < 1 || p.Capacity > maxCapacity {
		fail("capacity %d is not in 1 to %d", p.Capacity, maxCapacity)
	}
	if p.Verdicts < 1 || p.Verdicts > maxVerdicts {
		fail("%d verdicts for an item; 1 to %d are possible", p.Verdicts, maxVerdicts)
	}
	if p.Expire < 0 {
		fail("Expire %v is negative; 0 means seven days", p.Expire)
	}
	if !(p.Tolerance >= 0) {
		fail("tolerance %v is not a number ≥ 0", p.Tolerance)
	}
	if len(p.Sinks) == 0 && p.Journal == nil {
		fail("neither Sinks nor a Journal: nobody would see the items")
	}
	for i, s := range p.Sinks {
		if s == nil {
			fail("sink %d of %d is nil", i+1, len(p.Sinks))
		}
	}
	if p.Reference != nil && p.Schema != nil {
		if _, err := p.Reference.Rebind(p.Schema); err != nil {
			errs = append(errs, fmt.Errorf("review: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Hash returns the name of the item of a prediction id.
func (q *Queue) Hash(id string) string {
	h := hmac.New(sha256.New, q.policy.Key)
	h.Write([]byte(id))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Offer makes a case a candidate for its reasons, and for Random. It keeps nothing
// unless the case is sampled, and then what redaction leaves of it. It never
// blocks on a sink.
func (q *Queue) Offer(c Case) {
	reasons := (c.Reasons | q.classify(&c) | Random) & every
	now := q.policy.Clock.Now().UTC()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.counts.Offered++
	var d *draft
	var candidate Reasons
	for i := range q.reservoirs {
		r := &q.reservoirs[i]
		reason := Reasons(1 << i)
		if reasons&reason == 0 || r.size == 0 {
			continue
		}
		candidate |= reason
		q.counts.Candidates[i]++
		at, ok := r.place(q.rng)
		if !ok {
			continue
		}
		if d == nil {
			d = q.draft(&c, now)
		}
		r.put(at, d, reason)
	}
	if d != nil {
		d.reasons = candidate
	}
}

func (q *Queue) draft(c *Case, now time.Time) *draft {
	answer, score := q.answer(c.Outcome)
	d := &draft{answer: q.class(answer.Class), item: Item{
		Token: clip(c.Token), Offered: now, Answer: answer, Score: score,
		Features: redact(q.policy.Schema, c.Values),
	}}
	if c.ID != "" {
		d.item.Item = q.Hash(c.ID)
	} else {
		q.counts.Nameless++
		d.item.Item = fmt.Sprintf("x%015x", q.rng.Uint64()>>4)
	}
	return d
}

// classify finds the reasons that are the queue's own to find.
func (q *Queue) classify(c *Case) (found Reasons) {
	if q.reservoirs[1].size > 0 && q.outlying(c.Values) {
		found |= Outlying
	}
	if q.reservoirs[2].size > 0 && q.slices.match(c.Values) {
		found |= WorstSlice
	}
	if q.policy.Classify != nil {
		found |= q.asked(c)
	}
	return found
}

func (q *Queue) asked(c *Case) (found Reasons) {
	defer func() { _ = recover() }()
	own := *c // so that the caller's need not move to the heap where nobody asks
	return q.policy.Classify(&own)
}

func (q *Queue) outlying(values []profile.Value) bool {
	if q.checker.Check(values) != nil {
		return true
	}
	if q.policy.Reference == nil {
		return false
	}
	g := q.policy.Reference.Geometry()
	for i := range min(len(values), q.policy.Schema.Len()) {
		j, ok := q.policy.Reference.Schema().Index(q.policy.Schema.Feature(i).Name)
		if !ok {
			continue
		}
		a := g.Axis(j)
		if x, ok := values[i].Number(); ok && a.Kind == profile.Numeric && (x < a.FenceLow || x > a.FenceHigh) {
			return true
		}
	}
	return false
}
