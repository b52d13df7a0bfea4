package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/notify"
	"github.com/tidemark-ml/tidemark/report"
)

// pager is the webhook receiver behind Alertmanager: it counts the notifications
// it was sent for each severity and state.
type pager struct {
	mu   sync.Mutex
	told map[string]int
}

// newPager serves it until the test ends and returns its URL.
func newPager(t *testing.T) (*pager, string) {
	t.Helper()
	p := &pager{told: map[string]int{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return p, server.URL
}

func (p *pager) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var group struct {
		Alerts []struct {
			Status string
			Labels map[string]string
		}
	}
	if err := json.NewDecoder(q.Body).Decode(&group); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range group.Alerts {
		p.told[a.Labels["severity"]+" "+a.Status]++
	}
}

func (p *pager) counts() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for what, n := range p.told {
		all = append(all, fmt.Sprintf("%s ×%d", what, n))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// alertmanager is a real one, that may be stopped and started again with what it
// had stored.
type alertmanager struct{ path, config, storage, address string }

// newAlertmanager writes its configuration: every alert at once to the pager, a
// group of its own for each set of labels, and never repeated.
func newAlertmanager(t *testing.T, hook string) *alertmanager {
	t.Helper()
	folder := t.TempDir()
	m := &alertmanager{
		path: program(t, "prometheus-alertmanager"), config: filepath.Join(folder, "am.yml"),
		storage: filepath.Join(folder, "data"), address: freeAddress(t),
	}
	text := "route: {receiver: pager, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 24h}\n" +
		fmt.Sprintf("receivers: [{name: pager, webhook_configs: [{url: %q, send_resolved: true}]}]\n", hook)
	if err := os.WriteFile(m.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// freeAddress is one that nobody listens at: the same must be found again after
// a restart, so the program cannot choose.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (m *alertmanager) start(ctx context.Context, t *testing.T) *process {
	t.Helper()
	p := start(t, m.path, "--config.file="+m.config, "--storage.path="+m.storage,
		"--web.listen-address="+m.address, "--cluster.listen-address=")
	eventually(ctx, t, func() error { return served("http://" + m.address + "/-/ready") })
	return p
}

// TestAlertmanager follows three incidents through a restart of the service and
// an outage of Alertmanager. Behind it each transition arrives once.
func TestAlertmanager(t *testing.T) {
	ctx := lasting(t)
	people, url := newPager(t)
	m := newAlertmanager(t, url)
	running := m.start(ctx, t)
	s := newService(t)
	a := s.notifier(m)
	expect := func(want ...string) {
		t.Helper()
		slices.Sort(want)
		eventually(ctx, t, func() error {
			if got := people.counts(); got != strings.Join(want, ", ") {
				return fmt.Errorf("told\n%s\nwant\n%s", got, strings.Join(want, ", "))
			}
			return nil
		})
	}
	s.begin(a)
	s.panes(a, 3, "quiet")
	s.panes(a, 1, "low") // opens with low severity
	expect("low firing ×1")
	s.panes(a, 1, "high") // escalates
	expect("low firing ×1", "low resolved ×1", "high firing ×1")

	// The service restarts, and on its way the incident resolves.
	s.end(a)
	s.restart()
	a = s.notifier(m)
	s.begin(a)
	s.panes(a, 8, "quiet")
	expect("low firing ×1", "low resolved ×1", "high firing ×1", "high resolved ×1")

	// Alertmanager is away; an incident opens meanwhile, and the service restarts.
	running.stop()
	s.panes(a, 40, "quiet") // it would be the same incident otherwise
	s.panes(a, 1, "high")
	s.end(a)
	s.restart()
	a = s.notifier(m)
	s.begin(a)
	s.panes(a, 1, "high")
	m.start(ctx, t)
	expect("low firing ×1", "low resolved ×1", "high firing ×2", "high resolved ×1")
	s.panes(a, 8, "quiet")
	expect("low firing ×1", "low resolved ×1", "high firing ×2", "high resolved ×2")

	// Resending is no news.
	time.Sleep(3 * time.Second) // some resends: there is nothing to wait for
	expect("low firing ×1", "low resolved ×1", "high firing ×2", "high resolved ×2")
	s.end(a)
}

// TestWebhook follows incidents through a restart of the service that loses its
// memory and an outage of the receiver. Under their keys each transition arrives
// once, in order.
func TestWebhook(t *testing.T) {
	s := newService(t)
	r := &inbox{seen: map[string]int{}}
	address := freeAddress(t)
	server := r.listen(t, address)
	hook := func() report.Exporter {
		return &notify.Webhook{
			URL: "http://" + address + "/hook", Secret: []byte("s"), Path: filepath.Join(s.folder, "outbox"),
			Backoff: notify.Backoff{First: 50 * time.Millisecond, Max: 200 * time.Millisecond},
		}
	}
	w := hook()
	s.begin(w)
	s.panes(w, 3, "quiet")
	s.panes(w, 1, "low")
	s.panes(w, 1, "high")
	ctx := lasting(t)
	arrived := func(n int) {
		t.Helper()
		eventually(ctx, t, func() error {
			if got := len(r.got()); got < n {
				return fmt.Errorf("%d messages, want %d", got, n)
			}
			return nil
		})
	}
	arrived(2)
	server.Close() // the receiver is away
	s.panes(w, 8, "quiet")
	s.end(w) // within its time nothing is delivered
	s.restart()
	w = hook()
	s.begin(w)
	s.panes(w, 2, "high") // reopens
	server = r.listen(t, address)
	defer func() { server.Close() }()
	s.panes(w, 8, "quiet")
	arrived(5)
	s.end(w)
	var told []string
	for _, tr := range s.told {
		told = append(told, tr.Key)
	}
	if got := r.got(); !slices.Equal(got, told) {
		t.Errorf("received\n%v\nof\n%v", got, told)
	}
	if len(told) != 5 {
		t.Errorf("%d transitions: %v", len(told), told)
	}
}

// inbox is a receiver that verifies, and drops what it has seen.
type inbox struct {
	mu    sync.Mutex
	seen  map[string]int
	order []string
}

func (r *inbox) listen(t *testing.T, address string) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(r)
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	return server
}

func (r *inbox) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(io.LimitReader(q.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := notify.Verify(q.Header.Get(notify.HeaderSignature), body, []byte("s"), time.Now(), time.Minute); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := q.Header.Get(notify.HeaderKey)
	if r.seen[key]++; r.seen[key] == 1 {
		r.order = append(r.order, key)
	}
}

func (r *inbox) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.order)
}
