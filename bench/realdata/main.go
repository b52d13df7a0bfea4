// Command realdata replays public data sets through the shipped drift decision
// (drift.Shift and alert.Policy in a monitor in event time) and prints what it
// tells: each incident with pane, features, words, value and threshold; how many
// panes other tools' rules alarm in; and what both say where rows or panes have
// been shuffled, so that nothing changes in time.
//
//	go run ./realdata -data DIR [-shuffles 40] [-seed N] [-only electricity,bike] [-defaults] [-json]
//
// DIR holds the files named in datasets.go. The data sets, the story of each and
// what is missed are in docs/real-data.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	var s study
	flag.StringVar(&s.folder, "data", "", "folder of the data sets")
	flag.IntVar(&s.shuffles, "shuffles", 40, "shuffles of each kind and data set; 0 for the time order alone")
	flag.Uint64Var(&s.seed, "seed", 1, "seed of the shuffles")
	flag.BoolVar(&s.defaults, "defaults", false, "all evaluators of tidemark.Evaluators instead of drift.Shift alone")
	only := flag.String("only", "", "names of data sets, separated by commas")
	asJSON := flag.Bool("json", false, "print one JSON object instead of tables")
	flag.Parse()
	if *only != "" {
		s.only = strings.Split(*only, ",")
	}
	if err := s.do(*asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "realdata:", err)
		os.Exit(1)
	}
}

func (s *study) do(asJSON bool) error {
	if s.folder == "" {
		return fmt.Errorf("no folder; say -data DIR")
	}
	var names []string
	for _, d := range datasets() {
		names = append(names, d.Name)
	}
	for _, name := range s.only {
		if !slices.Contains(names, name) {
			return fmt.Errorf("unknown data set %q among %q", name, names)
		}
	}
	err := s.run(func(r *result) {
		if !asJSON {
			r.print(os.Stdout)
		}
	})
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(s.results)
	}
	summary(os.Stdout, s.results)
	return nil
}
