package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/internal/phrase"
	"github.com/tidemark-ml/tidemark/report"
)

// Kind is what is wrong, in the words of the one who has to do something about it.
type Kind string

// The kinds of cause, the most pressing first.
const (
	KindServing     Kind = "serving"     // predictions fail or are slow
	KindUpstream    Kind = "upstream"    // data broken upstream: a unit, a missing feed, a new code
	KindConcept     Kind = "concept"     // the same inputs mean something else
	KindMix         Kind = "mix"         // other inputs, at which the model errs as before
	KindInputs      Kind = "inputs"      // inputs drifted; what that does to the loss is not known
	KindPerformance Kind = "performance" // the model is worse, and nothing here says why
	KindBusiness    Kind = "business"    // a business figure changed, and nothing here says why
	KindOutput      Kind = "output"      // the answers changed, the inputs did not
	KindUnequal     Kind = "unequal"     // groups are treated differently
)

// Kinds of diagnosis without a cause.
const (
	KindHealthy  Kind = "healthy"
	KindLearning Kind = "learning"
)

// Cause is one thing that is wrong.
type Cause struct {
	Kind Kind
	// Subject is what it is about; its Segment is set where it is in one segment
	// alone.
	Subject  report.Subject
	Sentence string
	// Evidence are the signals that say so, the strongest first.
	Evidence []report.Signal
}

// Diagnosis is what a whole report amounts to.
type Diagnosis struct {
	// Kind, Sentence and Evidence are those of the first cause, or say that there
	// is none.
	Kind     Kind
	Sentence string
	Evidence []report.Signal
	// Causes are all that were found, the most pressing first, at most 16.
	Causes []Cause
}

const maxCauses = 16

// Diagnose says what is wrong, as far as the signals of a decided report tell. It
// reads status, effects and words, never a number that the report does not show:
//
//   - upstream: a feature breaks a rule of its data, has missing values or unknown
//     categories as never before, or moved by more than a standard deviation while
//     no other moved half as much. Where only one segment shows it, it is named.
//   - concept: a slice has become worse by itself (explain.slice_drift), or the
//     loss rose at the same inputs (explain.within), while inputs say nothing else.
//   - mix: an input drifted, and at its values the model errs as before.
//   - inputs: inputs drifted, the most telling first, with their impact.
//
// A breach of the performance or of a business figure that none of these explains,
// failing predictions, answers that changed without the inputs and unequal groups are
// causes too. One that they do explain comes first in the sentence, as what it matters
// for: whoever has broken data and a worse model wants to hear of both. It is a
// reading, not a proof: the evidence is listed so that it can be checked. A nil
// report has an empty diagnosis.
func Diagnose(r *report.Report) Diagnosis {
	if r == nil {
		return Diagnosis{}
	}
	f := gather(r.Signals)
	causes := slices.Concat(f.serving(), f.upstream(), f.meaning(), f.rest())
	d := Diagnosis{Causes: causes[:min(len(causes), maxCauses)]}
	switch {
	case len(causes) > 0:
		d.Kind, d.Sentence, d.Evidence = causes[0].Kind, f.matters(causes[0].Kind)+causes[0].Sentence, causes[0].Evidence
		if len(causes) > 1 {
			d.Sentence += " " + also(causes[1:])
		}
	case r.Learning != nil:
		d.Kind, d.Sentence = KindLearning, fmt.Sprintf("Still learning %s: %d of %d panes seen; nothing is decided until then.",
			r.Learning.What, r.Learning.Done, r.Learning.Need)
	default:
		d.Kind, d.Sentence = KindHealthy, fmt.Sprintf("Nothing to report: %d signals were looked at, none is beyond its threshold.", f.looked)
	}
	return d
}

// also says in one sentence what else there is.
func also(causes []Cause) string {
	var names []string
	for _, c := range causes[:min(len(causes), 3)] {
		names = append(names, fmt.Sprintf("%s (%s)", about(c.Subject), c.Kind))
	}
	if more := len(causes) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return "Beside it: " + strings.Join(names, ", ") + "."
}

// matters says what is worse, business before performance, where the first cause is
// not about that itself.
func (f *facts) matters(first Kind) (text string) {
	switch first {
	case KindServing, KindUpstream, KindInputs, KindOutput, KindUnequal:
	default:
		return ""
	}
	if len(f.business) > 0 {
		text = "A business figure changed: " + named(&f.business[0]) + ". "
	}
	if len(f.performance) > 0 {
		text += "The model is worse: " + named(&f.performance[0]) + ". "
	}
	return text
}

// named is what a signal found, after the name of its subject where its words do not
// begin with it.
func named(s *report.Signal) string {
	subject, text := s.Subject, phrase.Found(s)
	subject.Segment = ""
	if bare := about(subject); strings.HasPrefix(text, bare+" ") {
		return text + strings.TrimPrefix(about(s.Subject), bare)
	}
	return about(s.Subject) + ", " + text
}

// about names a subject as people do; a feature needs no kind.
func about(s report.Subject) string {
	if s.Kind == report.KindMetric {
		s.Name, _ = report.MetricName(s.Name)
	}
	if s.Name != "" {
		s.Kind = ""
	}
	return strings.TrimPrefix(s.String(), " ")
}

