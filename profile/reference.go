package profile

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/tidemark-ml/tidemark/sketch"
)

// Reference is what the live profile is compared with: the profile of a
// healthy stretch, and its time blocks, from which natural variability is
// estimated. It is immutable and safe for concurrent use.
type Reference struct {
	profile    *Profile
	panes      []*Pane
	provenance Provenance
	id         string
	live       bool   // the panes are not part of the profile
	baseline   *Joint // see Baseline

	mu   sync.Mutex
	memo map[any]*memo
}

func newReference(p *Profile, panes []*Pane, provenance Provenance) *Reference {
	r := &Reference{profile: p, panes: panes, provenance: provenance, memo: map[any]*memo{}}
	r.id = fmt.Sprintf("%s-%08x", p.geometry.id[:12], uint32(p.contents()))
	return r
}

// contents hashes what was counted, so that two references with the same cells
// have different ids.
func (p *Profile) contents() uint64 {
	b := binary.LittleEndian.AppendUint64(nil, p.Rows)
	for i := range p.Columns {
		t := &p.Columns[i].Tally
		for _, c := range t.fixed() {
			b = binary.LittleEndian.AppendUint64(b, *c)
		}
		for _, c := range t.Cells {
			b = binary.LittleEndian.AppendUint64(b, c)
		}
	}
	return sketch.HashBytes(b)
}

// NewReference makes a reference of a live profile and of the panes it was
// merged from, oldest first: what "accept what we see now" means. Both must be
// cut alike.
func NewReference(p *Profile, panes []*Pane, provenance Provenance) (*Reference, error) {
	if p == nil || p.Rows == 0 {
		return nil, ErrNoRows
	}
	for i, pane := range panes {
		if pane == nil {
			return nil, fmt.Errorf("profile: reference: pane %d is nil", i)
		}
		if err := p.geometry.same(pane.geometry); err != nil {
			return nil, err
		}
	}
	return newReference(p, panes, provenance), nil
}

// Schema returns the schema of the reference.
func (r *Reference) Schema() *Schema { return r.profile.geometry.schema }

// Geometry returns how profiles must be cut to be compared with r.
func (r *Reference) Geometry() *Geometry { return r.profile.geometry }

// Profile returns the profile of all rows, which must not be changed.
func (r *Reference) Profile() *Profile { return r.profile }

// WithLivePanes returns a reference with the same cells and profile whose
// natural variability is learned from these live panes instead of its own time
// blocks: what a monitor does when the reference has none.
func (r *Reference) WithLivePanes(panes []*Pane) *Reference {
	l := newReference(r.profile, panes, r.provenance)
	l.live, l.baseline = true, r.baseline
	return l
}

// Live reports whether Panes are live ones, which are no part of the profile.
func (r *Reference) Live() bool { return r.live }

// Panes returns the time blocks, oldest first, which must not be changed. They
// are none where the reference was small or not in time order.
func (r *Reference) Panes() []*Pane { return r.panes }

// Provenance returns where the reference comes from.
func (r *Reference) Provenance() Provenance { return r.provenance }

// ID identifies the reference by a hash of its cells and one of its counts.
func (r *Reference) ID() string { return r.id }

// memo is one value computed once.
type memo struct {
	once  sync.Once
	value any
}

// Memo returns the value of compute, which is called once per reference and
// key. It lets an evaluator keep what it derives from the reference without
// state of its own. The key must be comparable and of a type private to the
// caller. A panic of compute passes through and leaves a nil value.
func (r *Reference) Memo(key any, compute func() any) any {
	r.mu.Lock()
	m := r.memo[key]
	if m == nil {
		if r.memo == nil {
			r.memo = map[any]*memo{}
		}
		m = new(memo)
		r.memo[key] = m
	}
	r.mu.Unlock()
	m.once.Do(func() { m.value = compute() })
	return m.value
}
