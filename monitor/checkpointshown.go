package monitor

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/internal/ring"
	"github.com/tidemark-ml/tidemark/report"
)

// shown is what a monitor showed when it was saved: a page or a notifier that finds
// a report without incidents takes them for resolved.
type shown struct {
	at      time.Time // when it was saved
	report  *report.Report
	mature  map[int][]report.Signal
	history map[seriesKey][]point
}

// encodeShown writes the newest report, without the distributions, which the next
// pane brings, the signals of mature windows, and the history.
func (k *keeper) encodeShown(w *stateWriter) {
	w.time(k.runTime())
	r := *k.newest()
	r.Distributions = nil
	k.encodeJSON(w, &r)
	k.encodeJSON(w, k.cohorts.shown)
	k.history.encode(w)
}

// encodeJSON writes what JSON can say, and nothing of what it cannot (a window of a
// user's signal that ends in the year 10000): the rest is worth more.
func (k *keeper) encodeJSON(w *stateWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		k.fail("checkpoint", err)
		b = []byte("{}")
	}
	w.bytes(b)
}

func (k *keeper) decodeShown(r *stateReader) (s shown) {
	s.at = r.time()
	r.json(&s.report)
	r.json(&s.mature)
	s.history = decodeHistory(r)
	if r.Err() == nil && s.report == nil {
		r.Fail("it has no report")
	}
	return s
}

// adoptShown shows what was shown, as this model's.
func (k *keeper) adoptShown(s *shown) {
	r := s.report
	r.Model, r.Pane, r.Learning = k.identity(), k.pane, k.progress()
	sanitise(r.Signals)
	for i := range r.Incidents {
		sanitise(r.Incidents[i].Evidence)
	}
	if r.Signals == nil {
		r.Signals = []report.Signal{}
	}
	if r.Incidents == nil {
		r.Incidents = []report.Incident{}
	}
	for scale, signals := range s.mature {
		sanitise(signals)
		k.cohorts.shown[scale] = signals
	}
	k.cohorts.charts = r.Charts[:min(len(r.Charts), maxCharts)]
	for _, e := range slices.Backward(r.Events) {
		k.events.Push(e)
	}
	k.history.adopt(s.history)
	k.report.Store(r)
}

func (r *stateReader) json(to any) {
	b := r.bytes()
	if r.Err() != nil {
		return
	}
	if err := json.Unmarshal(b, to); err != nil {
		r.Fail("what it showed: %v", err)
	}
}

// encode writes the series, each with its points: time, value and threshold, status.
func (h *history) encode(w *stateWriter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.number(uint64(len(h.series)))
	for key, points := range h.series {
		for _, text := range [...]string{key.name, string(key.subject.Kind), key.subject.Name, key.subject.Segment} {
			w.text(text)
		}
		w.number(uint64(key.scale))
		w.number(uint64(points.Len()))
		for _, p := range points.Last(h.points, nil) {
			w.number(uint64(p.at))
			w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(p.value))
			w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(p.threshold))
			w.number(uint64(p.status))
		}
	}
}

func decodeHistory(r *stateReader) map[seriesKey][]point {
	series := map[seriesKey][]point{}
	for range r.count(maxSeries) {
		key := seriesKey{name: r.text(), subject: report.Subject{Kind: report.Kind(r.text()), Name: r.text(), Segment: r.text()}, scale: int(r.Uint64())}
		var points []point
		for range r.count(maxHistory) {
			p := point{at: int64(r.Uint64()), value: math.Float32frombits(r.Uint32()), threshold: math.Float32frombits(r.Uint32())}
			status := r.Uint64()
			if p.value-p.value != 0 || p.threshold-p.threshold != 0 || status > uint64(report.Breach) {
				r.Fail("a point of its history that none can be")
			}
			if r.Err() != nil {
				return nil
			}
			p.status = report.Status(status)
			points = append(points, p)
		}
		series[key] = points
	}
	return series
}

// adopt takes series that were saved; of longer ones the newest points.
func (h *history) adopt(series map[seriesKey][]point) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.points == 0 {
		return
	}
	for key, points := range series {
		h.series[key] = ring.New[point](h.points)
		for _, p := range points {
			h.series[key].Push(p)
		}
	}
}