// Summary sets the sentence at the top of a report. It is a value without state.
type Summary struct{}

// Summarize returns the sentence of [Diagnose].
func (Summary) Summarize(r *report.Report) string { return Diagnose(r).Sentence }

// facts are the signals of a report by what they are about.
type facts struct {
	looked      int
	inputs      []*input // by feature, in the order of the report
	mix, within map[string]report.Signal
	impact      map[string]report.Signal
	slices      []report.Signal // became worse
	changes     []report.Signal // of the loss, by window
	performance []report.Signal // beyond their threshold, as are those below
	prediction  []report.Signal
	operation   []report.Signal
	fairness    []report.Signal
	business    []report.Signal
}

// input is what is known of one feature.
type input struct {
	name     string
	shift    *report.Signal // the strongest of all rows
	broken   []report.Signal
	segments map[string]report.Signal // the strongest of each segment that shows it
	asked    map[string]bool          // segments that were looked at
}

func gather(signals []report.Signal) *facts {
	f := &facts{mix: map[string]report.Signal{}, within: map[string]report.Signal{}, impact: map[string]report.Signal{}}
	for i := range signals {
		f.file(&signals[i])
	}
	for _, list := range [...][]report.Signal{f.performance, f.prediction, f.operation, f.fairness, f.business} {
		slices.SortStableFunc(list, func(a, b report.Signal) int { // all rows before a segment of them
			return cmp.Or(cmp.Compare(min(1, len(a.Subject.Segment)), min(1, len(b.Subject.Segment))), cmp.Compare(a.P, b.P))
		})
	}
	return f
}

func (f *facts) file(s *report.Signal) {
	if s.Undefined || s.Status == report.Insufficient || s.Status == report.Learning {
		return
	}
	f.looked++
	switch {
	case s.Subject.Segment != "" && strings.HasPrefix(s.Name, "explain."):
		// The whole is what is explained; segments show where.
	case s.Name == "explain.slice_drift":
		f.slices = append(f.slices, *s)
	case s.Name == "explain.loss_change":
		f.changes = append(f.changes, *s)
	case s.Name == "explain.mix":
		f.mix[s.Subject.Name] = *s
	case s.Name == "explain.within":
		f.within[s.Subject.Name] = *s
	case s.Name == "explain.impact":
		f.impact[s.Subject.Name] = *s
	case s.Subject.Kind == report.KindFeature && (s.Evidence == report.Drift || faulty(s)):
		f.input(s)
	case s.Status != report.Breach:
	case s.Evidence == report.Performance:
		f.performance = append(f.performance, *s)
	case s.Evidence == report.Prediction:
		f.prediction = append(f.prediction, *s)
	case s.Evidence == report.Operational:
		f.operation = append(f.operation, *s)
	case s.Evidence == report.Fairness:
		f.fairness = append(f.fairness, *s)
	case s.Evidence == report.KPI:
		f.business = append(f.business, *s)
	}
}

// change is how the loss changed in a window of so many panes.
func (f *facts) change(scale int) *report.Signal {
	for i := range f.changes {
		if f.changes[i].Window.Scale == scale {
			return &f.changes[i]
		}
	}
	return nil
}

// rise is the surest rise of the loss.
func (f *facts) rise() (surest *report.Signal) {
	best := 0.0
	for i := range f.changes {
		e := f.changes[i].Effect
		if half := (e.High - e.Low) / 2; half > 0 && e.Size/half > best {
			best, surest = e.Size/half, &f.changes[i]
		}
	}
	if best <= 1 {
		return nil
	}
	return surest
}

// faulty reports whether a signal is about values that should not be there.
func faulty(s *report.Signal) bool {
	switch s.Name {
	case "quality.missing", "quality.invalid", "quality.type_mismatch", "quality.out_of_range", "quality.unseen", "quality.constant":
		return true
	}
	return false
}

func (f *facts) input(s *report.Signal) {
	i := slices.IndexFunc(f.inputs, func(in *input) bool { return in.name == s.Subject.Name })
	if i < 0 {
		i = len(f.inputs)
		f.inputs = append(f.inputs, &input{name: s.Subject.Name, segments: map[string]report.Signal{}, asked: map[string]bool{}})
	}
	in := f.inputs[i]
	segment := s.Subject.Segment
	if segment != "" {
		in.asked[segment] = true
	}
	if s.Status != report.Breach {
		return
	}
	switch {
	case segment != "":
		if old, ok := in.segments[segment]; !ok || stronger(s, &old) {
			in.segments[segment] = *s
		}
	case faulty(s):
		in.broken = append(in.broken, *s)
	case in.shift == nil || stronger(s, in.shift):
		in.shift = s
	}
}

// stronger compares signals of one subject: a drift of more standard deviations,
// or of the same evidence the larger value.
func stronger(s, old *report.Signal) bool {
	if drifts, was := s.Evidence == report.Drift, old.Evidence == report.Drift; drifts != was {
		return drifts
	}
	return s.Value > old.Value
}

// size is by how many standard deviations the feature has moved; 0 where it has
// not.
func (in *input) size() float64 {
	if in.shift == nil {
		return 0
	}
	return in.shift.Value
}
