package monitor

import (
	"context"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// BenchmarkHandOver is what a pane's end costs callers at most: the time for which
// each stripe is locked, and that of taking a batch from the pool for it.
func BenchmarkHandOver(b *testing.B) {
	m := numbersMonitor(b)
	defer m.Shutdown(context.Background()) //nolint:errcheck // nothing to export
	in := m.intake
	row := profile.Row{Values: []profile.Value{profile.Float(1)}}
	var took time.Duration
	b.ReportAllocs()
	for b.Loop() {
		for i := range in.stripes.Len() {
			lane := in.stripes.At(i)
			lane.State.batch.Append(&row)
			lane.Release()
		}
		began := time.Now()
		in.handOver(false)
		took += time.Since(began)
		in.mu.Lock()
		in.drainQueued()
		in.mu.Unlock()
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N*in.stripes.Len()), "ns/stripe")
}
