package notify

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to wait between attempts: after the n-th that failed in
// a row a random time between half and all of First·2ⁿ⁻¹, at most Max. The
// randomness keeps replicas from coming back all at once.
type Backoff struct {
	First time.Duration // 0 means 1 s
	Max   time.Duration // 0 means 5 min
	// Seed makes the random times the same on every run; 0 means that they are
	// not.
	Seed uint64
}

func (b Backoff) resolved() Backoff {
	if b.First <= 0 {
		b.First = time.Second
	}
	if b.Max <= 0 {
		b.Max = 5 * time.Minute
	}
	b.Max = max(b.Max, b.First)
	return b
}

func (b Backoff) random() *rand.Rand {
	if b.Seed == 0 {
		return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return rand.New(rand.NewPCG(b.Seed, 0))
}

// wait returns the time to wait after failures in a row.
func (b Backoff) wait(failures int, random *rand.Rand) time.Duration {
	d := b.Max
	if shift := failures - 1; shift < 40 && b.First<<shift > 0 && b.First<<shift < b.Max {
		d = b.First << max(0, shift)
	}
	return d/2 + time.Duration(random.Int64N(int64(d/2)+1))
}
