package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Silence keeps incidents from paging until it expires. It hides nothing: they
// open, are shown and resolve as ever. One that is still open, and not silenced
// in all it consists of, pages when the silence ends.
type Silence struct {
	// ID is given by [Policy.Silence].
	ID string `json:"id"`
	// Subject, Evidence, Rule and Incident select what alarms; each empty one
	// matches anything. An incident is silenced where each of its subjects is.
	Subject  Matcher         `json:"subject,omitzero"`
	Evidence report.Evidence `json:"evidence,omitempty"`
	Rule     string          `json:"rule,omitempty"`
	Incident string          `json:"incident,omitempty"`
	// Until is when it expires, in event time.
	Until time.Time `json:"until"`
	// By and Comment say who wanted it, and why.
	By      string `json:"by"`
	Comment string `json:"comment,omitempty"`
}

// maxSilences bounds the silences in force.
const maxSilences = 256

// Silence adds a silence and returns its id; the same silence again has the same
// id and replaces the one before. It takes effect with the next report.
func (p *Policy) Silence(s Silence) (string, error) {
	if s.Until.IsZero() {
		return "", fmt.Errorf("alert: silence by %q has no end; set Until: what is silenced for good is forgotten", s.By)
	}
	if strings.TrimSpace(s.By) == "" {
		return "", fmt.Errorf("alert: silence until %s has no author; set By", s.Until.UTC().Format(time.RFC3339))
	}
	s.Until = plain(s.Until)
	for _, text := range silenceTexts(&s) {
		*text = cut(*text)
	}
	s.ID = s.identify()
	p.mu.Lock()
	defer p.mu.Unlock()
	all := slices.DeleteFunc(slices.Clone(p.state.silences), func(o Silence) bool { return o.ID == s.ID })
	if len(all) >= maxSilences {
		return "", fmt.Errorf("alert: %d silences are in force, which is the limit; end some with Unsilence, or match more with one", len(all))
	}
	p.state.silences = append(all, s)
	return s.ID, nil
}

// Unsilence ends a silence at once.
func (p *Policy) Unsilence(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.state.silences)
	p.state.silences = slices.DeleteFunc(slices.Clone(p.state.silences), func(s Silence) bool { return s.ID == id })
	if len(p.state.silences) == n {
		return fmt.Errorf("alert: no silence %q is in force; see Silences", id)
	}
	return nil
}

// Silences returns those in force as of the last report, oldest first.
func (p *Policy) Silences() []Silence {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.state.silences)
}

// Acknowledge notes that somebody has taken on an open incident: it is not
// repeated, and pages again only where it gets worse. It takes effect with the
// next report.
func (p *Policy) Acknowledge(incident, by, comment string, at time.Time) error {
	if strings.TrimSpace(by) == "" {
		return fmt.Errorf("alert: acknowledge %q: nobody is named; say who takes it on", incident)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var open []string
	for _, in := range p.state.incidents {
		if in.done {
			continue
		}
		if in.view.ID == incident {
			in.view.Acknowledged = &report.Acknowledgement{By: cut(by), At: stamp(at), Comment: cut(comment)}
			p.state.note(at, EventAcknowledged, "incident "+incident+" acknowledged by "+by)
			return nil
		}
		open = append(open, in.view.ID)
	}
	return fmt.Errorf("alert: acknowledge %q: no such open incident; open are %q", incident, open)
}

// matches tells whether the silence selects a subject of an incident.
func (s *Silence) matches(in *incident, m *member) bool {
	return (s.Incident == "" || s.Incident == in.view.ID) &&
		(s.Rule == "" || s.Rule == in.view.Rule) &&
		(s.Evidence == "" || s.Evidence == m.evidence.Evidence) &&
		s.Subject.Match(m.evidence.Subject)
}

// silenced returns the silence that ends first of those that an incident is
// covered by, or nil where one of its subjects is not.
func (s *state) silenced(in *incident) *Silence {
	var first *Silence
	for _, m := range in.members {
		var covers *Silence
		for i := range s.silences {
			if o := &s.silences[i]; o.matches(in, m) && (covers == nil || o.Until.After(covers.Until)) {
				covers = o
			}
		}
		if covers == nil {
			return nil
		}
		if first == nil || covers.Until.Before(first.Until) {
			first = covers
		}
	}
	return first
}

// expire drops the silences that have ended.
func (s *state) expire(at time.Time) {
	if at.IsZero() {
		return
	}
	s.silences = slices.DeleteFunc(s.silences, func(o Silence) bool { return !o.Until.After(at) })
}

func (s *Silence) identify() string {
	var b strings.Builder
	texts := silenceTexts(s)
	for _, text := range texts[1:] {
		fmt.Fprintf(&b, "%d:%s", len(*text), *text)
	}
	fmt.Fprint(&b, s.Subject.Whole, s.Until.UnixNano())
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:6])
}

func silenceTexts(s *Silence) [9]*string {
	return [9]*string{
		&s.ID, (*string)(&s.Subject.Kind), &s.Subject.Name, &s.Subject.Segment,
		(*string)(&s.Evidence), &s.Rule, &s.Incident, &s.By, &s.Comment,
	}
}
