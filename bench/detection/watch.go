package main

import (
	"math/rand/v2"
	"time"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// horizon is the number of panes of a run: thirty days of hourly ones.
const horizon = 720

// watcher runs the shipped evaluator and policy over a stream of panes, as a
// monitor does.
type watcher struct {
	reference *profile.Reference
	shift     drift.Shift
	policy    *alert.Policy
	ring      []*profile.Pane // the newest 64 panes, oldest first
	current   *profile.Profile
	pane      uint64
	evaluated time.Duration
}

func newWatcher(r *profile.Reference) *watcher {
	return &watcher{reference: r, policy: &alert.Policy{Panes: horizon}, current: r.Geometry().New(profile.CountsOnly)}
}

// close takes in a pane and returns the report on it.
func (w *watcher) close(p *profile.Pane) *report.Report {
	w.pane++
	scales := report.Scales()
	if len(w.ring) == scales[len(scales)-1].Panes {
		copy(w.ring, w.ring[1:])
		w.ring = w.ring[:len(w.ring)-1]
	}
	w.ring = append(w.ring, p)
	rep := &report.Report{At: p.End, Pane: w.pane}
	for _, s := range scales {
		if w.pane%uint64(s.Every) != 0 || len(w.ring) < s.Panes {
			continue
		}
		panes := w.ring[len(w.ring)-s.Panes:]
		w.current.Reset()
		for _, one := range panes {
			if err := one.AddTo(w.current); err != nil {
				panic(err) // one geometry throughout
			}
		}
		began := time.Now()
		rep.Signals = append(rep.Signals, w.shift.Evaluate(profile.Comparison{
			Reference: w.reference, Current: w.current, Panes: panes,
			Window: report.Window{Start: panes[0].Start, End: p.End, Scale: s.Panes, Pane: w.pane},
		})...)
		w.evaluated += time.Since(began)
	}
	w.policy.Decide(rep)
	return rep
}

// month is what one run of a scenario found.
type month struct {
	incidents int
	causes    []string
	evaluated time.Duration
	peers     []float64 // alarms of columns on the last day
}

// run watches a healthy model for a month.
func (s *scenario) run(w *world, seed uint64) (month, error) {
	r := rand.New(rand.NewPCG(seed, 0x5ce0))
	columns := len(w.columns)
	states := s.wobble(r, columns, s.blocks+s.learn+horizon)
	t := 0
	next := func() *profile.Pane {
		row := states[t]
		p := w.pane(r, s.size(t), t, func(i int) *state { return &row[i] })
		t++
		return p
	}
	reference, err := s.known(w, next)
	if err != nil {
		return month{}, err
	}
	if s.learn > 0 {
		reference = reference.WithLivePanes(take(s.learn, next))
	}
	watch := newWatcher(reference)
	opened := map[string]string{}
	m := month{peers: make([]float64, len(peers()))}
	for i := range horizon {
		p := next()
		for _, in := range watch.close(p).Incidents {
			opened[in.ID] = in.Cause
		}
		if i >= horizon-24 {
			m.watchPeers(w, reference, p)
		}
	}
	m.incidents, m.evaluated = len(opened), watch.evaluated
	for _, cause := range opened {
		m.causes = append(m.causes, cause)
	}
	return m, nil
}

func take(n int, next func() *profile.Pane) []*profile.Pane {
	out := make([]*profile.Pane, n)
	for i := range out {
		out[i] = next()
	}
	return out
}

// watchPeers counts the columns on which each peer's rule fires.
func (m *month) watchPeers(w *world, reference *profile.Reference, pane *profile.Pane) {
	current := w.geometry.New(profile.CountsOnly)
	if pane.AddTo(current) != nil {
		return
	}
	for p := range (profile.Comparison{Reference: reference, Current: current}).Inputs() {
		c := newCompared(w.columns[p.Index], p)
		for i, rule := range peers() {
			m.peers[i] += one(rule.fires(&c))
		}
	}
}
