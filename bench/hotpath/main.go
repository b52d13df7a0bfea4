package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	asJSON := flag.Bool("json", false, "print JSON")
	quick := flag.Bool("quick", false, "fewer samples: seconds instead of minutes")
	instructions := flag.Bool("instructions", false, "only count instructions a row, with callgrind")
	only := flag.String("run", "", "observe rows with this subject and exit (what -instructions runs under callgrind)")
	base := flag.Bool("base", false, "with -run: do all but observe")
	rows := flag.Int("rows", 100_000, "how many rows -run observes")
	flag.Parse()
	var err error
	switch {
	case *only != "":
		err = runOne(*only, *rows, *base)
	case *instructions:
		err = printInstructions(os.Stdout, *asJSON)
	default:
		err = run(plan(*quick), *asJSON)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "hotpath:", err)
		os.Exit(1)
	}
}

// effort is how much is sampled.
type effort struct {
	rounds, pairs, tails int
	tail                 time.Duration // of one turn
	instructions         bool          // counted too, where there is valgrind
}

func plan(quick bool) effort {
	if quick {
		return effort{rounds: 10, pairs: 10, tails: 1, tail: 500 * time.Millisecond}
	}
	return effort{rounds: 60, pairs: 60, tails: 8, tail: 700 * time.Millisecond, instructions: true}
}

func run(e effort, asJSON bool) error {
	r, err := measureAll(e)
	if err != nil {
		return err
	}
	if asJSON {
		return r.writeJSON(os.Stdout)
	}
	return r.writeTable(os.Stdout)
}

// measureAll takes turns between the subjects.
func measureAll(e effort) (*result, error) {
	all, err := subjects("")
	if err != nil {
		return nil, err
	}
	rows := makeRows(1)
	r := &result{Rows: make([]measure, len(all))}
	for i, s := range all {
		r.Rows[i] = measure{Name: s.name, Allocs: allocations(s, rows)}
	}
	costs(r, all, rows, e)
	pairs(r, all, rows, e)
	tails(r, all, rows, e)
	r.summarise()
	for _, share := range []float64{.1, .4, .8} {
		r.Sustained = append(r.Sustained, sustained{share, sustain(all[1], rows, share*r.DrainRate, 3*e.tail)})
	}
	for i, s := range all {
		if s.dropped != nil {
			r.Rows[i].Dropped = s.dropped()
		}
		s.close()
	}
	r.summarise()
	if r.Steps, err = measureSteps(); err != nil {
		return nil, err
	}
	if r.FeatureBytes, err = bytesPerFeature(); err != nil || !e.instructions || !hasValgrind() {
		return r, err
	}
	counts, err := countInstructions()
	for i := range r.Rows {
		r.Rows[i].Instructions = counts[r.Rows[i].Name]
	}
	return r, err
}

func costs(r *result, all []*subject, rows []row, e effort) {
	caller, cpu, each := make([][]float64, len(all)), make([][]float64, len(all)), make([][]float64, len(all))
	for range e.rounds {
		for i, s := range all {
			c := sampleCost(s, rows)
			caller[i], cpu[i] = append(caller[i], c.caller), append(cpu[i], c.cpu)
			each[i] = append(each[i], samplePerRequest(s, rows))
		}
	}
	for i := range all {
		r.Rows[i].Caller, r.Rows[i].CPU, r.Rows[i].PerRequest = spreadOf(caller[i]), spreadOf(cpu[i]), spreadOf(each[i])
	}
}

func pairs(r *result, all []*subject, rows []row, e effort) {
	one, two := make([][]float64, len(all)), make([][]float64, len(all))
	for range e.pairs {
		for i, s := range all {
			if a, b, ok := sampleSpeedUp(s, rows); ok {
				one[i], two[i] = append(one[i], a), append(two[i], b)
			}
		}
	}
	for i := range all {
		m := &r.Rows[i]
		m.One, m.Two, m.PairsKept = spreadOf(one[i]), spreadOf(two[i]), len(two[i])
		if m.PairsKept > 0 {
			m.SpeedUp = m.One.Median / m.Two.Median
		}
	}
}

func tails(r *result, all []*subject, rows []row, e effort) {
	took := make([][]float64, len(all))
	for range e.tails {
		for i, s := range all {
			took[i] = append(took[i], timeCalls(s, rows, e.tail)...)
		}
	}
	for i := range all {
		t := tailOf(took[i])
		r.Rows[i].Tail = &t
	}
}
