package review

import (
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tidemark-ml/tidemark/profile"
)

// Case is a prediction that people might look at.
type Case struct {
	// ID is the prediction's; only its keyed hash leaves. A case without one can be
	// reviewed, but its verdict labels nothing.
	ID string
	// Token is an opaque reference by which the reviewers' page finds the case. It
	// leaves as it is, up to 128 bytes, so it must say nothing itself; "" is none.
	Token string
	// Values are the features in schema order. What leaves is copied and redacted
	// before Offer returns.
	Values  []profile.Value
	Outcome profile.Outcome
	// Reasons are those the caller knows of; Random needs no saying.
	Reasons Reasons
}

// Item is a case that was chosen, redacted, as it goes to reviewers.
type Item struct {
	// Item names it: the keyed hash of the prediction's id, see [Queue.Hash].
	Item     string    `json:"item"`
	Token    string    `json:"token,omitempty"`
	Offered  time.Time `json:"offered"`
	Released time.Time `json:"released"`
	// Answer is what the model decided: a class, or a number for a regression.
	Answer Answer `json:"answer"`
	// Score is the model's, 0 where it has none that is finite.
	Score    float64   `json:"score"`
	Features []Feature `json:"features"`
	Why      []Why     `json:"why"`
	// Probability is that of this case to be chosen for any of its reasons. One
	// over it is the weight that makes estimates from reviewed cases estimates of
	// all cases.
	Probability float64 `json:"probability"`
}

// Answer is a class or a number.
type Answer struct {
	Class  string   `json:"class,omitempty"` // positive and negative for a binary model
	Number *float64 `json:"number,omitempty"`
}

// Feature is one redacted input.
type Feature struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	// Withheld says why there is no value: "missing", "sensitive", "undeclared" (a
	// label that the schema does not list), "embedding", "invalid".
	Withheld string `json:"withheld,omitempty"`
}

const maxToken = 128

// redact writes what may leave of the values. Sensitive features never do, labels
// only where the schema lists them, embeddings not at all.
func redact(s *profile.Schema, values []profile.Value) []Feature {
	features := make([]Feature, s.Len())
	for i := range features {
		v := profile.Missing()
		if i < len(values) {
			v = values[i]
		}
		f := s.Feature(i)
		text, withheld := shown(&f, v)
		features[i] = Feature{Name: f.Name, Value: text, Withheld: withheld}
	}
	return features
}

func shown(f *profile.Feature, v profile.Value) (text, withheld string) {
	switch {
	case f.Sensitive:
		return "", "sensitive"
	case v.IsMissing():
		return "", "missing"
	case f.Kind == profile.Embedding:
		return "", "embedding"
	case f.Kind == profile.Categorical:
		return listed(f, v)
	}
	x, ok := v.Number()
	if !ok || x-x != 0 {
		return "", "invalid"
	}
	if f.Kind == profile.Boolean {
		return strconv.FormatBool(x != 0), ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64), ""
}

// listed shows a label that the schema lists: as the schema writes it, so that no
// byte of the caller's is kept.
func listed(f *profile.Feature, v profile.Value) (text, withheld string) {
	label, ok := v.Text()
	if !ok {
		label = v.String() // a whole number that is a code, or a truth value
	}
	for _, declared := range f.OneOf {
		if declared == label {
			return declared, ""
		}
	}
	return "", "undeclared"
}

// decision is what the model decided, as an index of the classes (negative 0,
// positive 1) and −1 where it decided for none.
func decision(t profile.Target, o profile.Outcome) int {
	switch t.Task {
	case profile.BinaryTask:
		if o.Score != o.Score {
			return -1
		}
		if o.Score >= t.Threshold {
			return 1
		}
		return 0
	case profile.MulticlassTask:
		best := -1
		for i, name := range t.Classes {
			if name == o.Class {
				return i
			}
		}
		if o.Class != "" || len(o.Probabilities) != len(t.Classes) {
			return -1
		}
		for i, p := range o.Probabilities {
			if p == p && (best < 0 || p > o.Probabilities[best]) {
				best = i
			}
		}
		return best
	}
	return -1
}

// classes are the names by index.
func classes(t profile.Target) []string {
	switch t.Task {
	case profile.BinaryTask:
		return []string{"negative", "positive"}
	case profile.MulticlassTask:
		return t.Classes
	}
	return nil
}

func (q *Queue) answer(o profile.Outcome) (a Answer, score float64) {
	if score = o.Score; score-score != 0 {
		score = 0
	}
	if q.classes == nil {
		if o.Score-o.Score == 0 {
			a.Number = &score
		}
		return a, score
	}
	d := decision(q.policy.Schema.Target(), o)
	if d >= 0 {
		a.Class = q.classes[d]
		if len(o.Probabilities) == len(q.classes) && o.Probabilities[d]-o.Probabilities[d] == 0 {
			score = o.Probabilities[d]
		}
	}
	return a, score
}

// answerOf turns a truth into an answer of the schema's kind.
func (q *Queue) answerOf(t profile.Truth) (Answer, error) {
	if q.classes == nil {
		v, ok := t.Value()
		if !ok || v-v != 0 {
			return Answer{}, fmt.Errorf("review: the verdict on a regression must be a finite profile.Number")
		}
		return Answer{Number: &v}, nil
	}
	name := t.ClassName()
	if q.policy.Schema.Target().Task == profile.BinaryTask {
		v, ok := t.Value()
		if !ok || v != 0 && v != 1 {
			return Answer{}, fmt.Errorf("review: the verdict on a binary model must be profile.Positive or profile.Negative")
		}
		name = q.classes[int(v)]
	}
	if q.class(name) < 0 {
		return Answer{}, fmt.Errorf("review: the verdict %q is none of the classes %v", name, q.classes)
	}
	return Answer{Class: name}, nil
}

// truthOf is the inverse.
func (q *Queue) truthOf(a Answer) profile.Truth {
	switch {
	case a.Number != nil:
		return profile.Number(*a.Number)
	case q.policy.Schema.Target().Task == profile.MulticlassTask:
		return profile.Class(a.Class)
	case a.Class == "positive":
		return profile.Positive()
	}
	return profile.Negative()
}

// class returns the index of a class, −1 where there is none of that name.
func (q *Queue) class(name string) int {
	for i, c := range q.classes {
		if c == name {
			return i
		}
	}
	return -1
}

func clip(token string) string {
	if len(token) <= maxToken {
		return token
	}
	end := maxToken
	for end > 0 && !utf8.RuneStart(token[end]) {
		end--
	}
	return token[:end]
}
