package dashboard

import (
	"sync"

	"github.com/tidemark-ml/tidemark/report"
)

const maxDigest = 20 // incidents, warnings and transients shown, each

// digestView is the daily digest: what did not deserve a page.
type digestView struct {
	Span, State, Quiet, Paged, More string
	Standing                        statusView
	Incidents                       []incidentView
	Parts                           []digestPart
}

type digestPart struct {
	Name  string
	Notes []noteView
}

type noteView struct{ Subject, Text, Panes, Last string }

// lastDigest keeps the newest digest that a page has come by: only one report a
// day has one.
type lastDigest struct {
	mu sync.Mutex
	of *report.Digest
}

func (l *lastDigest) keep(r *report.Report) *report.Digest {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r != nil && r.Digest != nil && (l.of == nil || !r.Digest.To.Before(l.of.To)) {
		l.of = r.Digest
	}
	return l.of
}

// digestOf is nil where there has been no digest yet.
func (s *snapshot) digestOf(d *report.Digest, q query) *digestView {
	if d == nil {
		return nil
	}
	v := &digestView{
		Span:  moment(d.From, s.report.At) + " to " + moment(d.To, s.report.At) + " UTC",
		State: d.State.String(), Standing: viewState(d.State),
	}
	if d.Quiet() {
		v.Quiet = "Nothing to report."
	}
	if d.Paged > 0 {
		v.Paged = plural(d.Paged, "other incident has", "other incidents have") + " paged somebody."
	}
	left := max(0, d.More)
	for i := range d.Incidents {
		if i == maxDigest {
			left += len(d.Incidents) - maxDigest
			break
		}
		v.Incidents = append(v.Incidents, s.incident(&d.Incidents[i], q))
	}
	for _, part := range [...]struct {
		name  string
		notes []report.Note
	}{{"Warnings", d.Warnings}, {"Large, and gone after a pane", d.Transients}} {
		if len(part.notes) == 0 {
			continue
		}
		p := digestPart{Name: part.name}
		for _, n := range part.notes[:min(len(part.notes), maxDigest)] {
			text := measure(n.Signal)
			if n.Words != "" {
				text += ": " + clean(n.Words, 160)
			}
			p.Notes = append(p.Notes, noteView{label(n.Subject), text, panes(n.Panes), moment(n.Last, s.report.At)})
		}
		left += max(0, len(part.notes)-maxDigest)
		v.Parts = append(v.Parts, p)
	}
	if left > 0 {
		v.More = plural(left, "more is", "more are") + " left out."
	}
	return v
}
