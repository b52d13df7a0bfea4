package monitor

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/internal/ring"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// keeper closes panes, keeps the ring of them, and turns each close into a
// report. Its methods are called with the monitor's mutex held, except those
// that say otherwise.
type keeper struct {
	config *config
	schema *profile.Schema
	intake *intake

	model     atomic.Pointer[report.Model]
	report    atomic.Pointer[report.Report]
	reference *profile.Reference
	learner   *learner // nil once there is a reference
	variation *variation

	began     time.Time // start of the open pane
	latest    time.Time // newest event time
	newestRow time.Time // of any pane
	pane      uint64
	pending   []report.Event
	panes     *ring.Ring[*profile.Pane]
	scratch   map[int]*profile.Profile
	previous  *profile.Pane
	cohorts   cohorts

	history *history
	tallies *tallies
	events  *ring.Ring[report.Event]

	kept      map[string]Stateful
	unclaimed map[string][]byte // saved under a name that nobody has asked for
}

// keptEvents is how long a timeline reports show.
const keptEvents = 50

func newKeeper(model string, schema *profile.Schema, c *config, in *intake) *keeper {
	k := &keeper{
		config: c, schema: schema, intake: in, reference: c.reference,
		panes: ring.New[*profile.Pane](largestScale()), scratch: map[int]*profile.Profile{},
		history: newHistory(c.history), events: ring.New[report.Event](keptEvents),
		cohorts: newCohorts(),
	}
	k.tallies = newTallies(in, k)
	in.deliver = k.deliver
	if k.reference == nil {
		k.learner = newLearner(schema, c.learning, k.tallies)
		in.sink = k.learner.take
		in.join.cells.Store(nil)
	} else {
		k.useReference(k.reference)
	}
	k.identify(model)
	k.report.Store(&report.Report{Model: k.identity(), Learning: k.progress(), Signals: []report.Signal{}, Incidents: []report.Incident{}})
	return k
}

// largestScale is how many panes must be kept.
func largestScale() (n int) {
	for _, s := range report.Scales() {
		n = max(n, s.Panes)
	}
	return n
}

// identify fills in the model's identity.
func (k *keeper) identify(name string) {
	m := report.Model{
		Name: name, Version: k.config.version, Dataset: k.config.provenance.Dataset,
		DatasetHash: k.config.provenance.DatasetHash, FeatureCode: k.config.provenance.FeatureCode,
	}
	if k.reference != nil {
		p := k.reference.Provenance()
		m.Reference = k.reference.ID()
		m.Dataset = either(m.Dataset, p.Dataset)
		m.DatasetHash = either(m.DatasetHash, p.DatasetHash)
		m.FeatureCode = either(m.FeatureCode, p.FeatureCode)
	}
	k.model.Store(&m)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// identity may be called without the mutex.
func (k *keeper) identity() report.Model { return *k.model.Load() }

// newest may be called without the mutex.
func (k *keeper) newest() *report.Report { return k.report.Load() }

// close ends the open pane at time now, whatever its size, and returns the
// report on it. A pane that is the last takes nothing in after it; where it is
// empty there is no report, so that the newest one stays.
func (k *keeper) close(now time.Time, last bool) *report.Report {
	now = later(now.UTC(), k.began) // the clock may have gone backwards
	if k.learner.waiting() {
		return k.hold(now, last)
	}
	if last {
		k.intake.stop()
		if k.intake.openRows() == 0 && !k.intake.labelled() {
			return nil
		}
	}
	p := k.tallies.close(func() *profile.Profile {
		p := k.intake.cut(last, k.config.panesPerCohort(now.Sub(k.began)), now)
		p.Start, p.End = k.began, now
		return p
	})
	defer k.intake.recycle(p)
	k.date(p)
	k.began = now
	if k.learner != nil {
		return k.learn(p)
	}
	return k.conclude(p)
}

// date says when the newest row of a pane was made where no row had a time: a
// row without one is made when it is observed, so at the latest at the pane's
// end, and a pane without rows is no fresher than the one before.
func (k *keeper) date(p *profile.Profile) {
	switch {
	case !p.Newest.IsZero():
	case p.Rows > 0:
		p.Newest = p.End
	default:
		p.Newest = k.newestRow
	}
	k.newestRow = p.Newest
}

// conclude files a closed pane and evaluates every window that it completes.
func (k *keeper) conclude(p *profile.Profile) *report.Report {
	k.pane++
	packed := p.Pack()
	k.panes.Push(packed)
	if k.variation.learned(packed) {
		k.reference = k.reference.WithLivePanes(k.variation.panes)
		k.event(p.End, "learned", fmt.Sprintf("natural variability learned from %d panes", len(k.variation.panes)))
		k.variation = nil
	}
	r := k.blank(p.End)
	for _, plan := range report.Scales() {
		if k.pane%uint64(plan.Every) == 0 && k.panes.Len() >= plan.Panes {
			r.Signals = append(r.Signals, k.evaluate(p, plan.Panes)...)
		}
	}
	r.Distributions = distributions(k.reference, p)
	k.previous = packed
	k.settleAndDecide(r, p, packed)
	return r
}

// settleAndDecide adds to a report what has come true, lets the decider judge
// what is new in it, and publishes it.
func (k *keeper) settleAndDecide(r *report.Report, p *profile.Profile, packed *profile.Pane) {
	k.deliver()
	windows := k.settle(p, packed)
	r.Events = append(r.Events, k.takeEvents()...)
	r.Signals = append(r.Signals, k.followed(report.Window{Start: p.Start, End: p.End, Scale: 1, Pane: k.pane})...)
	for _, v := range k.config.frozen {
		if k.config.eventTime {
			v.runDue(k, p.End)
		}
		r.Signals = append(r.Signals, v.signals(k.pane)...)
	}
	from := len(r.Signals)
	mature, settled := k.gather(r, windows)
	k.decide(r)
	k.history.add(r, settled)
	k.carry(r, mature, from, settled)
	r.Charts = k.cohorts.charts
	k.summarise(r)
	k.publish(r)
	k.saveDue(p.End)
}

// blank returns a report that concludes nothing yet.
func (k *keeper) blank(at time.Time) *report.Report {
	return &report.Report{
		Model: k.identity(), At: at, Pane: k.pane, Rows: k.intake.rows.Load(), Learning: k.progress(),
		Signals: []report.Signal{}, Incidents: []report.Incident{}, Events: k.takeEvents(),
	}
}

// publish makes r the newest report.
func (k *keeper) publish(r *report.Report) {
	k.remember(r)
	k.report.Store(r)
}

// window merges the newest panes, nil where there are fewer than n.
func (k *keeper) window(n int) *profile.Profile {
	if n < 1 || k.panes.Len() < n {
		return nil
	}
	return merged(k.panes.Last(n, nil))
}

// merged adds up panes of one geometry.
func merged(panes []*profile.Pane) *profile.Profile {
	p := panes[0].Geometry().New(profile.CountsOnly)
	for _, pane := range panes {
		pane.AddTo(p) // cannot fail: the ring is emptied when the cells change
	}
	return p
}
