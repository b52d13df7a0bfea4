package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
)

// study is one run of the command.
type study struct {
	folder   string
	only     []string
	shuffles int
	seed     uint64
	defaults bool
	results  []result
}

// result is what is printed of a data set; its JSON names are the interface of
// the command.
type result struct {
	dataset
	Features int `json:"features"`
	Panes    int `json:"replayed_panes"`
	// InAlarm are the panes with an open incident, PeerPanes those in which a
	// rule fires for some column.
	Incidents []incident `json:"incidents"`
	InAlarm   int        `json:"panes_in_alarm"`
	// Learning are the panes in which nothing could be decided yet: a reference
	// of fewer than twenty panes does not show how much panes vary.
	Learning  int            `json:"panes_learning"`
	PeerPanes map[string]int `json:"peer_panes_in_alarm"`
	// Blind are the columns flagged insensitive over four panes.
	Blind []blind  `json:"insensitive"`
	Seen  []blind  `json:"sensitive"`
	Rows  shuffled `json:"rows_shuffled"`
	Order shuffled `json:"panes_shuffled"`
	// PeerRows is the share of panes in which a rule fires, rows shuffled.
	PeerRows map[string]float64 `json:"peer_share_rows_shuffled"`
}

// blind is a column with the smallest shift that four panes can show.
type blind struct {
	Column     string  `json:"column"`
	Detectable float64 `json:"detectable"`
}

// shuffled is what was found where there is nothing to find.
type shuffled struct {
	Runs      int     `json:"runs"`
	Incidents int     `json:"incidents"`
	Most      int     `json:"most_in_one_run"`
	Per100    float64 `json:"incidents_per_100_panes"`
	// Named counts how often an incident named a column.
	Named map[string]int `json:"named,omitempty"`
}

// peerShuffles is in how many row shuffles the peers' rules are counted.
const peerShuffles = 5

// run calls done with the result of each data set.
func (s *study) run(done func(*result)) error {
	for i, d := range datasets() {
		if len(s.only) > 0 && !slices.Contains(s.only, d.Name) {
			continue
		}
		loaded, err := load(s.folder, d)
		if err != nil {
			return err
		}
		r, err := s.one(loaded, s.seed*1_000_003+uint64(i))
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		s.results = append(s.results, *r)
		done(r)
	}
	return nil
}

// one does everything for a data set.
func (s *study) one(d *data, seed uint64) (*result, error) {
	r := &result{dataset: d.dataset, Features: d.schema.Len(), Panes: d.panes}
	if d.score != "" {
		r.Features++
	}
	order := make([]int, len(d.rows))
	for i := range order {
		order[i] = i
	}
	runs := make([]*recorder, 2*s.shuffles)
	fired := make([]alarms, min(peerShuffles, s.shuffles))
	jobs := len(runs) + len(fired) + 1
	err := parallel(jobs, func(job int) (err error) {
		switch {
		case job == 0:
			return r.inOrder(d, order, s.defaults)
		case job <= len(fired):
			fired[job-1] = d.peers(byRow(d, seed, job-1))
			return nil
		}
		k := job - 1 - len(fired)
		shuffle := byRow
		if k >= s.shuffles {
			shuffle = byPane
		}
		runs[k], err = d.replay(shuffle(d, seed, k%s.shuffles), s.defaults)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Rows, r.Order = counted(runs[:s.shuffles], d.panes), counted(runs[s.shuffles:], d.panes)
	r.PeerRows = map[string]float64{}
	for _, one := range fired {
		for rule, n := range one {
			r.PeerRows[rules[rule]] += float64(n) / float64(d.panes*len(fired))
		}
	}
	return r, nil
}

// inOrder replays the data as they came.
func (r *result) inOrder(d *data, order []int, defaults bool) error {
	found, err := d.replay(order, defaults)
	if err != nil {
		return err
	}
	r.Incidents, r.InAlarm, r.Learning = found.incidents, found.alarmed, found.learning
	if d.when != nil {
		for i := range r.Incidents {
			in := &r.Incidents[i]
			in.When = d.when[(d.Blocks+in.Pane-1)*d.Rows]
		}
	}
	r.PeerPanes = map[string]int{}
	for rule, n := range d.peers(order) {
		r.PeerPanes[rules[rule]] = n
	}
	reference, err := d.build(order, profile.NoPairs())
	if err != nil {
		return err
	}
	for _, c := range (drift.Shift{}).Detectable(reference, 4, d.dataset.Rows) {
		b := blind{c.Subject.Name, c.Effect}
		if c.Insensitive {
			r.Blind = append(r.Blind, b)
		} else {
			r.Seen = append(r.Seen, b)
		}
	}
	return nil
}

// byRow shuffles all rows, byPane whole panes.
func byRow(d *data, seed uint64, run int) []int {
	return rand.New(rand.NewPCG(seed, uint64(run))).Perm(len(d.rows))
}

func byPane(d *data, seed uint64, run int) []int {
	order := make([]int, 0, len(d.rows))
	for _, pane := range rand.New(rand.NewPCG(seed, uint64(run)+1<<32)).Perm(len(d.rows) / d.Rows) {
		for i := range d.Rows {
			order = append(order, pane*d.Rows+i)
		}
	}
	return order
}

// counted sums up runs of so many panes each.
func counted(runs []*recorder, panes int) shuffled {
	out := shuffled{Runs: len(runs), Named: map[string]int{}}
	for _, r := range runs {
		out.Incidents += len(r.incidents)
		out.Most = max(out.Most, len(r.incidents))
		for _, in := range r.incidents {
			for _, f := range in.Findings {
				out.Named[f.Subject]++
			}
		}
	}
	if len(runs) > 0 {
		out.Per100 = 100 * float64(out.Incidents) / float64(panes*len(runs))
	}
	return out
}

// parallel calls do for each job on every core; results must not depend on the
// order.
func parallel(jobs int, do func(job int) error) error {
	next := make(chan int)
	errs := make([]error, jobs)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for job := range next {
				errs[job] = do(job)
			}
		})
	}
	for job := range jobs {
		next <- job
	}
	close(next)
	group.Wait()
	return errors.Join(errs...)
}
