package explain

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/report"
)

// gross is a move of a feature, in standard deviations, that the world seldom
// makes and a broken feed often.
const gross = 1

func (f *facts) serving() (causes []Cause) {
	for _, s := range f.operation {
		causes = append(causes, Cause{KindServing, s.Subject, "Serving is failing: " + phrase.Found(&s) + ".", []report.Signal{s}})
	}
	return causes
}

// upstream are the features whose data are broken, those that moved most first.
func (f *facts) upstream() (causes []Cause) {
	for _, in := range f.broken() {
		causes = append(causes, f.brokenCause(in))
	}
	return causes
}

func (f *facts) broken() (out []*input) {
	for _, in := range f.inputs {
		if f.isBroken(in) {
			out = append(out, in)
		}
	}
	slices.SortStableFunc(out, func(a, b *input) int { return cmp.Compare(b.size(), a.size()) })
	return out
}

func (f *facts) isBroken(in *input) bool {
	if len(in.broken) > 0 {
		return true
	}
	if in.shift != nil && (incomplete(in.shift) || in.size() >= gross && f.alone(in)) {
		return true
	}
	// A feed that only one segment has.
	if segment, ok := in.one(); ok {
		s := in.segments[segment]
		return faulty(&s) || incomplete(&s) || s.Value >= gross
	}
	return false
}

// incomplete reports whether a drift is one of values that are not there or not
// known, which the world does not do by itself.
func incomplete(s *report.Signal) bool {
	return s.Effect.Component == "missing" || s.Effect.Component == "unseen"
}

// alone reports whether no other feature moved half as much.
func (f *facts) alone(in *input) bool {
	return !slices.ContainsFunc(f.inputs, func(other *input) bool {
		return other != in && other.size() >= in.size()/2
	})
}

// one returns the segment that alone shows a change, or by far the most of it.
func (in *input) one() (segment string, ok bool) {
	var first, second float64
	for name, s := range in.segments {
		switch v := s.Value; {
		case v > first || v == first && (segment == "" || name < segment):
			segment, first, second = name, v, first
		case v > second:
			second = v
		}
	}
	if segment == "" || second > first/2 {
		return "", false
	}
	// There must be others of the same feature to be unlike.
	feature, _, _ := strings.Cut(segment, "=")
	for name := range in.asked {
		if name != segment && strings.HasPrefix(name, feature+"=") {
			return segment, true
		}
	}
	return "", false
}

func (f *facts) brokenCause(in *input) Cause {
	c := Cause{Kind: KindUpstream, Subject: report.Subject{Kind: report.KindFeature, Name: in.name}}
	if in.shift != nil {
		c.Evidence = append(c.Evidence, *in.shift)
	}
	c.Evidence = append(c.Evidence, in.broken...)
	where, others := "", f.quiet(in)
	if segment, ok := in.one(); ok {
		s := in.segments[segment]
		c.Subject.Segment = segment
		c.Evidence = slices.Insert(c.Evidence, 0, s)
		feature, _, _ := strings.Cut(segment, "=")
		where, others = " for "+segment, "other values of "+feature+" are as before"
	}
	c.Sentence = fmt.Sprintf("Data broken upstream%s: %s %s%s; %s.", where, in.name, phrase.Found(&c.Evidence[0]), beyond(&c.Evidence[0]), others)
	return c
}

// quiet says how many of the other inputs have not moved.
func (f *facts) quiet(in *input) string {
	still, moved := 0, 0
	for _, other := range f.inputs {
		switch {
		case other == in:
		case other.shift != nil || len(other.broken) > 0:
			moved++
		default:
			still++
		}
	}
	if moved == 0 {
		return fmt.Sprintf("the other %d inputs are as before", still)
	}
	return fmt.Sprintf("%d other inputs moved less, %d are as before", moved, still)
}

// meaning is concept drift, a changed mix, or drifted inputs: what is left once
// broken features are set aside.
func (f *facts) meaning() (causes []Cause) {
	broken := f.broken()
	var drifted []*input
	for _, in := range f.inputs {
		if in.shift != nil && !slices.Contains(broken, in) {
			drifted = append(drifted, in)
		}
	}
	slices.SortStableFunc(drifted, func(a, b *input) int { return cmp.Compare(f.telling(b), f.telling(a)) })
	mixed := f.mixCause(drifted)
	if mixed != nil {
		return []Cause{*mixed}
	}
	if concept := f.conceptCause(len(broken) > 0, drifted); concept != nil {
		causes = append(causes, *concept)
	}
	if len(drifted) > 0 {
		causes = append(causes, f.inputsCause(drifted))
	}
	return causes
}

// telling orders drifted inputs by what they do to the score, then by how far
// they moved.
func (f *facts) telling(in *input) float64 {
	return f.impact[in.name].Value + in.size()*1e-3
}

