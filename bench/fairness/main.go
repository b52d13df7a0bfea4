// Command fairness prints whom a model of the Adult census data treats how: rates
// by sex, race and their intersection with support and intervals, the gaps to the
// rest of the population with p-values and the verdict of the shipped policy, and
// fairlearn's disparities beside them.
//
//	go run ./fairness -data DIR [-level .05] [-all] [-json]
//
// DIR holds adult.csv.gz and adult_predictions.csv.gz, row by row the same people.
// The first 10,000 rows, which the model was fitted on, are left out; of the
// others the first half is the reference, the second what is judged.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/tidemark-ml/tidemark/alert"
	"github.com/tidemark-ml/tidemark/fairness"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

func main() {
	folder := flag.String("data", "", "folder of the data")
	level := flag.Float64("level", .05, "probability that anything is flagged where groups do not differ")
	all := flag.Bool("all", false, "print every measure, not the few to start with")
	asJSON := flag.Bool("json", false, "print the report as JSON")
	flag.Parse()
	if err := run(*folder, *level, *all, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "fairness:", err)
		os.Exit(1)
	}
}

func run(folder string, level float64, all, asJSON bool) error {
	if folder == "" {
		return fmt.Errorf("no folder; say -data DIR")
	}
	people, err := load(folder)
	if err != nil {
		return err
	}
	r, err := judge(people, level)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	print(os.Stdout, r, all)
	return nil
}

// blockRows are the rows of a time block of the reference.
const blockRows = 1000

// judge compares the second half of the rows with the first, once.
func judge(people *people, level float64) (*report.Report, error) {
	half := len(people.rows) / 2
	reference, err := profile.Build(people.schema, profile.Rows(people.rows[:half]), profile.BlockRows(blockRows))
	if err != nil {
		return nil, err
	}
	current, err := reference.Geometry().Fill(profile.CountsOnly, profile.Rows(people.rows[half:]))
	if err != nil {
		return nil, err
	}
	c := profile.Comparison{Reference: reference, Current: current, Window: report.Window{Scale: 1, Pane: 1}}
	rule := fairness.Parity{Once: true}
	r := &report.Report{Pane: 1, Signals: append(rule.Evaluate(c), rule.EvaluateOutcomes(c)...), Charts: rule.Charts(c)}
	(&alert.Policy{Level: level}).Decide(r)
	return r, nil
}
