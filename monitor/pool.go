package monitor

import (
	"sync"

	"github.com/tidemark-ml/tidemark/profile"
)

// pool holds the empty batches. The one given back last is taken first, while
// it is still in a processor's cache. It starts small and grows, by the drainer
// and never by a caller, when it has run low, so that a burst the drainer once
// was late for finds room the next time. It is safe for concurrent use; its
// mutex is held for a few instructions.
type pool struct {
	mu    sync.Mutex
	free  []*profile.Batch
	lanes int
	made  int // batches there are: free, queued, or in a lane
	most  int
}

// newPool returns a pool that has this many free batches besides those in lanes.
func newPool(g *profile.Geometry, lanes, free, most int) *pool {
	p := &pool{free: make([]*profile.Batch, 0, most), lanes: lanes, made: lanes + free, most: most}
	for range free {
		p.free = append(p.free, g.NewBatch())
	}
	return p
}

// take returns an empty batch, nil where none is free.
func (p *pool) take() *profile.Batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if n == 0 {
		return nil
	}
	b := p.free[n-1]
	p.free = p.free[:n-1]
	return b
}

// takeOrMake returns an empty batch, a new one where none is free.
func (p *pool) takeOrMake(g *profile.Geometry) *profile.Batch {
	if b := p.take(); b != nil {
		return b
	}
	p.mu.Lock()
	p.made++
	p.mu.Unlock()
	return g.NewBatch()
}

// give returns an empty batch to the pool, which drops it where it has enough.
func (p *pool) give(b *profile.Batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made > p.most || len(p.free) == cap(p.free) {
		p.made--
		return
	}
	p.free = append(p.free, b)
}

// spare is how many batches there are besides those in lanes.
func (p *pool) spare() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made - p.lanes
}

// grow adds a batch if the pool has run low, to less than two thirds of what it has,
// and may have more.
func (p *pool) grow(g *profile.Geometry) {
	p.mu.Lock()
	short := 3*len(p.free) < 2*(p.made-p.lanes) && p.made < p.most
	if short {
		p.made++
	}
	p.mu.Unlock()
	if short {
		p.give(g.NewBatch())
	}
}

// renew replaces the free batches by ones of another geometry.
func (p *pool) renew(g *profile.Geometry) {
	p.mu.Lock()
	n := len(p.free)
	p.free = p.free[:0]
	p.mu.Unlock()
	for range n {
		p.give(g.NewBatch())
	}
}