// mixCause is that of an input whose change of mix explains what there is to
// explain: at its values the loss is as before.
func (f *facts) mixCause(drifted []*input) *Cause {
	var best *input
	for _, in := range drifted {
		mix, ok := f.mix[in.name]
		if !ok || !f.same(in.name) {
			continue
		}
		if best == nil || mix.Value > f.mix[best.name].Value {
			best = in
		}
	}
	if best == nil {
		return nil
	}
	mix, within := f.mix[best.name], f.within[best.name]
	c := &Cause{Kind: KindMix, Subject: mix.Subject, Evidence: []report.Signal{*best.shift, mix, within}}
	loss := "the loss is as before"
	if change := f.change(mix.Window.Scale); change != nil && (change.Effect.Low > 0 || change.Effect.High < 0) {
		loss = fmt.Sprintf("%s, of which the mix is %+.3g of %+.3g", change.Effect.Words, mix.Effect.Size, change.Effect.Size)
	}
	c.Sentence = fmt.Sprintf("Only the mix of inputs changed: %s; at the same values the model errs as before (%s)%s.",
		phrase.Found(&mix), loss, others(drifted, best))
	return c
}

// same reports whether the loss at given values of a feature is as before: what
// happens within is compatible with nothing, or small beside the mix.
func (f *facts) same(name string) bool {
	within, ok := f.within[name]
	if !ok {
		return false
	}
	half := (within.Effect.High - within.Effect.Low) / 2
	if math.Abs(within.Effect.Size) <= plainly*half {
		return true
	}
	return math.Abs(within.Effect.Size) <= .25*math.Abs(f.mix[name].Effect.Size)
}

func others(drifted []*input, but *input) string {
	var names []string
	for _, in := range drifted {
		if in != but && len(names) < 3 {
			names = append(names, in.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; " + strings.Join(names, ", ") + " moved with it"
}

// conceptCause is the slice that became worse, or the loss that rose at the same
// inputs. Broken or drifted inputs explain a rise of the loss as well as anything,
// so that beside them only a slice is believed.
func (f *facts) conceptCause(broken bool, drifted []*input) *Cause {
	inputs := "inputs are as before"
	if len(drifted) > 0 || broken {
		inputs = "inputs moved too"
	}
	if s := f.slice(); s != nil && !broken {
		return &Cause{
			Kind: KindConcept, Subject: s.Subject, Evidence: append([]report.Signal{*s}, f.performance...),
			Sentence: fmt.Sprintf("Concept drifted in one slice: %s, %s%s; %s.", s.Subject.Name, phrase.Found(s), beyond(s), inputs),
		}
	}
	rise := f.rise()
	if broken || len(drifted) > 0 || rise == nil || len(f.performance) == 0 && !sure(rise) {
		return nil
	}
	return &Cause{
		Kind: KindConcept, Subject: rise.Subject, Evidence: append([]report.Signal{*rise}, f.performance...),
		Sentence: fmt.Sprintf("Concept drifted: %s at the same inputs; %s.", rise.Effect.Words, inputs),
	}
}

// slice is the surest slice that became worse, of features before those of the
// score, which is the model's and not the world's. Without a breach of the
// performance it must be one by itself: a slice or two is always somewhat worse.
func (f *facts) slice() (worst *report.Signal) {
	for i := range f.slices {
		s := &f.slices[i]
		if s.Status != report.Breach && len(f.performance) == 0 {
			continue
		}
		if !strings.HasPrefix(s.Subject.Name, "score ") {
			return s
		}
		if worst == nil {
			worst = s
		}
	}
	return worst
}

// plainly is how many half widths of a 95 % interval, about 3.3 standard errors, a
// part of the loss has to be from nothing to count: there are many parts.
const plainly = 1.7

// sure reports whether a rise is more than that.
func sure(s *report.Signal) bool {
	return s.Effect.Size > plainly*(s.Effect.High-s.Effect.Low)/2
}

func (f *facts) inputsCause(drifted []*input) Cause {
	first := drifted[0]
	c := Cause{Kind: KindInputs, Subject: first.shift.Subject}
	for _, in := range drifted {
		c.Evidence = append(c.Evidence, *in.shift)
	}
	effect := ""
	if impact, ok := f.impact[first.name]; ok {
		effect = "; " + impact.Effect.Words
		c.Evidence = append(c.Evidence, impact)
	}
	where := ""
	if segment, ok := first.one(); ok {
		c.Subject.Segment, where = segment, " for "+segment
	}
	c.Sentence = fmt.Sprintf("Inputs drifted%s: %s %s%s%s%s.", where, first.name, phrase.Found(first.shift), beyond(first.shift), effect, others(drifted, first))
	return c
}

// rest are the findings that name no cause, where nothing above explains them,
// and unequal groups, which nothing explains away.
func (f *facts) rest() (causes []Cause) {
	explained := len(f.broken()) > 0 || len(f.meaning()) > 0
	add := func(kind Kind, all []report.Signal, format string) {
		if len(all) > 0 {
			causes = append(causes, Cause{kind, all[0].Subject, fmt.Sprintf(format, named(&all[0])), all})
		}
	}
	if !explained {
		add(KindPerformance, f.performance, "The model is worse: %s; nothing else says why.")
		add(KindBusiness, f.business, "A business figure changed: %s; nothing else says why.")
		add(KindOutput, f.prediction, "The answers changed though the inputs did not: %s.")
	}
	add(KindUnequal, f.fairness, "Groups are treated differently: %s.")
	return causes
}

// beyond is how sure a signal is.
func beyond(s *report.Signal) string {
	switch {
	case !s.HasP:
		return ""
	case s.P < 1e-12:
		return " (p < 1e-12)"
	}
	return fmt.Sprintf(" (p = %.1g)", s.P)
}
