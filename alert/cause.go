package alert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
// it.
func cause(members []*member) string {
	first, rest := &members[0].evidence, members[1:]
	text := label(first.Subject) + ": " + words(first)
	if i := slices.IndexFunc(rest, func(m *member) bool { return !output(m.evidence.Evidence) }); i >= 0 && output(first.Evidence) {
		input := &rest[i].evidence
		text += "; with it " + label(input.Subject) + ": " + words(input)
		rest = slices.Delete(slices.Clone(rest), i, i+1)
	}
	if rest := others(rest); rest != "" {
		text += "; " + rest + " moved with it"
	}
	return cut(text)
}

// label names a subject; a feature needs no kind.
func label(s report.Subject) string {
	if s.Kind == report.KindFeature && s.Name != "" {
		s.Kind = ""
		return strings.TrimPrefix(s.String(), " ")
	}
	return s.String()
}

// words says what changed, in the evaluator's words if it has any.
func words(s *report.Signal) string {
	switch {
	case s.Effect.Words != "":
		return s.Effect.Words
	case s.HasThreshold:
		return fmt.Sprintf("%s is %.3g, beyond %.3g", s.Name, s.Value, s.Threshold)
	}
	return fmt.Sprintf("%s is %.3g", s.Name, s.Value)
}

// maxNamed is how many of the others a cause names; it counts the rest.
const maxNamed = 3

// others names the first members and counts the rest by kind, most frequent kind
// first: "age, income, metric auc, 3 more features and 1 more pair".
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
