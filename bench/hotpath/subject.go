package main

import "fmt"

// subject is one way to observe a row.
type subject struct {
	name    string
	observe func(*row)
	base    func(*row)    // the same without observing; its cost is taken off
	collect func()        // what a scrape does
	settle  func()        // does what is left to be done; nil: nothing is
	burst   int           // rows that are observed at a stretch in one sample
	dropped func() uint64 // rows that were observed but not counted; nil: none can be
	close   func()
}

// Names of the subjects, as in the output.
const (
	nameEmpty       = "empty call"
	nameObserve     = "tidemark Observe"
	nameObserveID   = "tidemark Observe with an id"
	nameWrap        = "tidemark Wrap"
	nameWrapLatency = "tidemark Wrap with latency"
	nameProm        = "naive Prometheus"
	nameOTel        = "naive OpenTelemetry"
	nameMutex       = "one mutex, t-digest + HLL"
	nameDD          = "DDSketch per feature"
)

// makers make the subjects, by name.
func makers() []maker {
	return []maker{
		{nameEmpty, func() (*subject, error) { return newEmpty(), nil }},
		{nameObserve, func() (*subject, error) { return newObserve(nameObserve) }},
		{nameObserveID, func() (*subject, error) { return newObserve(nameObserveID) }},
		{nameWrap, func() (*subject, error) { return newWrap(nameWrap, 0) }},
		{nameWrapLatency, func() (*subject, error) { return newWrap(nameWrapLatency, 1) }},
		{nameProm, func() (*subject, error) { return newPrometheus(), nil }},
		{nameOTel, newOTel},
		{nameMutex, newOneMutex},
		{nameDD, newDDSketch},
	}
}

type maker struct {
	name string
	make func() (*subject, error)
}

// subjects returns all of them, or the one of the name.
func subjects(only string) (all []*subject, err error) {
	for _, m := range makers() {
		if only != "" && only != m.name {
			continue
		}
		s, err := m.make()
		if err != nil {
			return nil, err
		}
		if s.base == nil {
			s.base = newEmpty().observe
		}
		if s.settle == nil {
			s.settle = func() {}
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no subject is named %q", only)
	}
	return all, nil
}

func newEmpty() *subject {
	sink := 0.0
	return &subject{
		name: nameEmpty, burst: 2048, observe: func(r *row) { sink = r.number[0] + r.number[8] + r.number[16] + float64(len(r.category[3])) },
		collect: func() {}, close: func() { _ = sink },
	}
}
