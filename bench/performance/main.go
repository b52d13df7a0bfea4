// Command performance shows, on public data, what is said about how right a model
// is: with labels, without them, and when its errors first became more.
//
//	go run ./performance -data DIR [-only estimate,concept] [-json]
//
// The first table holds, for chunks of 500 and of 10,000 rows, realised accuracy,
// F1 and ROC AUC beside what was estimated without labels, with its 95 % interval
// (NannyML's California housing and employment data). The second tells in which
// pane a monitor first reported that errors have grown, for a model that was fitted
// once and one that goes on learning (Elec2), and for a regression (bike sharing).
//
// DIR holds the files named in estimate.go and concept.go. What the figures mean is
// in docs/real-data.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	folder := flag.String("data", "", "folder of the data sets")
	only := flag.String("only", "estimate,concept", "parts to run, separated by commas")
	asJSON := flag.Bool("json", false, "print one JSON object instead of tables")
	flag.Parse()
	if err := run(os.Stdout, *folder, *only, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "performance:", err)
		os.Exit(1)
	}
}

// result is all that is measured.
type result struct {
	Estimates []chunks  `json:"estimates,omitempty"`
	Concept   []concept `json:"concept,omitempty"`
}

func run(w io.Writer, folder, only string, asJSON bool) error {
	if folder == "" {
		return fmt.Errorf("no folder; say -data DIR")
	}
	var r result
	for _, part := range strings.Split(only, ",") {
		var err error
		switch part {
		case "estimate":
			r.Estimates, err = estimates(folder)
		case "concept":
			r.Concept, err = concepts(folder)
		default:
			err = fmt.Errorf("unknown part %q; there are estimate and concept", part)
		}
		if err != nil {
			return err
		}
	}
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	printEstimates(w, r.Estimates)
	printConcepts(w, r.Concept)
	return nil
}
