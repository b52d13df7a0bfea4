package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// hook returns a webhook on a network without one.
func hook(n *network, c *clock, path string) *Webhook {
	return &Webhook{
		URL: "http://receiver.example/hook", Secret: []byte("s"), Path: path, Transport: n, Logger: quiet(),
		Now: c.Now, after: c.After, Backoff: Backoff{Seed: 1},
	}
}

func start(t *testing.T, x report.Exporter, r *report.Report) {
	t.Helper()
	if err := x.Start(source{r}); err != nil {
		t.Fatal(err)
	}
}

func export(t *testing.T, x report.Exporter, r *report.Report) {
	t.Helper()
	if err := x.Export(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func shut(t *testing.T, x report.Exporter) {
	t.Helper()
	if err := x.Shutdown(within(t)); err != nil {
		t.Fatal(err)
	}
}

// Each transition arrives in order, signed, with its key, as JSON that tells it.
func TestWebhookDelivers(t *testing.T) {
	n, c := &network{answers: []int{200}}, &clock{now: epoch}
	w := hook(n, c, "")
	w.Header, w.Digests = http.Header{"authorization": {"Bearer x"}}, true
	start(t, w, of())
	a := open("a")
	export(t, w, of(a))
	export(t, w, of(a))
	daily := of(resolved(a))
	daily.Digest = &report.Digest{Model: a.Model, From: epoch, To: epoch.Add(24 * time.Hour)}
	export(t, w, daily)
	shut(t, w)
	same(t, "keys", n.keys(), "a/opened/0 a/resolved/0 m/2/digest/2026-03-02T00:00:00Z")
	same(t, "stats", w.Stats(), Stats{Delivered: 3})
	q := n.seen[0]
	same(t, "headers", []string{q.Header.Get("Content-Type"), q.Header.Get("Authorization")}, []string{"application/json", "Bearer x"})
	if err := Verify(q.Header.Get(HeaderSignature), []byte(n.bodies[0]), w.Secret, epoch, time.Minute); err != nil {
		t.Error(err)
	}
	var m Message
	if err := json.Unmarshal([]byte(n.bodies[0]), &m); err != nil {
		t.Fatal(err)
	}
	same(t, "message", []any{m.Schema, m.Key, m.Transition.Page, m.Transition.Incident.Cause}, []any{1, "a/opened/0", true, "amount: mean up"})
	same(t, "text", m.Text, "m 2: incident opened (high): amount: mean up — https://wiki.example/r")
	if err := json.Unmarshal([]byte(n.bodies[2]), &m); err != nil || m.Digest == nil || !strings.Contains(m.Text, "nothing to report") {
		t.Errorf("the digest arrived as %s", n.bodies[2])
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []int
		want    Stats
	}{
		{"accepted", []int{204}, Stats{Delivered: 1}},
		{"seen before", []int{409}, Stats{Delivered: 1}},
		{"no connection, then accepted", []int{0, 0, 202}, Stats{Delivered: 1, Retried: 2}},
		{"trouble over there", []int{500, 503, 429, 408, 200}, Stats{Delivered: 1, Retried: 4}},
		{"refused", []int{400}, Stats{Rejected: 1}},
		{"not authorized", []int{401}, Stats{Rejected: 1}},
		{"a redirect", []int{301}, Stats{Rejected: 1}},
		{"never", []int{500}, Stats{Expired: 1, Retried: 300}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &network{answers: c.answers, header: http.Header{}}
			k := &clock{now: epoch}
			w := hook(n, k, "")
			start(t, w, of())
			export(t, w, of(open("a")))
			err := w.Shutdown(within(t))
			got := w.Stats()
			if c.want.Expired > 0 {
				if k.now.Sub(epoch) < 24*time.Hour || got.Retried < c.want.Retried {
					t.Errorf("given up after %v and %d attempts", k.now.Sub(epoch), got.Retried)
				}
				got.Retried = c.want.Retried
			}
			same(t, "stats", got, c.want)
			if lost := c.want.Rejected+c.want.Expired > 0; lost != (err != nil) || lost && !strings.Contains(err.Error(), "a/opened/0") {
				t.Errorf("error %v; want one that names what is lost, or none", err)
			}
		})
	}
}

// Waiting grows, stays within its bounds, heeds Retry-After, and is the same for
// the same seed.
func TestBackoffGrows(t *testing.T) {
	waits := func(seed uint64) []time.Duration {
		n := &network{answers: []int{500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 200}, header: http.Header{"Retry-After": {"3"}}}
		c := &clock{now: epoch}
		w := hook(n, c, "")
		w.Backoff = Backoff{First: time.Second, Max: time.Minute, Seed: seed}
		start(t, w, of())
		export(t, w, of(open("a")))
		shut(t, w)
		return c.waits
	}
	first := waits(7)
	for i, got := range first {
		whole := min(time.Minute, time.Second<<i)
		if low := max(whole/2, 3*time.Second); got < low || got > max(whole, 3*time.Second) {
			t.Errorf("wait %d is %v, want %v to %v", i+1, got, low, whole)
		}
	}
	same(t, "waits of the same seed", waits(7), first)
	if fmt.Sprint(waits(8)) == fmt.Sprint(first) {
		t.Error("another seed gives the same waits: replicas would come back all at once")
	}
	same(t, "attempts", len(first), 12)
}

// A receiver that hangs holds nobody up; what finds no room is counted.
func TestQueueIsBoundedAndNeverBlocks(t *testing.T) {
	n := &network{answers: []int{200}, hold: make(chan struct{})}
	w := hook(n, &clock{now: epoch}, "")
	w.Queue, w.Timeout = 3, time.Hour
	start(t, w, of())
	var all []report.Incident
	for i := range 10 {
		all = append([]report.Incident{open(fmt.Sprint(i))}, all...)
	}
	err := w.Export(t.Context(), of(all...))
	if err == nil || !strings.Contains(err.Error(), "7 notifications dropped") {
		t.Errorf("error %v, want one that says how many were dropped", err)
	}
	same(t, "stats", w.Stats(), Stats{Pending: 3, Dropped: 7})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = w.Shutdown(ctx)
	if err == nil || !strings.Contains(err.Error(), "3 notifications undelivered") {
		t.Errorf("error %v, want one that says how many are lost", err)
	}
	if err := w.Export(t.Context(), of()); err == nil {
		t.Error("want an error after Shutdown")
	}
}

// A process ends in the middle, without Shutdown, the receiver away; the next one
// finds what was pending and what has been told.
func TestPendingSurvivesACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox")
	n := &network{answers: []int{0}}
	w := hook(n, &clock{now: epoch, stop: true}, path)
	start(t, w, of())
	a, b := open("a"), open("b")
	export(t, w, of(a))
	crash(t, w, path)

	export(t, w, of(b, a)) // of the next life of the file, not of this one
	n.answer(200)
	again := hook(n, &clock{now: epoch}, path+".crashed")
	start(t, again, of(resolved(a)))
	export(t, again, of(b, resolved(a)))
	shut(t, again)
	same(t, "delivered by the second", again.Stats().Delivered, 3)
	if keys := n.keys(); !strings.HasSuffix(keys, "a/opened/0 a/resolved/0 b/opened/0") {
		t.Errorf("keys %s", keys)
	}
	third := hook(n, &clock{now: epoch}, path+".crashed")
	before := len(n.seen)
	start(t, third, of(b, resolved(a)))
	shut(t, third)
	same(t, "nothing is told twice", len(n.seen), before)
}

