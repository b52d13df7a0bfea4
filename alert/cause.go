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
// is that of the worst evidence there ever was.
func (in *incident) render(set rules, at time.Time) {
	in.arrange(set)
	for _, m := range in.members {
		in.view.Severity = max(in.view.Severity, SeverityOf(&m.evidence))
	}
	in.view.Updated = at
	in.view.Cause = cause(in.members)
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

// cause is one sentence: what the strongest evidence says, and how much else
// moved with it.
func cause(members []*member) string {
	first := &members[0].evidence
	text := label(first.Subject) + ": " + words(first)
	if rest := others(members[1:], first.Subject.Kind); rest != "" {
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

// others counts members by kind, most frequent kind first: "3 more features and
// 1 metric".
func others(members []*member, first report.Kind) string {
	counts := map[report.Kind]int{}
	for _, m := range members {
		counts[m.evidence.Subject.Kind]++
	}
	kinds := make([]report.Kind, 0, len(counts))
	for kind := range counts {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b report.Kind) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i] = quantity(counts[kind], kind, kind == first)
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

func quantity(n int, kind report.Kind, more bool) string {
	text := fmt.Sprint(n)
	if more {
		text += " more"
	}
	text += " " + string(kind)
	if n > 1 {
		text += "s"
	}
	return text
}
