package dashboard

import "github.com/tidemark-ml/tidemark/report"

const (
	maxOpen     = 20
	maxClosed   = 8
	maxSubjects = 10 // of an incident
)

// incidentView is one incident.
type incidentView struct {
	Severity, Glyph string
	Cause           string
	At, Since       string
	Until           string
	Reopened        string
	Evidence        []evidenceView
	More            string
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
		Severity: n.Severity.String(), Glyph: glyph[min(int(n.Severity), len(glyph)-1)],
		Cause: clean(n.Cause, 400), At: stamp(n.Opened), Since: moment(n.Opened, s.report.At),
	}
	if !n.Open() {
		v.Until = moment(n.Resolved, s.report.At)
	}
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
