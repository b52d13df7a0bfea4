package main

import (
	"fmt"
	"io"

	"github.com/tidemark-ml/tidemark/report"
)

// shiftName is the signal that decides about drift.
const shiftName = "drift.shift"

// writeText writes the comparison for a terminal: what was concluded, a line for
// each column, and the other signals that are unusual, or all of them.
func (c *comparison) writeText(w io.Writer, all bool) error {
	fmt.Fprintf(w, "reference %s, %d rows\ncurrent   %s, %d rows\n\n", c.Reference.File, c.Reference.Rows, c.Current.File, c.Current.Rows)
	c.writeVerdict(w)
	if err := c.columns().write(w); err != nil {
		return err
	}
	rest := c.others(all)
	if len(rest.rows) == 0 {
		return nil
	}
	heading := "Other signals that are out of bounds:"
	if all {
		heading = "Every signal:"
	}
	fmt.Fprintf(w, "\n%s\n", heading)
	return rest.write(w)
}

func (c *comparison) writeVerdict(w io.Writer) {
	for _, i := range c.Incidents {
		fmt.Fprintf(w, "%s: %s\n", i.Severity, i.Cause)
	}
	switch {
	case len(c.Incidents) > 0:
	case !c.decided():
		fmt.Fprintln(w, "Nothing could be decided: there are too few rows.")
	default:
		fmt.Fprintf(w, "Nothing has changed beyond what chance and the reference's own wandering explain (level %v).\n", c.Level)
	}
	fmt.Fprintln(w)
}

// decided reports whether any signal got a verdict that decides.
func (c *comparison) decided() bool {
	for i := range c.Signals {
		if s := &c.Signals[i]; s.Name == shiftName && s.Status >= report.OK {
			return true
		}
	}
	return false
}

// columns is a line for each feature and outcome: the deciding signal and the
// distances that people ask for.
func (c *comparison) columns() *grid {
	familiar := []string{"drift.psi", "drift.js", "drift.ks", "drift.wasserstein"}
	g := &grid{heading: []string{"STATUS", "SUBJECT", " SHIFT", " P", " PSI", " JS", " KS", " W1", "CHANGE"}}
	find := map[string]map[report.Subject]*report.Signal{}
	for i := range c.Signals {
		s := &c.Signals[i]
		if find[s.Name] == nil {
			find[s.Name] = map[report.Subject]*report.Signal{}
		}
		find[s.Name][s.Subject] = s
	}
	for i := range c.Signals {
		s := &c.Signals[i]
		if s.Name != shiftName || s.Reference == 0 && s.Current == 0 {
			continue
		}
		row := []string{s.Status.String(), subjectOf(s.Subject), valueOf(s), pOf(s)}
		for _, name := range familiar {
			row = append(row, cellOf(find[name][s.Subject]))
		}
		g.add(append(row, wordsOf(s))...)
	}
	return g
}

// cellOf is the value of a signal that need not be there.
func cellOf(s *report.Signal) string {
	if s == nil || s.Undefined {
		return "–"
	}
	return number(s.Value)
}

// others are the signals that no line of columns shows.
func (c *comparison) others(all bool) *grid {
	g := &grid{heading: []string{"STATUS", "SIGNAL", "SUBJECT", " VALUE", " THRESHOLD", " P", "CHANGE"}}
	for i := range c.Signals {
		s := &c.Signals[i]
		unusual := s.Name != shiftName && s.Status >= report.Warn && decides(s)
		if all || unusual {
			g.add(s.Status.String(), s.Name, subjectOf(s.Subject), valueOf(s), thresholdOf(s), pOf(s), wordsOf(s))
		}
	}
	return g
}
