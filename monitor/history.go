package monitor

import (
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/internal/ring"
	"github.com/tidemark-ml/tidemark/report"
)

// maxSeries bounds the series kept for drawing; the first to appear are kept,
// and evaluators yield the most important features first.
const maxSeries = 4096

// history keeps the recent values of the signals that decide, at every scale, and
// of those that describe and have a threshold, at the smallest. It is safe for
// concurrent use.
type history struct {
	points int

	mu     sync.Mutex
	series map[seriesKey]*ring.Ring[point]
}

type seriesKey struct {
	name    string
	subject report.Subject
	scale   int
}

// point is a report.Point in a third of the memory.
type point struct {
	at        int64 // Unix microseconds, which hold every year
	value     float32
	threshold float32
	status    report.Status
}

func newHistory(points int) *history {
	return &history{points: points, series: map[seriesKey]*ring.Ring[point]{}}
}

// add takes the first n signals of a report: those after them are early figures,
// which are of the same name as others and change until their labels have come.
func (h *history) add(r *report.Report, n int) {
	if h.points == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range r.Signals[:min(n, len(r.Signals))] {
		s := &r.Signals[i]
		if s.Undefined || (s.Evidence == report.Describes && (s.Window.Scale != 1 || !s.HasThreshold)) {
			continue
		}
		key := seriesKey{s.Name, s.Subject, s.Window.Scale}
		points := h.series[key]
		if points == nil {
			if len(h.series) >= maxSeries {
				continue
			}
			points = ring.New[point](h.points)
			h.series[key] = points
		}
		points.Push(point{drawnAt(r, s).UnixMicro(), narrow(s.Value), narrow(s.Threshold), s.Status})
	}
}

// drawnAt is the end of a signal's window, which for what came true of predictions
// is long before the report.
func drawnAt(r *report.Report, s *report.Signal) time.Time {
	if s.Window.End.IsZero() {
		return r.At
	}
	return s.Window.End
}

// narrow returns v as a float32, and the largest one where v is larger.
func narrow(v float64) float32 {
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, v)))
}

// all yields every series, by subject and name.
func (h *history) all() iter.Seq[report.Series] {
	return func(yield func(report.Series) bool) {
		for _, s := range h.snapshot() {
			if !yield(s) {
				return
			}
		}
	}
}

func (h *history) snapshot() []report.Series {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]report.Series, 0, len(h.series))
	for key, points := range h.series {
		s := report.Series{Name: key.name, Subject: key.subject, Scale: key.scale}
		for _, p := range points.Last(h.points, nil) {
			s.Points = append(s.Points, report.Point{
				At: time.UnixMicro(p.at).UTC(), Value: float64(p.value), Threshold: float64(p.threshold), Status: p.status,
			})
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b report.Series) int {
		if d := strings.Compare(a.Subject.String(), b.Subject.String()); d != 0 {
			return d
		}
		if d := strings.Compare(a.Name, b.Name); d != 0 {
			return d
		}
		return a.Scale - b.Scale
	})
	return out
}
