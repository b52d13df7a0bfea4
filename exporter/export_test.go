package exporter

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/metric"
)

// Callback is what Start registers, for tests that count allocations.
func (x *OTel) Callback(o metric.Observer) error {
	return x.collectInto(x.source)(context.Background(), o)
}

// SetPatience shortens the wait for a writer.
func (x *JSONLines) SetPatience(d time.Duration) { x.patience = d }

// Known counts the incidents that are remembered.
func (x *Slog) Known() int { return x.ledger.Len() }
