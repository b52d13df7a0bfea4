package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tidemark-ml/tidemark/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// source has one report.
type source struct{ report *report.Report }

func (s source) Model() report.Model              { return report.Model{Name: "m"} }
func (s source) Report() *report.Report           { return s.report }
func (s source) Totals() iter.Seq[report.Total]   { return func(func(report.Total) bool) {} }
func (s source) History() iter.Seq[report.Series] { return func(func(report.Series) bool) {} }

func of(incidents ...report.Incident) *report.Report { return &report.Report{Incidents: incidents} }

// open is an incident that pages.
func open(id string) report.Incident {
	return report.Incident{
		ID: id, Model: report.Model{Name: "m", Version: "2"}, Severity: report.High, State: report.StateAlert,
		Opened: epoch, Updated: epoch, Cause: "amount: mean up", Page: true, Paged: 1, Owner: "ada", Runbook: "https://wiki.example/r",
		Subjects: []report.Subject{{Kind: report.KindFeature, Name: "amount"}},
	}
}

func resolved(in report.Incident) report.Incident {
	in.Resolved, in.State = epoch.Add(time.Hour), report.StateOK
	return in
}

// network answers requests without one. Each answer is used once, the last for
// ever: a status, or 0 for no connection.
type network struct {
	mu      sync.Mutex
	answers []int
	header  http.Header
	hold    chan struct{} // if not nil, requests wait for it
	seen    []*http.Request
	bodies  []string
}

func (n *network) RoundTrip(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	if n.hold != nil {
		select {
		case <-n.hold:
		case <-q.Context().Done():
			return nil, q.Context().Err()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen, n.bodies = append(n.seen, q), append(n.bodies, string(body))
	status := n.answers[0]
	if len(n.answers) > 1 {
		n.answers = n.answers[1:]
	}
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Header: n.header, Body: io.NopCloser(strings.NewReader("because"))}, nil
}

func (n *network) answer(status ...int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers = status
}

// keys are the idempotency keys of the requests so far.
func (n *network) keys() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var keys []string
	for _, q := range n.seen {
		keys = append(keys, q.Header.Get(HeaderKey))
	}
	return strings.Join(keys, " ")
}

// clock is a time that tests turn: waiting is over at once, and noted.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
	stop  bool // waiting never ends
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waits = append(c.waits, d)
	if c.stop {
		return nil
	}
	c.now = c.now.Add(d)
	over := make(chan time.Time, 1)
	over <- c.now
	return over
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
