package exporter

import (
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/tidemark-ml/tidemark/report"
)

// series is a total that has been seen before, with its attributes prepared.
type series struct {
	next       *series // with the same hash
	name       string
	kind       report.TotalKind
	attributes []report.Attribute
	set        attribute.Set
	options    []metric.ObserveOption
	bounds     []float64
	bucket     [][]metric.ObserveOption // per bound, where a histogram becomes counters
	bucketName string                   // the instruments of those counters
	sumName    string
	group      *group
	refused    bool
}

// group is all series of one feature in one instrument. Half the cells of a
// feature are worse than none, so a feature is capped as a whole.
type group struct {
	members  int
	exported bool
	refused  bool
}

// rememberedPerLimit bounds the memory of a table: a source that keeps making up
// series has those beyond this many times the limit looked at anew each time.
const rememberedPerLimit = 10

type groupKey struct{ instrument, feature string }

// table prepares the series of the totals, and decides which are exported. It
// may be used by one goroutine at a time.
type table struct {
	limit    int
	cells    bool // histograms become counters
	model    report.Model
	byHash   map[uint64]*series
	size     int
	admitted map[string]int
	groups   map[groupKey]*group
}

func newTable(limit int, cells bool) *table { return &table{limit: limit, cells: cells} }

// begin must be called before the totals of one collection are looked up: a new
// reference means new series.
func (t *table) begin(m report.Model) {
	if t.byHash != nil && t.model == m {
		return
	}
	t.model, t.size = m, 0
	t.byHash, t.admitted, t.groups = map[uint64]*series{}, map[string]int{}, map[groupKey]*group{}
}

// find returns the series of a total; it allocates only for one not seen before.
func (t *table) find(total *report.Total) *series {
	h := hashOf(total)
	for s := t.byHash[h]; s != nil; s = s.next {
		if s.name == total.Name && slices.Equal(s.attributes, total.Attributes) &&
			slices.Equal(s.bounds, total.Bounds) {
			return s
		}
	}
	s := t.admit(total)
	if s.refused && t.size >= rememberedPerLimit*t.limit {
		return s
	}
	t.size++
	s.next = t.byHash[h]
	t.byHash[h] = s
	return s
}

func (t *table) admit(total *report.Total) *series {
	s := &series{
		name: total.Name, kind: total.Kind, attributes: slices.Clone(total.Attributes),
		bounds: slices.Clone(total.Bounds),
	}
	width := 1
	if t.cells && total.Kind == report.Histogram {
		width = len(total.Bounds) + 1
		s.bucketName, s.sumName = s.name+suffixBucket, s.name+suffixSum
	}
	s.group = t.groupOf(total)
	switch {
	case s.group != nil && s.group.refused:
		s.refused = true
	case t.admitted[s.name]+width > t.limit:
		s.refused = true
		t.refuseGroup(s)
	default:
		t.admitted[s.name] += width
		if s.group != nil {
			s.group.members += width
		}
		t.prepare(s, total)
	}
	return s
}

// refuseGroup takes back what the feature has been given, unless it has been
// exported before: a counter must not vanish.
func (t *table) refuseGroup(s *series) {
	if s.group == nil || s.group.exported {
		return
	}
	s.group.refused = true
	t.admitted[s.name] -= s.group.members
}

func (t *table) groupOf(total *report.Total) *group {
	for _, a := range total.Attributes {
		if a.Key == report.AttrFeature {
			key := groupKey{total.Name, a.Value}
			if t.groups[key] == nil {
				t.groups[key] = &group{}
			}
			return t.groups[key]
		}
	}
	return nil
}

func (t *table) prepare(s *series, total *report.Total) {
	attributes := ofTotal(t.model, *total)
	s.set = attribute.NewSet(attributes...)
	s.options = []metric.ObserveOption{metric.WithAttributeSet(s.set)}
	if !t.cells || s.kind != report.Histogram {
		return
	}
	for _, bound := range append(slices.Clone(s.bounds), math.Inf(1)) {
		le := label(attrLE, strconv.FormatFloat(bound, 'g', -1, 64))
		s.bucket = append(s.bucket, prepared(append(slices.Clone(attributes), le)))
	}
}

// capped reports whether the series is left out because of the limit.
func (s *series) capped() bool { return s.refused || (s.group != nil && s.group.refused) }

// hashOf is FNV-1a over the name and the attributes of a total.
func hashOf(t *report.Total) uint64 {
	h := fnv(14695981039346656037, t.Name)
	for _, a := range t.Attributes {
		h = fnv(fnv(h, a.Key), a.Value)
	}
	return h
}

func fnv(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211 // ends the text: 0xff is in no UTF-8
}