// crash keeps the file as it is now, and stops the webhook.
func crash(t *testing.T, w *Webhook, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".crashed", data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = w.Shutdown(ctx)
	})
}

// Whatever is left of the file, the webhook starts, and what is open is told.
func TestTornFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "outbox")
	n, c := &network{answers: []int{200}}, &clock{now: epoch}
	w := hook(n, c, path)
	start(t, w, of())
	export(t, w, of(open("a")))
	shut(t, w)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 0; cut < len(whole); cut += 7 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		n := &network{answers: []int{200}}
		w := hook(n, c, path)
		start(t, w, of(open("b"), resolved(open("a"))))
		shut(t, w)
		same(t, fmt.Sprintf("told with %d of %d bytes", cut, len(whole)), n.keys(), "b/opened/0")
	}
	if err := os.WriteFile(path, append([]byte(magic+"\x09"), whole[5:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := hook(n, c, path).Start(source{of()}); !errors.Is(err, ErrVersion) {
		t.Errorf("error %v, want that the version is unknown", err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*.tmp"))
	same(t, "files left behind", len(files), 0)
}

// Without a file what is there at the start is not news.
func TestStartWithoutFile(t *testing.T) {
	n := &network{answers: []int{200}}
	w := hook(n, &clock{now: epoch}, "")
	start(t, w, of(open("a")))
	export(t, w, of(resolved(open("a"))))
	shut(t, w)
	same(t, "told", n.keys(), "a/resolved/0")
}

func TestOnly(t *testing.T) {
	n := &network{answers: []int{200}}
	path := filepath.Join(t.TempDir(), "outbox")
	w := hook(n, &clock{now: epoch}, path)
	w.Only = func(t report.Transition) bool { return t.Page }
	start(t, w, of())
	low := open("low")
	low.Page, low.Paged = false, 0
	export(t, w, of(open("a"), low))
	shut(t, w)
	same(t, "told", n.keys(), "a/opened/0")
}

func TestImpossibleWebhooks(t *testing.T) {
	for _, u := range []string{"", "receiver:80/x", "ftp://a/b", "http://"} {
		w := &Webhook{URL: u}
		if err := w.Start(source{of()}); err == nil || !strings.Contains(err.Error(), "want http://") {
			t.Errorf("%q: error %v", u, err)
		}
	}
	w := &Webhook{URL: "http://a.example/", Path: "/does/not/exist/outbox", Transport: &network{answers: []int{200}}, Logger: quiet()}
	start(t, w, of()) // the folder is missing: the first write says so
	if err := w.Export(t.Context(), of(open("a"))); err == nil || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("error %v, want one that names the file", err)
	}
	if err := w.Start(source{of()}); !errors.Is(err, errStarted) {
		t.Errorf("error %v, want that it is started", err)
	}
	_ = w.Shutdown(within(t))
	if err := (&Webhook{URL: "http://a/"}).Start(nil); err == nil {
		t.Error("want an error without a source")
	}
	if err := (&Webhook{}).Export(t.Context(), of()); err == nil {
		t.Error("want an error before Start")
	}
}

// Over a real connection, with a receiver that drops what it has seen.
func TestWebhookOverHTTP(t *testing.T) {
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		if err := Verify(q.Header.Get(HeaderSignature), body, []byte("s"), time.Now(), time.Minute); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		seen[q.Header.Get(HeaderKey)]++
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	w := &Webhook{URL: server.URL, Secret: []byte("s"), Transport: transport, Logger: quiet()}
	start(t, w, of())
	export(t, w, of(open("a")))
	shut(t, w)
	same(t, "seen", seen, map[string]int{"a/opened/0": 1})
	server.CloseClientConnections()
}
