package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"os"
	"sync"
	"time"
)

// record is one month as the log keeps it, a line of JSON.
type record struct {
	Seed      uint64        `json:"seed"`
	Columns   int           `json:"columns"`
	Scenario  string        `json:"scenario"`
	Run       int           `json:"run"`
	Incidents int           `json:"incidents"`
	Causes    []string      `json:"causes,omitempty"`
	Peers     []float64     `json:"peers"`
	Evaluated time.Duration `json:"evaluated_ns"`
}

// job names a month; its seed follows from it alone, whatever else is run.
type job struct {
	seed     uint64
	columns  int
	scenario string
	run      int
}

func (r *record) job() job { return job{r.Seed, r.Columns, r.Scenario, r.Run} }

func (j job) random() uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, j.seed, j.scenario, j.run)
	return h.Sum64()
}

// monthLog remembers months in a file, so that a run of hours can be
// interrupted. Without a file it remembers nothing.
type monthLog struct {
	mu   sync.Mutex
	file *os.File
	done map[job]month
}

// openLog reads what is there; a last line cut short by an interruption is
// dropped.
func openLog(path string) (*monthLog, error) {
	l := &monthLog{done: map[job]month{}}
	if path == "" {
		return l, nil
	}
	old, err := os.Open(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		defer old.Close()
		for lines := bufio.NewScanner(old); lines.Scan(); {
			var r record
			if json.Unmarshal(lines.Bytes(), &r) == nil {
				l.done[r.job()] = month{r.Incidents, r.Causes, r.Evaluated, r.Peers}
			}
		}
	}
	l.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return l, err
}

// get returns the month from the log, or runs and logs it.
func (l *monthLog) get(j job, run func(seed uint64) (month, error)) (month, error) {
	l.mu.Lock()
	m, ok := l.done[j]
	l.mu.Unlock()
	if ok {
		return m, nil
	}
	m, err := run(j.random())
	if err != nil || l.file == nil {
		return m, err
	}
	line, err := json.Marshal(record{j.seed, j.columns, j.scenario, j.run, m.incidents, m.causes, m.peers, m.evaluated})
	if err != nil {
		return m, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// A newline before, and not after, also ends a line that was cut short.
	_, err = l.file.Write(append([]byte{'\n'}, line...))
	return m, err
}

func (l *monthLog) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

func (s *study) measureIncidents() error {
	list := matching(scenarios(), func(sc scenario) string { return sc.name }, s.match)
	log, err := openLog(s.log)
	if err != nil {
		return err
	}
	months := make([]month, len(list)*s.months)
	err = parallel(len(months), func(i int) (err error) {
		// All scenarios once, then all of them again: an interrupted log has
		// equally many of each.
		sc, run := &list[i%len(list)], i/len(list)
		j := job{s.seed, s.columns, sc.name, run}
		months[i], err = log.get(j, func(seed uint64) (month, error) { return sc.run(s.world(sc.mixed), seed) })
		return err
	})
	if err = errors.Join(err, log.close()); err != nil {
		return err
	}
	s.tabulate(list, months)
	return nil
}

// tabulate fills the result from the months, ordered by run and then scenario.
func (s *study) tabulate(list []scenario, months []month) {
	r := &s.result
	r.FalseIncidents, r.FalseIncidentsSE = map[string]float64{}, map[string]float64{}
	r.MostIncidents, r.PeerAlarms = map[string]int{}, map[string]map[string]float64{}
	r.hard, r.Runs = map[string]bool{}, s.months
	easy, spent := 0.0, time.Duration(0)
	for k := range list {
		sc := &list[k]
		r.order = append(r.order, sc.name)
		r.hard[sc.name] = sc.hard
		alarms, sum, squares := map[string]float64{}, 0.0, 0.0
		for run := range s.months {
			m := &months[run*len(list)+k]
			n := float64(m.incidents)
			sum, squares = sum+n, squares+n*n
			r.MostIncidents[sc.name] = max(r.MostIncidents[sc.name], m.incidents)
			for i, rule := range peers() {
				alarms[rule.name] += m.peers[i] / float64(s.months)
			}
			spent += m.evaluated
		}
		runs := float64(s.months)
		mean := sum / runs
		r.FalseIncidents[sc.name], r.PeerAlarms[sc.name] = mean, alarms
		if s.months > 1 {
			r.FalseIncidentsSE[sc.name] = math.Sqrt(max(squares/runs-mean*mean, 0) / (runs - 1))
		}
		if !sc.hard {
			easy++
			r.Pooled += mean
		}
	}
	if easy > 0 {
		r.Pooled /= easy
	}
	r.SecondsPerMonth = spent.Seconds() / float64(max(len(months), 1))
}
