package main

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// study is one run of the command.
type study struct {
	seed    uint64
	columns int // features and score
	months  int // runs of each scenario
	windows int // of each size in the table of rates
	delays  int // runs of each delay
	trials  int // of each detector; twenty times as many where delays are compared
	items   int // on which false alarms of detectors are counted
	quick   bool
	match   string // of scenarios and backgrounds, a part of their names
	log     string // file that keeps the months run so far

	result result
	plain  *world
	mixed  *world
}

// result is what is printed; its JSON names are the interface of the command.
type result struct {
	Seed uint64 `json:"seed"`
	// FalseIncidents is the mean number of incidents in 720 panes of a healthy
	// model, by scenario.
	FalseIncidents map[string]float64 `json:"false_incidents_per_30d"`
	// FalseIncidentsSE are the standard errors of these means over Runs.
	FalseIncidentsSE map[string]float64 `json:"false_incidents_se"`
	MostIncidents    map[string]int     `json:"false_incidents_most"`
	Runs             int                `json:"false_incidents_runs"`
	// Pooled is the mean over the scenarios that are not known to be hard.
	Pooled float64 `json:"false_incidents_pooled"`
	// PeerAlarms are alarms of columns per day, by scenario and rule.
	PeerAlarms map[string]map[string]float64 `json:"peer_alarms_per_day"`
	// FalseAlarmRate is the share of columns with P at most the nominal in one
	// window without a change, by rows and nominal.
	FalseAlarmRate  map[string]map[string]float64 `json:"false_alarm_rate"`
	PeerRate        map[string]map[string]float64 `json:"peer_false_alarm_rate"`
	Power           map[string]map[string]float64 `json:"power"`
	Delay           map[string]map[string]int     `json:"delay"`
	Detectors       []detected                    `json:"detectors"`
	Duels           []duel                        `json:"detectors_at_equal_false_alarms"`
	SecondsPerMonth float64                       `json:"evaluate_seconds_per_month"`

	order []string // of scenarios
	hard  map[string]bool
}

// run does the sections, or one of them.
func (s *study) run(only string) (err error) {
	s.result = result{Seed: s.seed}
	if s.plain, err = newWorld(s.columns, false); err != nil {
		return err
	}
	if s.mixed, err = newWorld(s.columns, true); err != nil {
		return err
	}
	sections := []struct {
		name string
		do   func() error
	}{
		{"rates", s.measureRates}, {"power", s.measurePower}, {"incidents", s.measureIncidents},
		{"delay", s.measureDelays}, {"detectors", s.measureDetectors},
	}
	known := only == ""
	for _, section := range sections {
		if only == "" || only == section.name {
			known = true
			if err := section.do(); err != nil {
				return fmt.Errorf("%s: %w", section.name, err)
			}
		}
	}
	if !known {
		return fmt.Errorf("unknown section %q", only)
	}
	return nil
}

// parallel calls do for each job on every core; results must not depend on the
// order.
func parallel(jobs int, do func(job int) error) error {
	next := make(chan int)
	errs := make([]error, jobs)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Add(1)
		go func() {
			defer group.Done()
			for job := range next {
				errs[job] = do(job)
			}
		}()
	}
	for job := range jobs {
		next <- job
	}
	close(next)
	group.Wait()
	return errors.Join(errs...)
}

func (s *study) world(mixed bool) *world {
	if mixed {
		return s.mixed.clone()
	}
	return s.plain.clone()
}

// matching returns those whose name has the part.
func matching[T any](list []T, name func(T) string, part string) (out []T) {
	for _, one := range list {
		if strings.Contains(name(one), part) {
			out = append(out, one)
		}
	}
	return out
}

// sizes are the window sizes of the table of rates.
func sizes() []int { return []int{100, 500, 1000, 5000, 50_000} }

func (s *study) measureRates() error {
	r := &s.result
	r.FalseAlarmRate, r.PeerRate = map[string]map[string]float64{}, map[string]map[string]float64{}
	for _, n := range sizes() {
		parts := 2 * runtime.GOMAXPROCS(0)
		if s.quick {
			parts = runtime.GOMAXPROCS(0)
		}
		tallies := make([]tally, parts)
		err := parallel(parts, func(job int) (err error) {
			tallies[job], err = rates(s.world(false), s.seed*7919+uint64(job), n, s.windows/parts)
			return err
		})
		if err != nil {
			return err
		}
		var total tally
		for _, t := range tallies {
			total.add(t)
		}
		key := strconv.Itoa(n)
		r.FalseAlarmRate[key], r.PeerRate[key] = map[string]float64{}, map[string]float64{}
		for i, nominal := range nominals {
			r.FalseAlarmRate[key][fmt.Sprint(nominal)] = float64(total.ours[i]) / float64(total.windows)
		}
		for i, count := range total.peers {
			r.PeerRate[key][peerName(i)] = float64(count) / float64(total.windows)
		}
	}
	return nil
}

// peerName names the rules of the table of rates; the last is NannyML's.
func peerName(i int) string {
	if list := peers(); i < len(list) {
		return list[i].name
	}
	return "JS mean+3sd"
}

func (s *study) measurePower() error {
	list := powers()
	shares := make([][]float64, len(list))
	windows := min(s.windows/50, 1000)
	err := parallel(len(list), func(job int) (err error) {
		shares[job], err = list[job].measure(s.world(true), s.seed*104729+uint64(job), windows)
		return err
	})
	if err != nil {
		return err
	}
	s.result.Power = map[string]map[string]float64{}
	for i, p := range list {
		row := map[string]float64{"ours": shares[i][0], "ours, min effect .03": shares[i][1]}
		for k, rule := range peers() {
			row[rule.name] = shares[i][2+k]
		}
		s.result.Power[p.key()] = row
	}
	return nil
}

func (p *power) key() string { return fmt.Sprintf("%s, n=%d", p.name, p.rows) }

func (s *study) measureDelays() error {
	list, changed := matching(backgrounds(), func(b background) string { return b.name }, s.match), changes()
	if s.quick && s.match == "" {
		list = list[:2]
	}
	found := make([][]int, len(list)*s.delays)
	// Delays are about the budget of a model of a hundred columns.
	w, err := newWorld(100, true)
	if err != nil {
		return err
	}
	err = parallel(len(found), func(job int) (err error) {
		found[job], err = list[job/s.delays].delays(w.clone(), s.seed*15485863+uint64(job), changed)
		return err
	})
	if err != nil {
		return err
	}
	s.result.Delay = map[string]map[string]int{}
	for i, b := range list {
		row := map[string]int{}
		for k, c := range changed {
			var all []int
			for run := range s.delays {
				all = append(all, found[i*s.delays+run][k])
			}
			row[c.name] = median(all)
		}
		s.result.Delay[b.name] = row
	}
	return nil
}
