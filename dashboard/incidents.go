package dashboard

import (
	"net/url"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	maxOpen     = 20
	maxClosed   = 8
	maxSubjects = 10 // of an incident
	maxRelated  = 6
)

// incidentView is one incident.
type incidentView struct {
	ID              string
	Severity, Glyph string
	Cause           string
	At, Since       string
	Until           string
	Reopened        string
	State           string // of an open one
	Standing        statusView
	Handling        []handlingView
	Evidence        []evidenceView
	More            string
}

// handlingView is who deals with an incident and how; Href is of a runbook that
// can be followed, and empty otherwise.
type handlingView struct {
	Name, Text, Href string
	Loud             bool
}

// evidenceView is one subject of an incident with its strongest signal.
type evidenceView struct{ Name, Href, Words, Numbers string }

// incidents returns those open and those resolved, newest first, and what was
// left out.
func (s *snapshot) incidents(q query) (open, closed []incidentView, more string) {
	left := 0
	for i := range s.report.Incidents {
		n := &s.report.Incidents[i]
		switch {
		case n.Open() && len(open) < maxOpen:
			open = append(open, s.incident(n, q))
		case !n.Open() && len(closed) < maxClosed:
			closed = append(closed, s.incident(n, q))
		default:
			left++
		}
	}
	if left > 0 {
		more = plural(left, "more incident is", "more incidents are") + " in the report."
	}
	return open, closed, more
}

func (s *snapshot) incident(n *report.Incident, q query) incidentView {
	glyph := [...]string{"○", "◇", "◆", "▲"}
	v := incidentView{
		ID:       clean(n.ID, 60),
		Severity: n.Severity.String(), Glyph: glyph[min(int(n.Severity), len(glyph)-1)],
		Cause: clean(n.Cause, 400), At: stamp(n.Opened), Since: moment(n.Opened, s.report.At),
	}
	switch {
	case !n.Open():
		v.Until = moment(n.Resolved, s.report.At)
	case n.State != report.StateUnknown:
		v.State, v.Standing = n.State.String(), viewState(n.State)
	}
	v.Handling = s.handling(n)
	if n.Reopened > 0 {
		v.Reopened = "reopened " + plural(n.Reopened, "time", "times")
	}
	if v.Cause == "" {
		v.Cause = "no cause given"
	}
	for i, subject := range n.Subjects {
		if i == maxSubjects {
			v.More = plural(len(n.Subjects)-maxSubjects, "more subject", "more subjects")
			break
		}
		v.Evidence = append(v.Evidence, evidenceOf(n, subject, q))
	}
	return v
}

func evidenceOf(n *report.Incident, subject report.Subject, q query) evidenceView {
	v := evidenceView{Name: label(subject)}
	if subject.Kind == report.KindFeature || subject.Kind == report.KindPrediction {
		q.segment = subject.Segment
		v.Href = q.link(0, key(subject), true)
	}
	for i := range n.Evidence {
		e := sound(&n.Evidence[i])
		if e.Subject != subject {
			continue
		}
		v.Words = clean(e.Effect.Words, 120)
		v.Numbers = measure(e.Name) + " " + valueOf(e)
		if e.HasThreshold {
			sign := " > "
			if e.Value <= e.Threshold {
				sign = " of "
			}
			v.Numbers += sign + inUnit(e.Threshold, e.Unit)
		}
		if e.HasP {
			v.Numbers += ", p\u00a0" + probability(e.P)
		}
		break
	}
	return v
}

// handling says whether somebody was told, who has it and what to do.
func (s *snapshot) handling(n *report.Incident) []handlingView {
	var list []handlingView
	add := func(name, text string, loud bool) {
		if text != "" {
			list = append(list, handlingView{Name: name, Text: text, Loud: loud})
		}
	}
	add("Page", paging(n), n.Page && n.Open())
	add("Muted", clean(n.Muted, 160), false)
	if a := n.Acknowledged; a != nil {
		text := clean(a.By, 80)
		if text == "" {
			text = "somebody"
		}
		if !a.At.IsZero() {
			text += ", " + moment(a.At, s.report.At) + " UTC"
		}
		if a.Comment != "" {
			text += ": " + clean(a.Comment, 200)
		}
		add("Acknowledged", text, false)
	}
	if n.Worsened > 0 {
		add("Worsened", plural(n.Worsened, "time", "times"), n.Open())
	}
	add("Rule", clean(n.Rule, 80), false)
	add("Owner", clean(n.Owner, 80), false)
	if n.Runbook != "" {
		list = append(list, handlingView{Name: "Runbook", Text: clean(n.Runbook, 120), Href: followed(n.Runbook)})
	}
	add("Perhaps of one cause with", related(n.Related), false)
	return list
}

// paging says what has been told to whoever is on call.
func paging(n *report.Incident) string {
	var text string
	switch {
	case n.Page && n.Open():
		text = "yes"
	case n.Paged == 0:
		return ""
	default:
		text = "not now"
	}
	if n.Paged > 0 {
		text += ", paged " + plural(n.Paged, "time", "times")
	}
	if n.Reminded > 0 {
		text += ", reminded " + plural(n.Reminded, "time", "times")
	}
	return text
}

func related(ids []string) string {
	var list []string
	for _, id := range ids[:min(len(ids), maxRelated)] {
		list = append(list, clean(id, 60))
	}
	if len(ids) > maxRelated {
		list = append(list, plural(len(ids)-maxRelated, "more", "more"))
	}
	return strings.Join(list, ", ")
}

// followed returns the address of a runbook that a page may link to: an absolute
// one of the web. Anything else, a script above all, is shown as text.
func followed(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}
