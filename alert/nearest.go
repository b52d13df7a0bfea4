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

// edits is the least number of letters to insert, remove, replace or swap with
// their neighbour (the optimal string alignment distance).
func edits(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above := rows[i%3], rows[(i-1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := above[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], rows[(i-2)%3][j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
