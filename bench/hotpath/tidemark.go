package main

import (
	"context"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// newReference returns a reference of the same distribution, so that cells are cut
// and the categories known.
func newReference() (*profile.Schema, *profile.Reference, error) {
	schema, err := profile.SchemaOf[input](profile.Regression())
	if err != nil {
		return nil, nil, err
	}
	values := make([]profile.Value, features+categories)
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for seed := range uint64(2) {
			for _, r := range makeRows(100 + seed) {
				if !yield(observed(&r, values), nil) {
					return
				}
			}
		}
	})
	return schema, reference, err
}

// newMonitor returns a monitor with a reference and without evaluators.
func newMonitor() (*monitor.Monitor, error) {
	schema, reference, err := newReference()
	if err != nil {
		return nil, err
	}
	return monitor.New("hotpath", schema, monitor.WithReference(reference))
}

func newTidemark(name string, base func(*row), observe func(*monitor.Monitor) (func(*row), error)) (*subject, error) {
	m, err := newMonitor()
	if err != nil {
		return nil, err
	}
	f, err := observe(m)
	read := func() {
		for range m.Totals() { //nolint:revive // reading is the work
		}
	}
	return &subject{
		name: name, burst: 2048, observe: f, base: base, settle: read,
		collect: func() {
			read()
			m.Flush(context.Background())
		},
		dropped: func() uint64 { return dropped(m) },
		close:   func() { m.Shutdown(context.Background()) },
	}, err
}

// newObserve observes rows made by hand; nameObserveID those that a label may come
// for, each with an id of its own.
func newObserve(name string) (*subject, error) {
	ids := func() string { return "" }
	if name == nameObserveID {
		ids = newIDs()
	}
	return newTidemark(name, func(r *row) {
		var values [features + categories]profile.Value
		seen := observed(r, values[:])
		seen.ID = ids()
		ignore(context.Background(), seen)
	}, func(m *monitor.Monitor) (func(*row), error) {
		ctx := context.Background()
		return func(r *row) {
			var values [features + categories]profile.Value
			seen := observed(r, values[:])
			seen.ID = ids()
			m.Observe(ctx, seen)
		}, nil
	})
}

// newWrap wraps a predict function that only looks its answer up. latencyEvery
// is that of [monitor.LatencyEvery].
func newWrap(name string, latencyEvery int) (*subject, error) {
	return newTidemark(name, func(r *row) { answer(context.Background(), inputOf(r)) }, func(m *monitor.Monitor) (func(*row), error) {
		predict, err := monitor.Wrap(m, answer, monitor.LatencyEvery(latencyEvery))
		ctx := context.Background()
		return func(r *row) { predict(ctx, inputOf(r)) }, err
	})
}

// ignore takes a row as Observe does and leaves it.
//
//go:noinline
func ignore(_ context.Context, row profile.Row) float64 { return row.Outcome.Score }

// answer is the model.
//
//go:noinline
func answer(_ context.Context, in input) (float64, error) { return in.F00, nil }

// dropped is how many rows were dropped for want of a buffer.
func dropped(m *monitor.Monitor) (n uint64) {
	for t := range m.Totals() {
		if t.Name != report.TotalDropped {
			continue
		}
		for _, a := range t.Attributes {
			if a.Key == report.AttrReason && a.Value == "pressure" {
				n += uint64(t.Value)
			}
		}
	}
	return n
}
