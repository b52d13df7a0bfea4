package monitor

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/join"
	"github.com/tidemark-ml/tidemark/profile"
)

// KPI declares a business figure that is recorded beside the model's: conversions,
// revenue, clicks.
type KPI struct {
	// Name is what Record calls it, 1 to 128 bytes.
	Name string
	// Unit is as OpenTelemetry writes it: "EUR", "{click}"; empty is a number.
	Unit string
	// Lower says that lower is better: cost, churn. The default is that higher is.
	Lower bool
	// Rate says that the figure is to be read per prediction (conversions) and not
	// per value recorded (order value).
	Rate bool
}

// maxKPIs bounds the figures.
const maxKPIs = 16

// WithKPIs declares business figures, at most 16.
func WithKPIs(k ...KPI) Option { return option(func(c *config) { c.kpis = append(c.kpis, k...) }) }

// KPIs returns the figures that are declared, in order; they must not be changed.
func (m *Monitor) KPIs() []KPI {
	if m == nil {
		return nil
	}
	return m.config.kpis
}

func validateKPIs(kpis []KPI) error {
	var errs []error
	if len(kpis) > maxKPIs {
		errs = append(errs, fmt.Errorf("monitor: %d KPIs; at most %d are possible", len(kpis), maxKPIs))
	}
	seen := map[string]bool{}
	for i, k := range kpis {
		switch {
		case k.Name == "" || len(k.Name) > 128:
			errs = append(errs, fmt.Errorf("monitor: KPI %d: its name has %d bytes; 1 to 128 are allowed", i+1, len(k.Name)))
		case seen[k.Name]:
			errs = append(errs, fmt.Errorf("monitor: KPI %q is declared twice", k.Name))
		}
		seen[k.Name] = true
	}
	return errors.Join(errs...)
}

// Record adds a value to a business figure declared with [WithKPIs]. Where the row
// with this id is followed it counts for the time of that prediction, otherwise,
// also for an empty id, for now. It never blocks, fails or panics: a figure that
// was not declared, a value that is not finite and one for a prediction too long
// ago are counted as dropped (undeclared_kpi, invalid_kpi, late_kpi; kpi where there
// was no room).
func (m *Monitor) Record(_ context.Context, id, kpi string, v float64) {
	if m == nil {
		return
	}
	at := m.kpi(kpi)
	switch {
	case at < 0:
		m.keeper.tallies.undeclared.Add(1)
		return
	case v-v != 0:
		m.keeper.tallies.invalidKPI.Add(1)
		return
	}
	e := event{value: v, kpi: at + 1, at: 1}
	if id != "" {
		e.hash = profile.HashID(id)
	}
	if !m.config.eventTime {
		m.labels.put(e, m.intake)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.labels.put(e, m.intake); m.labels.waiting() {
		m.intake.drainNow()
	}
}

// kpi returns the index of a declared figure, −1 for none.
func (m *Monitor) kpi(name string) int {
	for i := range m.config.kpis {
		if m.config.kpis[i].Name == name {
			return i
		}
	}
	return -1
}

// kpiSums are the figures of every cohort that is not closed, and of all time.
type kpiSums struct {
	declared []KPI
	groups   [join.MaxOpen][]profile.Sum // by number modulo their count
	total    []kpiTotal
	late     uint64
}

// kpiTotal only ever grows, whatever the sign of the values.
type kpiTotal struct {
	n                  uint64
	positive, negative float64
}

func (t *kpiTotal) add(v float64) {
	t.n++
	t.positive += max(0, v)
	t.negative += max(0, -v)
}

func newKPISums(declared []KPI) *kpiSums {
	k := &kpiSums{declared: declared, total: make([]kpiTotal, len(declared))}
	for i := range k.groups {
		k.groups[i] = make([]profile.Sum, len(declared))
	}
	return k
}

func (k *kpiSums) of(group uint64) []profile.Sum { return k.groups[group%join.MaxOpen] }

// begin empties the sums of a new cohort.
func (k *kpiSums) begin(group uint64) { clear(k.of(group)) }

// any reports whether a cohort has figures.
func (k *kpiSums) any(group uint64) bool {
	for _, s := range k.of(group) {
		if s.N > 0 {
			return true
		}
	}
	return false
}

// addTo adds the figures of a cohort to what came true of it.
func (k *kpiSums) addTo(group uint64, o *profile.Outcomes) {
	for i, s := range k.of(group) {
		o.KPI(k.declared[i].Name).Merge(s)
	}
}

// declare says of the figures of a window how they are to be read.
func (c *config) declare(o *profile.Outcomes) {
	for i := range o.KPIs {
		for _, k := range c.kpis {
			if k.Name == o.KPIs[i].Name {
				o.KPIs[i].Lower, o.KPIs[i].Rate = k.Lower, k.Rate
			}
		}
	}
}

// record adds a figure to the cohort of its prediction, or to the open one.
func (q *joiner) record(e *event) {
	q.active, q.fresh = true, true
	i, group := e.kpi-1, q.table.Group()
	q.kpis.total[i].add(e.value)
	if number, closed := q.table.Find(e.hash); closed {
		q.kpis.late++
		return
	} else if number > 0 {
		group = number
	}
	q.kpis.of(group)[i].Add(e.value)
}
