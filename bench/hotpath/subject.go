package main

// subject is one way to observe a row.
type subject struct {
	name    string
	observe func(*row)
	base    func(*row)    // the same without observing; its cost is taken off
	collect func()        // what a scrape does
	burst   int           // rows that are observed at a stretch in one sample
	dropped func() uint64 // rows that were observed but not counted; nil: none can be
	close   func()
}

// Names of the subjects, as in the output.
const (
	nameEmpty       = "empty call"
	nameObserve     = "tidemark Observe"
	nameWrap        = "tidemark Wrap"
	nameWrapLatency = "tidemark Wrap with latency"
	nameProm        = "naive Prometheus"
	nameOTel        = "naive OpenTelemetry"
	nameMutex       = "one mutex, t-digest + HLL"
	nameDD          = "DDSketch per feature"
)

// subjects returns all of them.
func subjects() ([]*subject, error) {
	all := []*subject{newEmpty()}
	ours, err := tidemarkSubjects()
	if err != nil {
		return nil, err
	}
	otel, err := newOTel()
	if err != nil {
		return nil, err
	}
	mutex, err := newOneMutex()
	if err != nil {
		return nil, err
	}
	dd, err := newDDSketch()
	if err != nil {
		return nil, err
	}
	all = append(append(all, ours...), newPrometheus(), otel, mutex, dd)
	for _, s := range all {
		if s.base == nil {
			s.base = all[0].observe
		}
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
