package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// told plays a scene and returns the transitions, as words.
func told(d *stand, scene string) string {
	var words []string
	for word := range strings.FieldsSeq(scene) {
		times := 1
		if n, ok := strings.CutPrefix(word, "x"); ok {
			fmt.Sscan(n, &times)
			word = "-"
		}
		for range times {
			before := d.last
			play(d, word)
			for _, tr := range Transitions(before, d.last) {
				text := fmt.Sprintf("%d %s", d.pane, tr.Change)
				if tr.Page {
					text += " page"
				}
				words = append(words, text)
			}
		}
	}
	return strings.Join(words, ", ")
}

func silence(t *testing.T, p *Policy, s Silence) string {
	t.Helper()
	id, err := p.Silence(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSilence(t *testing.T) {
	until := func(pane int) time.Time { return epoch.Add(time.Duration(pane) * time.Hour) }
	for _, c := range []struct {
		name    string
		silence Silence
		scene   string
		want    string
	}{
		{"none", Silence{Subject: Matcher{Name: "other"}, Until: until(99)}, "a", "1 opened page"},
		{"of everything", Silence{Until: until(99)}, "a", "1 opened"},
		{"of the subject", Silence{Subject: Matcher{Name: "a"}, Until: until(99)}, "a a", "1 opened"},
		{"expires while it is open", Silence{Until: until(3)}, "a a a a", "1 opened, 3 escalated page"},
		{"expires after it resolved", Silence{Until: until(20)}, "a x30", "1 opened, 7 resolved"},
		{"of another kind of evidence", Silence{Evidence: report.KPI, Until: until(99)}, "a", "1 opened page"},
		{"not of all it consists of", Silence{Subject: Matcher{Name: "a"}, Until: until(99)}, "a ab", "1 opened, 2 escalated page"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := stand{policy: &Policy{}}
			c.silence.By = "ada"
			silence(t, d.policy, c.silence)
			same(t, "told", told(&d, c.scene), c.want)
		})
	}
}

func TestUnsilence(t *testing.T) {
	d := stand{policy: &Policy{}}
	s := Silence{Until: epoch.Add(99 * time.Hour), By: "ada", Comment: "known"}
	id := silence(t, d.policy, s)
	same(t, "the same again has the same id", silence(t, d.policy, s), id)
	same(t, "told", told(&d, "a"), "1 opened")
	same(t, "why", d.last.Incidents[0].Muted, "silenced by ada until 2026-03-05 03:00: known")
	same(t, "in force", len(d.policy.Silences()), 1)
	if err := d.policy.Unsilence(id); err != nil {
		t.Fatal(err)
	}
	same(t, "told", told(&d, "a"), "2 escalated page")
	if err := d.policy.Unsilence(id); err == nil {
		t.Error("want an error for a silence that is gone")
	}
}

func TestImpossibleSilences(t *testing.T) {
	p := &Policy{}
	for want, s := range map[string]Silence{
		"has no end":    {By: "ada"},
		"has no author": {Until: epoch, By: " "},
	} {
		if _, err := p.Silence(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for i := range maxSilences {
		silence(t, p, Silence{By: "ada", Rule: fmt.Sprint(i), Until: epoch})
	}
	if _, err := p.Silence(Silence{By: "ada", Until: epoch}); err == nil {
		t.Error("want an error beyond the limit")
	}
}

// Repeats come once a day until somebody takes the incident on; getting worse
// pages again.
func TestRepeatsAndAcknowledgement(t *testing.T) {
	every := func(scene string, n int) string { return strings.Repeat(scene+" ", n) }
	d := stand{policy: &Policy{}}
	same(t, "repeated", told(&d, every("a", 50)), "1 opened page, 25 reminded page, 49 reminded page")
	id := d.last.Incidents[0].ID
	if err := d.policy.Acknowledge(id, "ada", "looking", d.last.At); err != nil {
		t.Fatal(err)
	}
	same(t, "acknowledged", told(&d, every("a", 50)), "")
	same(t, "by", d.last.Incidents[0].Acknowledged.By, "ada")
	before := d.last
	d.next(drift("a", 1e-30, 9)) // nine times as far
	tr := Transitions(before, d.last)
	if len(tr) != 1 || tr[0].Change != Worsened || !tr[0].Page {
		t.Errorf("transitions %v, want one that it worsened, with a page", tr)
	}
	if err := d.policy.Acknowledge("x", "ada", "", epoch); err == nil || !strings.Contains(err.Error(), id) {
		t.Errorf("error %v; want one that names the open incidents", err)
	}
	if err := d.policy.Acknowledge(id, "", "", epoch); err == nil {
		t.Error("want an error where nobody is named")
	}

	never := stand{policy: &Policy{Repeat: -1}}
	same(t, "never repeated", told(&never, every("a", 50)), "1 opened page")
}
