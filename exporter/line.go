package exporter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// LineSchema is the version of the lines that [JSONLines] writes. Fields may be
// added to it; a field that changes its meaning makes a new version.
const LineSchema = 1

// EventReport is the event of a line that holds a report.
const EventReport = "report"

// Line is one line of JSON lines: a report, or a transition of an incident.
//
//	{"schema":1,"event":"report","at":"…","report":{…}}
//	{"schema":1,"event":"incident.opened","at":"…","incident":{…}}
//
// Report and Incident are those of package report with their JSON names. What
// package report keeps out of JSON (critical values, and the marks HasP and
// HasThreshold, which say that a zero p_value or threshold is meant) is not in a
// line.
type Line struct {
	Schema int `json:"schema"`
	// Event is [EventReport] or a [Transition].
	Event string `json:"event"`
	// At is the time of the observations, not of writing.
	At       time.Time        `json:"at"`
	Report   *report.Report   `json:"report,omitempty"`   // of EventReport
	Incident *report.Incident `json:"incident,omitempty"` // of a transition
}

// MaxLine is the longest line that [ReadLines] takes, in bytes.
const MaxLine = 64 << 20

// ReadLines yields the lines of r. Blank lines are skipped. A line that is not
// one, or is of a newer schema, is an error that wraps [ErrLine] and carries its
// number; reading goes on with the next. An error of r, or a line longer than
// [MaxLine], is the last thing yielded.
func ReadLines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		scanner := bufio.NewScanner(r)
		scanner.Buffer(nil, MaxLine)
		for number := 1; scanner.Scan(); number++ {
			text := bytes.TrimSpace(scanner.Bytes())
			if len(text) == 0 {
				continue
			}
			line, err := parseLine(text)
			if err != nil {
				err = fmt.Errorf("%w: line %d: %w", ErrLine, number, err)
			}
			if !yield(line, err) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield(Line{}, fmt.Errorf("exporter: read lines: %w", err))
		}
	}
}

func parseLine(text []byte) (Line, error) {
	var line Line
	if err := json.Unmarshal(text, &line); err != nil {
		return Line{}, err
	}
	transition := Transition(line.Event)
	switch {
	case line.Schema < 1 || line.Schema > LineSchema:
		return Line{}, fmt.Errorf("schema %d, this version reads 1 to %d", line.Schema, LineSchema)
	case line.Event == EventReport && line.Report != nil && line.Incident == nil:
		return line, nil
	case transition.known() &&
		line.Incident != nil && line.Report == nil:
		return line, nil
	}
	return Line{}, fmt.Errorf("event %q does not go with what the line holds", line.Event)
}

// appendLine adds a line to a buffer.
func appendLine(to []byte, line Line) ([]byte, error) {
	text, err := json.Marshal(line)
	if err != nil {
		return to, fmt.Errorf("exporter: encode %s: %w", line.Event, err)
	}
	return append(append(to, text...), '\n'), nil
}

// finite returns the report with every number JSON can hold; itself where there
// is nothing to do. One number that is not finite must not cost the line.
func finite(r *report.Report) *report.Report {
	out := *r
	out.Signals = finiteSignals(r.Signals)
	out.Incidents = slices.Clone(r.Incidents)
	for i := range out.Incidents {
		out.Incidents[i].Evidence = finiteSignals(out.Incidents[i].Evidence)
		out.Incidents[i].Window = finiteWindow(out.Incidents[i].Window)
	}
	out.Distributions = nil
	for _, d := range r.Distributions {
		if !slices.ContainsFunc(d.Edges, notFinite) {
			out.Distributions = append(out.Distributions, d)
		}
	}
	return &out
}

func finiteSignals(signals []report.Signal) []report.Signal {
	if !slices.ContainsFunc(signals, func(s report.Signal) bool { return !s.Finite() }) {
		return signals
	}
	out := slices.Clone(signals)
	for i := range out {
		out[i] = out[i].Sanitised()
	}
	return out
}

func finiteWindow(w report.Window) report.Window {
	if notFinite(w.Maturity) {
		w.Maturity = 0
	}
	return w
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
