package alert

import (
	"fmt"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// knownSignal says why a name can be no signal: it is of a family of the
// catalogue but not in it, or so near to one in it that it must be a slip. Any
// other is that of a user's own evaluator.
func knownSignal(name string) error {
	if name == "" {
		return fmt.Errorf("no signal is named; report.Catalogue lists them, for instance %q", "drift.psi")
	}
	family, _, _ := strings.Cut(name, ".")
	nearest, distance, ours := "", len(name)+1, false
	for _, e := range report.Catalogue() {
		if strings.HasPrefix(e.Name, report.Prefix) {
			continue // totals are not judged
		}
		if e.Name == name {
			return nil
		}
		its, _, _ := strings.Cut(e.Name, ".")
		ours = ours || its == family
		if d := edits(name, e.Name); d < distance {
			nearest, distance = e.Name, d
		}
	}
	if !ours && distance > 2 {
		return nil
	}
	return fmt.Errorf("there is no signal %q; did you mean %q? (report.Catalogue lists all; a signal of your own needs another word before the dot)", name, nearest)
}

// edits is the Levenshtein distance: the least number of letters to insert,
// remove or replace.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
