// Command detection measures how the shipped drift decision (drift.Shift with
// alert.Policy) behaves on synthetic data of known truth: how often it alarms
// without a change, on one window and over a month of wandering data, how soon
// it finds changes, and how the stream detectors do; beside the rules of other
// tools on the same counts.
//
//	go run ./detection [-seed N] [-json] [-quick] [-runs N]
//
// With -quick it takes under a minute and its figures are rough.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of everything random")
	asJSON := flag.Bool("json", false, "print one JSON object instead of tables")
	quick := flag.Bool("quick", false, "fewer columns, runs and windows")
	runs := flag.Int("runs", 0, "months per scenario (default 4, quick 1)")
	only := flag.String("only", "", "one section: incidents, rates, power, delay or detectors")
	match := flag.String("match", "", "only scenarios and backgrounds of delays with this in their names")
	log := flag.String("log", "", "file that keeps the months of the incidents section, so that a long run can be interrupted and resumed")
	flag.Parse()
	s := study{seed: *seed, columns: 100, months: 4, windows: 200_000, delays: 3, trials: 41, items: 10_000_000}
	if *quick {
		s = study{seed: *seed, columns: 20, months: 1, windows: 40_000, delays: 1, trials: 9, items: 1_000_000, quick: true}
	}
	s.match, s.log = *match, *log
	if *runs > 0 {
		s.months, s.delays = *runs, *runs
	}
	if err := s.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "detection:", err)
		os.Exit(1)
	}
	if *asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(&s.result); err != nil {
			fmt.Fprintln(os.Stderr, "detection:", err)
			os.Exit(1)
		}
		return
	}
	s.result.print(os.Stdout)
}
