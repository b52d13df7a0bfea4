package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// stateView is the model's state in one sentence, and what stands behind it.
type stateView struct {
	Status   statusView
	Sentence string
	// Stand is where the model stands, which has a past, and how its subjects do.
	Stand    string
	Standing statusView
	// Diagnosis is the report's own sentence on what is wrong and why.
	Diagnosis string
	Rest      []string
	Progress  *progressView
}

type progressView struct {
	What       string
	Done, Need int
}

// state says how the model is, in words.
func (s *snapshot) state() stateView {
	v := stateView{Status: viewStatus(report.Unknown)}
	switch {
	case !s.ready:
		v.Sentence = "Monitoring is switched off."
		v.Rest = []string{"This page was mounted without a monitor; there is nothing to show."}
		return v
	case s.report.Pane == 0:
		v.Sentence = "Waiting for the first pane to close."
		v.Rest = []string{whole(s.totals.predictions) + " predictions so far. The page fills by itself."}
		v.Status = viewStatus(report.Learning)
	default:
		v.Status, v.Sentence, v.Rest = s.verdict()
		v.Diagnosis = clean(s.report.Summary, 400)
		if state := s.report.State; state != report.StateUnknown {
			v.Stand, v.Standing = state.String(), viewState(state)
			if text := s.standings(); text != "" {
				v.Rest = append([]string{text}, v.Rest...)
			}
		}
	}
	if p := s.report.Learning; p != nil {
		v.Progress = &progressView{What: clean(p.What, 200), Done: p.Done, Need: p.Need}
	}
	return v
}

