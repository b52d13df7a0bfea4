package exporter

import (
	"cmp"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// A window of many panes is not evaluated at every pane, so one report does not
// hold the newest window of each scale. A shelf keeps the signals of one name and
// scale until the same name and scale is evaluated again. Families are no key:
// what needs labels and what needs none is evaluated at different panes.
type shelfKey struct {
	name  string
	scale int
	early bool // many labels are still to come
}

type shelf struct {
	pane     uint64 // of the report they came with
	readings []reading
}

// reading is the part of a signal that is exported; it does not hold on to the
// report.
type reading struct {
	name                         string
	subject                      report.Subject
	scale                        int
	value, threshold, detectable float64
	defined, hasThreshold, early bool
	status                       report.Status
}

// shelves gathers the newest readings; one goroutine at a time.
type shelves map[shelfKey]shelf

// put takes in the signals of a report, and drops the shelves that four of their
// evaluations have passed by: their evaluator has been retired.
func (all shelves) put(r *report.Report) {
	fresh := shelves{}
	for i := range r.Signals {
		s := r.Signals[i].Sanitised()
		early := slices.ContainsFunc(s.Warnings, func(w report.Warning) bool { return w.Code == report.WarnEarly })
		key := shelfKey{s.Name, s.Window.Scale, early}
		onShelf := fresh[key]
		onShelf.pane = r.Pane
		onShelf.readings = append(onShelf.readings, reading{
			s.Name, s.Subject, s.Window.Scale, s.Value, s.Threshold, s.Effect.Detectable,
			!s.Undefined, s.HasThreshold, early, s.Status,
		})
		fresh[key] = onShelf
	}
	for key, s := range fresh {
		all[key] = s
	}
	for key, s := range all {
		if s.pane+4*uint64(every(key.scale)) < r.Pane {
			delete(all, key)
		}
	}
}

// every returns how many panes lie between two evaluations at a scale.
func every(scale int) int {
	for _, plan := range report.Scales() {
		if plan.Panes == scale {
			return plan.Every
		}
	}
	return max(1, scale)
}

// sorted returns all readings: those of all rows before those of a segment, which
// are the first to go where the limit is reached; then by name, small scales
// first, otherwise in the order of the reports.
func (all shelves) sorted() []reading {
	keys := make([]shelfKey, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b shelfKey) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.scale, b.scale), cmp.Compare(rank(a.early), rank(b.early)))
	})
	var out []reading
	for _, key := range keys {
		out = append(out, all[key].readings...)
	}
	slices.SortStableFunc(out, func(a, b reading) int {
		return cmp.Compare(rank(a.subject.Segment != ""), rank(b.subject.Segment != ""))
	})
	return out
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// point is one gauge value, ready to be observed.
type point struct {
	instrument string
	value      float64
	options    []metric.ObserveOption
}

// snapshot is all gauges that reports lead to. It is immutable; points of one
// instrument stand together.
type snapshot struct{ points []point }

// observe observes up to limit points of each instrument.
func (s *snapshot) observe(o metric.Observer, made instruments, limit int, t *tally) {
	if s == nil {
		return
	}
	for i, seen := 0, 0; i < len(s.points); i++ {
		p := &s.points[i]
		if i > 0 && s.points[i-1].instrument != p.instrument {
			seen = 0
		}
		seen++
		switch h := made[p.instrument]; {
		case seen > limit:
			t.raise(p.instrument, uint64(seen-limit))
		case h.accepts(p.value):
			h.observe(o, p.value, p.options)
		default:
			t.values++
		}
	}
}
