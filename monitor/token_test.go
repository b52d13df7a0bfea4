package monitor_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// tokens returns those of n rows, one a minute.
func tokens(t testing.TB, m *monitor.Monitor, n int) (out []string) {
	t.Helper()
	at := epoch
	for row := range rowsOf(21, n) {
		row.ID, row.Time = idOf(0, len(out)), at
		token, err := m.Token(row)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, token)
		m.Observe(t.Context(), row)
		at = at.Add(time.Minute)
	}
	return out
}

// TestTokensLabelElsewhere: another process comes to the same counts by tokens as
// the one that predicted does by ids.
func TestTokensLabelElsewhere(t *testing.T) {
	count := func(m func(...monitor.Option) *monitor.Monitor, label func(*monitor.Monitor, int)) (got *profile.Outcomes) {
		mon := m(monitor.WithEvaluators(outcomesOf(func(c profile.Comparison) {
			if c.Window.Scale == 1 {
				got = c.Current.Outcomes.Counts()
			}
		})))
		for i := range 50 {
			label(mon, i)
			label(mon, i) // twice
		}
		mon.Flush(t.Context())
		if d := labels(mon, "duplicate"); d != 50 {
			t.Errorf("%d duplicates", d)
		}
		return got
	}
	var made []string
	here := count(func(o ...monitor.Option) *monitor.Monitor {
		m := hourly(t, o...)
		made = tokens(t, m, 50)
		return m
	}, func(m *monitor.Monitor, i int) { m.Label(t.Context(), idOf(0, i), truthOf(i%3 == 0)) })
	there := count(func(o ...monitor.Option) *monitor.Monitor { return hourly(t, o...) }, func(m *monitor.Monitor, i int) {
		if err := m.LabelToken(t.Context(), made[i], truthOf(i%3 == 0)); err != nil {
			t.Fatal(err)
		}
	})
	if there == nil || there.Labelled != 50 || there.Predictions != here.Predictions {
		t.Fatalf("there %+v, here %+v", there, here)
	}
	for i := range here.Binary {
		if here.Binary[i].N != there.Binary[i].N {
			t.Errorf("score cell %d: %v there, %v here", i, there.Binary[i].N, here.Binary[i].N)
		}
	}
	if len(made[0]) > 100 {
		t.Errorf("a token has %d bytes: %s", len(made[0]), made[0])
	}
}

// TestTokensAndIds: a token for a row that is followed here is a label as any
// other.
func TestTokensAndIds(t *testing.T) {
	m := hourly(t)
	made := tokens(t, m, 40)
	m.Label(t.Context(), idOf(0, 0), profile.Positive())
	m.Flush(t.Context())
	for _, token := range made[:10] {
		if err := m.LabelToken(t.Context(), token, profile.Negative()); err != nil {
			t.Fatal(err)
		}
	}
	m.Flush(t.Context())
	if matched, conflicting := labels(m, "matched"), labels(m, "conflicting"); matched != 10 || conflicting != 1 {
		t.Errorf("%d matched, %d conflicting", matched, conflicting)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	m := hourly(t)
	token := tokens(t, m, 1)[0]
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	raw[15] ^= 1
	other, err := profile.Build(schemaOf[applicant](t), rowsOf(77, 3000))
	if err != nil {
		t.Fatal(err)
	}
	foreign := tokens(t, newMonitor(t, monitor.WithReference(other), quiet, monitor.WithEventTime()), 1)[0]
	for name, token := range map[string]string{
		"empty": "", "not base64": "§§§", "short": token[:20], "damaged": base64.RawURLEncoding.EncodeToString(raw),
		"long": strings.Repeat("A", 1<<20), "foreign": foreign,
	} {
		if err := m.LabelToken(t.Context(), token, profile.Positive()); !errors.Is(err, monitor.ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := m.LabelToken(t.Context(), token, profile.Class("yes")); err == nil {
		t.Error("a class is the truth of a binary model")
	}
	if _, err := m.Token(profile.Row{Outcome: profile.Outcome{Score: 3}}); err == nil {
		t.Error("a token of a row without an answer")
	}
	if got := labels(m, "invalid"); got != 7 {
		t.Errorf("%d invalid labels", got)
	}
	learning := newMonitor(t, quiet)
	if _, err := learning.Token(profile.Row{}); err == nil || !strings.Contains(err.Error(), "being learned") {
		t.Errorf("while there are no cells: %v", err)
	}
}

func FuzzLabelToken(f *testing.F) {
	m := hourly(f)
	token := tokens(f, m, 1)[0]
	f.Add(token)
	f.Add(token[:30])
	f.Fuzz(func(t *testing.T, token string) {
		if err := m.LabelToken(t.Context(), token, profile.Positive()); err == nil {
			m.Flush(t.Context())
		}
	})
}
