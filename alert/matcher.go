package alert

import (
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// Matcher selects subjects. An empty field matches whatever there is, and the
// zero value matches everything; in Name and Segment a * stands for any run of
// characters.
type Matcher struct {
	Kind    report.Kind `json:"kind,omitempty"`
	Name    string      `json:"name,omitempty"`
	Segment string      `json:"segment,omitempty"` // "tenant=acme", "tenant=*"
	// Whole leaves subjects within a segment out.
	Whole bool `json:"whole,omitempty"`
}

// Match reports whether the subject is selected.
func (m Matcher) Match(s report.Subject) bool {
	switch {
	case m.Kind != "" && m.Kind != s.Kind, m.Whole && s.Segment != "":
		return false
	case m.Name != "" && !glob(m.Name, s.Name):
		return false
	}
	return m.Segment == "" || glob(m.Segment, s.Segment)
}

// glob matches text against a pattern of characters and *, in linear time for
// each star.
func glob(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}
