package dashboard

import (
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// sensitivity says what the newest windows could have seen: silence of a blind
// monitor is no evidence.
func (s *snapshot) sensitivity() []string {
	var worst float64
	var seen, labelled int
	var blind []*group
	for _, g := range s.inputs {
		if g.subject.Kind != report.KindFeature {
			continue
		}
		d, insensitive, known := g.detectable()
		switch {
		case insensitive:
			blind = append(blind, g)
		case g.categorical():
			labelled++
		case known:
			seen++
			worst = max(worst, d)
		}
	}
	var rest []string
	if seen > 0 {
		which := "any feature"
		if len(blind) > 0 {
			which = "any other feature"
		}
		if labelled > 0 {
			which = strings.Replace(which, "feature", "numeric feature", 1)
		}
		rest = append(rest, "The newest windows could have shown a shift of "+effect(worst)+" sd in "+which+".")
	}
	if len(blind) > 0 {
		text := plural(len(blind), "feature is", "features are") + " insensitive, since the reference itself wanders: " + names(blind, 4) + "."
		rest = append([]string{capital(text)}, rest...)
	}
	return rest
}

// detectable is the smallest shift that any of the subject's windows could have
// shown, and whether all that say so are insensitive.
func (g *group) detectable() (smallest float64, insensitive, known bool) {
	blind, sighted := 0, 0
	for _, s := range g.signals {
		if !drifts(s) {
			continue
		}
		if s.Effect.Insensitive {
			blind++
		} else {
			sighted++
		}
		if d := s.Effect.Detectable; d > 0 && (!known || d < smallest) {
			smallest, known = d, true
		}
	}
	return smallest, blind > 0 && blind >= sighted, known
}

func (g *group) categorical() bool { return g.dist != nil && len(g.dist.Labels) > 0 }
