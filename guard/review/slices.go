package review

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// slices knows which rows belong to a slice, segment or group that is in breach.
type slices struct{ list atomic.Pointer[[]slice] }

// slice is a conjunction of conditions on features.
type slice []condition

// condition is "feature=value" or "feature in [low, high)".
type condition struct {
	feature   int
	label     string
	interval  bool
	low, high float64
}

const maxSlices = 64

// update takes the slices that are in breach from a report.
func (s *slices) update(schema *profile.Schema, r *report.Report) {
	var list []slice
	seen := map[string]bool{}
	for i := range r.Signals {
		signal := &r.Signals[i]
		name := signal.Subject.Name
		switch signal.Subject.Kind {
		case report.KindSlice, report.KindSegment, report.KindGroup:
		default:
			if name = signal.Subject.Segment; name == "" {
				continue
			}
		}
		if signal.Status != report.Breach || seen[name] || len(list) == maxSlices {
			continue
		}
		seen[name] = true
		if c, ok := parseSlice(schema, name); ok {
			list = append(list, c)
		}
	}
	s.list.Store(&list)
}

func (s *slices) match(values []profile.Value) bool {
	list := s.list.Load()
	if list == nil {
		return false
	}
	for _, conditions := range *list {
		if conditions.match(values) {
			return true
		}
	}
	return false
}

func (s slice) match(values []profile.Value) bool {
	for _, c := range s {
		if c.feature >= len(values) || !c.match(values[c.feature]) {
			return false
		}
	}
	return true
}

func (c *condition) match(v profile.Value) bool {
	if c.interval {
		x, ok := v.Number()
		return ok && x >= c.low && x < c.high
	}
	if label, ok := v.Text(); ok {
		return label == c.label
	}
	return !v.IsMissing() && v.String() == c.label
}

// parseSlice reads the name of a slice's subject: conditions "feature=value" and
// "feature in [low, high)" with " × ", " & " or " and " between them. A name that
// says anything else is not understood.
func parseSlice(schema *profile.Schema, name string) (slice, bool) {
	for _, between := range []string{" × ", " & ", " and "} {
		name = strings.ReplaceAll(name, between, "\x00")
	}
	var s slice
	for part := range strings.SplitSeq(name, "\x00") {
		c, ok := parseCondition(schema, part)
		if !ok {
			return nil, false
		}
		s = append(s, c)
	}
	return s, true
}

func parseCondition(schema *profile.Schema, text string) (c condition, ok bool) {
	if feature, rest, found := strings.Cut(text, " in ["); found {
		low, high, comma := strings.Cut(strings.TrimSuffix(rest, ")"), ", ")
		c.feature, ok = schema.Index(feature)
		c.interval = true
		var errLow, errHigh error
		c.low, errLow = number(low)
		c.high, errHigh = number(high)
		return c, ok && comma && strings.HasSuffix(rest, ")") && errLow == nil && errHigh == nil
	}
	feature, label, found := strings.Cut(text, "=")
	c.feature, ok = schema.Index(feature)
	c.label = label
	return c, ok && found
}

// number also reads the infinities as people write them.
func number(text string) (float64, error) {
	return strconv.ParseFloat(strings.NewReplacer("−", "-", "∞", "Inf").Replace(text), 64)
}
