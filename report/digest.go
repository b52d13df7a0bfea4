package report

import (
	"fmt"
	"strings"
	"time"
)

// Digest sums up a day of what did not deserve a page: incidents of low
// severity, silenced or of a maintenance window, warnings, and large changes that
// lasted one pane. It is made once for each day of event time, also where there
// is nothing to say: see [Digest.Quiet].
type Digest struct {
	Model Model     `json:"model"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	State State     `json:"state"`
	// Incidents are those of the day that paged nobody, most pressing first;
	// Paged counts the others that were open.
	Incidents []Incident `json:"incidents,omitempty"`
	Paged     int        `json:"paged,omitempty"`
	// Warnings and Transients are at most twenty each, most telling first.
	Warnings   []Note `json:"warnings,omitempty"`
	Transients []Note `json:"transients,omitempty"`
	// More counts what was left out.
	More int `json:"more,omitempty"`
}

// Note is one line of a digest.
type Note struct {
	Subject Subject   `json:"subject"`
	Signal  string    `json:"signal"`
	Words   string    `json:"words"`
	Size    float64   `json:"size,omitempty"` // of the effect, the largest of the day
	Panes   int       `json:"panes"`          // in which it was so
	Last    time.Time `json:"last"`
}

// Quiet reports whether there is nothing to say.
func (d *Digest) Quiet() bool {
	return len(d.Incidents)+d.Paged+len(d.Warnings)+len(d.Transients)+d.More == 0
}

// String returns the digest as plain text, one line for each thing to say.
func (d *Digest) String() string {
	const minute = "2006-01-02 15:04"
	var b strings.Builder
	name := d.Model.Name
	if d.Model.Version != "" {
		name += " " + d.Model.Version
	}
	fmt.Fprintf(&b, "%s, %s to %s UTC: %s\n", name, d.From.UTC().Format(minute), d.To.UTC().Format(minute), d.State)
	if d.Quiet() {
		b.WriteString("nothing to report\n")
	}
	if d.Paged > 0 {
		fmt.Fprintf(&b, "paged before, still open: %d\n", d.Paged)
	}
	for i := range d.Incidents {
		in := &d.Incidents[i]
		fmt.Fprintf(&b, "incident %s (%s, %s): %s", in.ID, in.Severity, in.standing(), in.Cause)
		if in.Muted != "" {
			fmt.Fprintf(&b, " [%s]", in.Muted)
		}
		b.WriteByte('\n')
	}
	for _, n := range d.Warnings {
		fmt.Fprintf(&b, "warning %s\n", n)
	}
	for _, n := range d.Transients {
		fmt.Fprintf(&b, "transient %s\n", n)
	}
	if d.More > 0 {
		fmt.Fprintf(&b, "and %d more\n", d.More)
	}
	return b.String()
}

func (i *Incident) standing() string {
	if !i.Open() {
		return "resolved"
	}
	return i.State.String()
}

// String returns "feature amount: drift.shift: mean up .1 sd, in 3 panes".
func (n Note) String() string {
	text := n.Subject.String() + ": " + n.Signal
	if n.Words != "" {
		text += ": " + n.Words
	}
	panes := "panes"
	if n.Panes == 1 {
		panes = "pane"
	}
	return fmt.Sprintf("%s, in %d %s", text, n.Panes, panes)
}
