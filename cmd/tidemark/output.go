package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark-ml/tidemark/report"
)

// outputFormat is the value of -o.
type outputFormat struct {
	chosen string
	known  []string
}

// declare declares -o; the first name is the default.
func (f *outputFormat) declare(fs *flag.FlagSet, names ...string) {
	f.known, f.chosen = names, names[0]
	fs.Var(f, "o", "output `format`: "+strings.Join(names, " or "))
}

// String implements flag.Value.
func (f *outputFormat) String() string { return f.chosen }

// Set implements flag.Value.
func (f *outputFormat) Set(name string) error {
	if !slices.Contains(f.known, name) {
		return fmt.Errorf("it is none of %s", strings.Join(f.known, ", "))
	}
	f.chosen = name
	return nil
}

func (f *outputFormat) is(name string) bool { return f.chosen == name }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// grid is a text table; columns whose heading starts with a blank are numbers
// and stand to the right.
type grid struct {
	heading []string
	rows    [][]string
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// widest is how wide a cell may be, except in the last column.
const widest = 40

func (g *grid) write(w io.Writer) error {
	width := make([]int, len(g.heading))
	all := append([][]string{g.heading}, g.rows...)
	for _, row := range all {
		for i := range row {
			if i < len(row)-1 {
				row[i] = shortened(row[i], widest)
			}
			width[i] = max(width[i], utf8.RuneCountInString(strings.TrimSpace(row[i])))
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, cell := range row {
			cell = strings.TrimSpace(cell)
			blank := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if strings.HasPrefix(g.heading[i], " ") {
				cell = blank + cell
			} else {
				cell += blank
			}
			b.WriteString(cell + "  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// shortened cuts text to so many characters, and replaces what would move the
// cursor.
func shortened(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '�'
		}
		return r
	}, text)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// number writes a number for people.
func number(v float64) string {
	switch a := math.Abs(v); {
	case a != 0 && (a < 1e-4 || a >= 1e7):
		return strconv.FormatFloat(v, 'e', 2, 64)
	case a >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// valueOf writes the value of a signal.
func valueOf(s *report.Signal) string {
	if s.Undefined {
		return "undefined"
	}
	return number(s.Value)
}

func thresholdOf(s *report.Signal) string {
	if !s.HasThreshold {
		return "–"
	}
	return number(s.Threshold)
}

func pOf(s *report.Signal) string {
	switch {
	case !s.HasP:
		return "–"
	case s.P > 0 && s.P < 1e-9:
		return "<1e-9"
	}
	return strconv.FormatFloat(s.P, 'g', 2, 64)
}

// wordsOf says what a signal found, or why it found nothing.
func wordsOf(s *report.Signal) string {
	switch {
	case s.Undefined && len(s.Warnings) > 0:
		return s.Warnings[0].Text
	case s.Effect.Words != "":
		return s.Effect.Words
	case s.Effect.Insensitive:
		return fmt.Sprintf("insensitive: only a change of %.2g sd could have been seen", s.Effect.Detectable)
	}
	return ""
}

// subjectOf names a subject; a feature needs no kind.
func subjectOf(s report.Subject) string {
	if s.Kind == report.KindFeature && s.Name != "" {
		s.Kind = ""
	}
	return strings.TrimSpace(s.String())
}
