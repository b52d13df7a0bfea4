package alert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/report"
)

// render brings the view of an incident up to date with its members. Severity
// is that of the worst evidence there ever was, or what its rule says.
func (in *incident) render(p *Policy, set rules, at time.Time) {
	in.arrange(set)
	severity := in.view.Severity
	for _, m := range in.members {
		severity = max(severity, SeverityOf(&m.evidence))
	}
	if r := p.rule(in.view.Rule); r != nil && r.Severity > report.Info {
		severity = r.Severity
	}
	if severity > in.view.Severity {
		in.view.Acknowledged = nil // it covered what there was
	}
	in.view.Severity = severity
	in.view.Updated = at
	in.view.Cause = cause(in.members)
	if in.view.Rule != "" {
		in.view.Cause = cut("rule " + in.view.Rule + ": " + in.view.Cause)
	}
	p.assign(in)
}

// arrange puts the members in order and lists the first of them.
func (in *incident) arrange(set rules) {
	slices.SortStableFunc(in.members, func(a, b *member) int { return compare(&a.evidence, &b.evidence) })
	n := min(len(in.members), set.evidence)
	in.view.Subjects, in.view.Evidence = make([]report.Subject, n), make([]report.Signal, n)
	for i, m := range in.members[:n] {
		in.view.Subjects[i], in.view.Evidence[i] = m.evidence.Subject, m.evidence
	}
}

// cause is one sentence: what the strongest evidence says, where that is about
// the output also what the strongest of an input says, and what else moved with
// it. A subject whose segments moved with it is named once, with the one that shows
// most.
func cause(members []*member) string {
	members, most := fold(members)
	first, rest := members[0], members[1:]
	text := said(first, most)
	if i := slices.IndexFunc(rest, func(m *member) bool { return !output(m.evidence.Evidence) }); i >= 0 && output(first.evidence.Evidence) {
		text += "; with it " + said(rest[i], most)
		rest = slices.Delete(slices.Clone(rest), i, i+1)
	}
	if rest := others(rest); rest != "" {
		text += "; " + rest + " moved with it"
	}
	return cut(text)
}

// fold leaves out the segments of subjects that are there as a whole: the whole takes
// the place of the most telling of them, whose name is returned beside it.
func fold(members []*member) (whole []*member, most map[*member]string) {
	by, seen := make(map[report.Subject]*member, len(members)), make(map[*member]bool, len(members))
	for _, m := range members {
		by[m.evidence.Subject] = m
	}
	most = map[*member]string{}
	for _, m := range members {
		subject := m.evidence.Subject
		segment := subject.Segment
		subject.Segment = ""
		if all := by[subject]; all != nil && segment != "" {
			if m = all; most[m] == "" {
				most[m] = segment
			}
		}
		if !seen[m] {
			whole, seen[m] = append(whole, m), true
		}
	}
	return whole, most
}

// said is what a member says: its words, after its name where they do not begin with
// it ("Brier score 0.17 → 0.25").
func said(m *member, most map[*member]string) string {
	subject, text := m.evidence.Subject, phrase.Found(&m.evidence)
	name := label(subject)
	subject.Segment = ""
	switch bare := label(subject); {
	case !strings.HasPrefix(text, bare+" "):
		text = name + ": " + text
	default:
		text += strings.TrimPrefix(name, bare)
	}
	if segment := most[m]; segment != "" {
		text += ", most in " + segment
	}
	return text
}

// label names a subject as people do; a feature and a known metric need no kind.
func label(s report.Subject) string {
	name, known := report.MetricName(s.Name)
	switch {
	case s.Kind == report.KindMetric && known:
		s.Kind, s.Name = "", name
	case s.Kind == report.KindFeature && s.Name != "":
		s.Kind = ""
	}
	return strings.TrimPrefix(s.String(), " ")
}

// maxNamed is how many of the others a cause names; it counts the rest.
const maxNamed = 3

// others names the first members and counts the rest by kind, most frequent kind
// first: "age, income, ROC AUC, 3 more features and 1 more pair".
func others(members []*member) string {
	named := min(len(members), maxNamed)
	if len(members) == maxNamed+1 {
		named++ // a name is no longer than "1 more feature"
	}
	var parts []string
	for _, m := range members[:named] {
		parts = append(parts, label(m.evidence.Subject))
	}
	counts := map[report.Kind]int{}
	for _, m := range members[named:] {
		counts[m.evidence.Subject.Kind]++
	}
	kinds := make([]report.Kind, 0, len(counts))
	for kind := range counts {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b report.Kind) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for _, kind := range kinds {
		text := fmt.Sprintf("%d more %s", counts[kind], kind)
		if counts[kind] > 1 {
			text += "s"
		}
		parts = append(parts, text)
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}