// standings counts the subjects that are not well, gravest first.
func (s *snapshot) standings() string {
	var parts []string
	for _, state := range [...]report.State{report.StateAlert, report.StateRecovering, report.StateWarning} {
		n := 0
		for i := range s.report.States {
			if s.report.States[i].State == state {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, plural(n, "subject is", "subjects are")+" in "+stateNoun(state))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}

func stateNoun(s report.State) string {
	if s == report.StateRecovering {
		return "recovery"
	}
	return s.String()
}

func (s *snapshot) verdict() (statusView, string, []string) {
	bad, odd, looked := s.count(report.Breach), s.count(report.Warn), s.count(report.OK)
	rest := s.sensitivity()
	switch {
	case len(bad) > 0:
		return viewStatus(report.Breach), s.breachSentence(bad), rest
	case len(s.open()) > 0:
		return viewStatus(report.Breach), clean(s.open()[0].Cause, 300), rest
	case len(odd) > 0:
		text := "Watch: " + plural(len(odd), "signal is", "signals are") + " unusual, within the alarm budget: " + names(odd, 4) + "."
		return viewStatus(report.Warn), text, rest
	case s.report.Learning != nil:
		return viewStatus(report.Learning), "Learning: nothing is decided yet.", nil
	case len(looked) == 0:
		return viewStatus(report.Insufficient), "Too few rows to say anything yet.", nil
	}
	text := "Healthy: nothing has drifted"
	if s.quiet > 0 {
		text += " in " + plural(s.quiet, "pane", "panes")
	}
	return viewStatus(report.OK), text + ".", rest
}

// count returns the groups with this status, the features first.
func (s *snapshot) count(status report.Status) []*group {
	var found []*group
	for _, groups := range [...][]*group{s.inputs, s.others} {
		for _, g := range groups {
			if g.status == status {
				found = append(found, g)
			}
		}
	}
	return found
}

func (s *snapshot) open() []*report.Incident {
	var open []*report.Incident
	for i := range s.report.Incidents {
		if s.report.Incidents[i].Open() {
			open = append(open, &s.report.Incidents[i])
		}
	}
	return open
}

// breachSentence is like "3 features drift. First: amount, mean up 1.2 sd since
// 14:05."
func (s *snapshot) breachSentence(bad []*group) string {
	kinds := [...]report.Evidence{report.Drift, report.Prediction, report.Multivariate, report.Performance, report.Fairness,
		report.Quality, report.Operational, report.KPI, report.Attribution, report.Describes}
	tally := map[report.Evidence]int{}
	first := bad[0]
	for _, g := range bad {
		tally[g.kind()]++
		if compareSince(g.since, first.since) < 0 {
			first = g
		}
	}
	var parts []string
	for _, kind := range kinds {
		if tally[kind] > 0 {
			parts = append(parts, phrase(kind, tally[kind]))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, phrase(report.Describes, len(bad)))
	}
	text := capital(strings.Join(parts, ", ")) + ". First: " + label(first.subject) + ", " + first.words()
	if !first.since.IsZero() {
		text += " since " + moment(first.since, s.report.At)
	}
	return text + "."
}

// kind is the evidence that put the subject out of bounds.
func (g *group) kind() report.Evidence {
	if (g.head == nil || g.head.Status != report.Breach) && g.evidence != nil {
		return g.evidence.Evidence
	}
	if g.head != nil {
		return g.head.Evidence
	}
	return report.Describes
}

func phrase(kind report.Evidence, n int) string {
	switch kind {
	case report.Drift:
		return plural(n, "feature drifts", "features drift")
	case report.Prediction:
		return "the predictions drift"
	case report.Multivariate:
		return plural(n, "pair of features drifts", "pairs of features drift")
	case report.Quality:
		return plural(n, "subject has a data quality problem", "subjects have data quality problems")
	case report.Operational:
		return "operation is out of bounds"
	case report.Performance:
		return "performance has changed"
	case report.Fairness:
		return "fairness has changed"
	case report.KPI:
		return plural(n, "business metric has changed", "business metrics have changed")
	case report.Attribution:
		return "attributions have changed"
	}
	return plural(n, "signal is out of bounds", "signals are out of bounds")
}

// words says what changed about the subject, from the signal now in breach or
// else from the incident's evidence.
func (g *group) words() string {
	s := g.head
	if (s == nil || s.Status != report.Breach) && g.evidence != nil {
		s = g.evidence
	}
	switch {
	case s == nil:
		return "in an open incident"
	case s.Effect.Words != "":
		return clean(s.Effect.Words, 160)
	case s.Undefined:
		return measure(s.Name) + " not defined"
	case s.HasThreshold:
		return fmt.Sprintf("%s %s, threshold %s", measure(s.Name), inUnit(s.Value, s.Unit), inUnit(s.Threshold, s.Unit))
	}
	return measure(s.Name) + " " + inUnit(s.Value, s.Unit)
}

// names lists up to limit subjects.
func names(groups []*group, limit int) string {
	var list []string
	for i, g := range groups {
		if i == limit {
			list = append(list, fmt.Sprintf("%d more", len(groups)-limit))
			break
		}
		list = append(list, label(g.subject))
	}
	return strings.Join(list, ", ")
}

// label is a subject as a person names it.
func label(s report.Subject) string {
	text := s.Name
	if measured := "performance." + s.Name; s.Kind == report.KindMetric && aboutOf(measured) != "" {
		text = measure(measured)
	} else if s.Kind != report.KindFeature || text == "" {
		text = strings.TrimSpace(string(s.Kind) + " " + s.Name)
	}
	if s.Segment != "" {
		text += " in " + s.Segment
	}
	return clean(text, 120)
}

func measure(name string) string {
	if known, ok := measureNames[name]; ok {
		return known
	}
	return clean(readable(name), 80)
}

// readable makes a name of the catalogue a phrase: "performance.roc_auc" is "roc
// auc".
func readable(name string) string {
	if at := strings.IndexByte(name, '.'); at >= 0 && slices.Contains(plainFamilies, name[:at+1]) {
		name = name[at+1:]
	} else {
		return name
	}
	return capital(strings.ReplaceAll(name, "_", " "))
}

// plainFamilies are those whose names read well without their prefix.
var plainFamilies = append([]string{estimatedPrefix, "fairness.", "explain."}, families...)

func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
