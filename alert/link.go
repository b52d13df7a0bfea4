package alert

import (
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// joinable returns the open incident that a new alarm belongs to, newest first,
// or nil:
//
//   - one that has a subject of the same kin, see kin;
//   - one that opened or worsened a few panes ago, or within the window of the
//     alarm, which then saw the same change and only took longer to be sure of it;
//   - one since whose beginning the alarm's own panes have shown its effect, and
//     not before: it moved then, and took longer to be sure of by itself;
//   - any, where there are too many.
//
// All of this only makes incidents fewer: no grouping opens one.
func (s *state) joinable(t *pass, sig *report.Signal, anyhow bool) *incident {
	recent := max(t.set.join, uint64(max(1, sig.Window.Scale)-1))
	for _, in := range slices.Backward(s.incidents) {
		if in.done || in.view.Rule != t.rule {
			continue
		}
		if t.rule != "" || anyhow || s.tick-in.moved <= recent || in.related(sig.Subject) || s.moving(sig, in.onset) {
			return in
		}
	}
	return nil
}

// surged tells whether an alarm says that its subject has moved again: at least
// twice as far as it ever had, and far enough to matter.
func surged(before float64, sig *report.Signal) bool {
	return before != 0 && math.Abs(sig.Effect.Size) >= 2*math.Abs(before) && SeverityOf(sig) >= report.Medium
}

// related tells whether a subject is of the kin of a member.
func (in *incident) related(subject report.Subject) bool {
	return slices.ContainsFunc(in.members, func(m *member) bool { return kin(m.evidence.Subject, subject) })
}

// kin tells whether two subjects are about the same thing: the same whole in
// another segment, a feature and a pair, slice or group of it.
func kin(a, b report.Subject) bool {
	if a.Kind == b.Kind && a.Name == b.Name {
		return true
	}
	return partOf(a, b) || partOf(b, a)
}

func partOf(feature, s report.Subject) bool {
	if feature.Kind != report.KindFeature || feature.Name == "" {
		return false
	}
	switch s.Kind {
	case report.KindPair:
		first, second, _ := strings.Cut(s.Name, "×")
		return feature.Name == first || feature.Name == second
	case report.KindGroup, report.KindSegment:
		return strings.HasPrefix(s.Name, feature.Name+"=")
	case report.KindSlice:
		return strings.HasPrefix(s.Name, feature.Name+"=") || strings.HasPrefix(s.Name, feature.Name+" ")
	}
	return false
}

const (
	maxRelated   = 8
	relatedPanes = 64 // the largest window: what opened within it may be one change
)

// related lists the incidents that may share the cause of one that opens with
// this alarm, newest first: open or just resolved ones with the same subject or
// its kin, of a rule or of the statistics; those that began within the largest
// window and moved the same way; and, as what a model is given moves what it
// answers, open ones of inputs for an alarm of the output, and the reverse.
func (s *state) related(t *pass, sig *report.Signal) []string {
	var ids []string
	for _, in := range slices.Backward(s.incidents) {
		if in.final || len(ids) == maxRelated {
			continue
		}
		lately := s.tick-in.opened <= relatedPanes
		if in.has(sig.Subject) || in.related(sig.Subject) ||
			lately && alike(&in.members[0].evidence, sig) ||
			!in.done && output(in.members[0].evidence.Evidence) != output(sig.Evidence) {
			ids = append(ids, in.view.ID)
		}
	}
	return ids
}

// alike tells whether two effects are of the same component and direction.
func alike(a, b *report.Signal) bool {
	return a.Effect.Component != "" && a.Effect.Component == b.Effect.Component && (a.Effect.Size < 0) == (b.Effect.Size < 0)
}

// output tells whether evidence is about what the model answers or brings about.
func output(kind report.Evidence) bool {
	switch kind {
	case report.Prediction, report.Performance, report.Fairness, report.KPI:
		return true
	}
	return false
}
