package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/notify"
	"github.com/tidemark-ml/tidemark/report"
)

// TestRestart kills a service with SIGKILL in the middle of its traffic and starts
// it again: it knows its incident and tells nobody of it again, its sum of small
// changes and its predictions that wait for labels go on, and the timeline says that
// there was a restart.
func TestRestart(t *testing.T) {
	ctx, folder := lasting(t), t.TempDir()
	told := &listening{}
	server := httptest.NewServer(told)
	defer server.Close()
	run := func() (*process, *client) {
		p := start(t, os.Args[0], serveCommand, folder, server.URL+"/hook", server.URL)
		return p, &client{t: t, url: p.await(ctx, t, `serving at (http://\S+)`)[1]}
	}
	p, c := run()
	f := &traffic{client: c, labels: map[string]bool{}}
	f.spoiled.Store(true)
	ended := f.run(ctx)

	// Age drifts all the time, and labels are noise until the sum is at its top.
	var before report.Report
	c.until(ctx, &before, func(r *report.Report) error {
		if cusum, ok := r.Find("concept.cusum", brier, 1); !ok || cusum.Value < 11.5 || len(opened(r)) == 0 || r.Pane < 6 {
			return fmt.Errorf("pane %d, %d incidents, the sum is %v", r.Pane, len(r.Incidents), cusum.Value)
		}
		return nil
	})
	f.spoiled.Store(false)
	healthy := time.Now()
	c.until(ctx, &before, func(r *report.Report) error {
		if cusum, _ := r.Find("concept.cusum", brier, 1); !cusum.Window.Start.After(healthy) {
			return errors.New("no pane of healthy labels is mature")
		}
		for _, id := range opened(r) {
			if told.keys(id+"/opened") == 0 || told.alerts() == 0 {
				return fmt.Errorf("nobody was told of incident %s", id)
			}
		}
		return nil
	})
	c.post(ctx, "/predict", heldBack(), nil)
	saved(ctx, t, folder)
	messages := told.count()
	if err := p.command.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	<-p.done
	if err := <-ended; err == nil {
		t.Fatal("the traffic ended before the process did")
	}

	restarted := time.Now()
	_, c = run()
	var after report.Report
	c.get(ctx, &after)
	for _, id := range opened(&before) {
		if !slices.Contains(opened(&after), id) {
			t.Errorf("incident %s is not known: %v", id, opened(&after))
		}
	}
	if after.Pane < before.Pane || !slices.ContainsFunc(after.Events, func(e report.Event) bool {
		return e.Kind == "restored" && strings.Contains(e.Text, "restarted: pane") && !e.At.Before(restarted.Add(-time.Second))
	}) {
		t.Errorf("pane %d after %d; the timeline: %+v", after.Pane, before.Pane, after.Events)
	}
	posts := told.posts()
	eventually(ctx, t, func() error { // Alertmanager is told again what is open, and that alone
		if told.posts() <= posts+1 {
			return errors.New("nothing was posted to Alertmanager")
		}
		return nil
	})
	if n := told.resolved(); n > 0 {
		t.Errorf("%d alerts were resolved by a restart", n)
	}

	// The labels that waited in front of the house: those of the predictions held back
	// are joined, those of the last moments are told again.
	held := map[string]bool{}
	for _, r := range heldBack() {
		held[r.ID] = true
	}
	matched := c.matched(ctx) // those from before the restart
	c.post(ctx, "/label", held, nil)
	eventually(ctx, t, func() error {
		if n := c.matched(ctx) - matched; n != len(held) {
			return fmt.Errorf("%d of %d labels matched", n, len(held))
		}
		return nil
	})
	f.mu.Lock()
	labels := f.labels
	f.mu.Unlock()
	c.post(ctx, "/label", labels, nil)
	f = &traffic{client: c, from: 1 << 30, labels: map[string]bool{}}
	ended = f.run(ctx)

	// A sum that began anew would be near 0.
	was, _ := before.Find("concept.cusum", brier, 1)
	c.until(ctx, &after, func(r *report.Report) error {
		if cusum, _ := r.Find("concept.cusum", brier, 1); !cusum.Window.End.After(was.Window.End) || r.Pane < before.Pane+3 {
			return fmt.Errorf("pane %d, no newer pane is mature: %v", r.Pane, cusum.Window)
		}
		return nil
	})
	now, _ := after.Find("concept.cusum", brier, 1)
	t.Logf("the sum was %.2f and is %.2f after %d more panes", was.Value, now.Value, after.Pane-before.Pane)
	if was.Value < 8 || now.Value < was.Value-5 || now.Value < 3.5 {
		t.Errorf("the sum was %v and is %v", was.Value, now.Value)
	}
	for _, key := range told.after(messages) {
		if strings.Contains(key, "/"+string(report.Opened)+"/") {
			t.Errorf("after the restart %s was told", key)
		}
	}
	f.stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

var brier = report.Subject{Kind: report.KindMetric, Name: "brier"}

// opened are the ids of the open incidents.
func opened(r *report.Report) (ids []string) {
	for i := range r.Incidents {
		if r.Incidents[i].Open() {
			ids = append(ids, r.Incidents[i].ID)
		}
	}
	return ids
}

// heldBack are predictions whose labels come after the restart.
func heldBack() (all []request) {
	for i := range 20 {
		all = append(all, request{ID: fmt.Sprint("held-", i), Amount: float64(i%5) - 2, Age: 55})
	}
	return all
}

// saved waits until a checkpoint has been written that began after now.
func saved(ctx context.Context, t *testing.T, folder string) {
	t.Helper()
	var last time.Time
	written := -1
	eventually(ctx, t, func() error {
		files, _ := filepath.Glob(filepath.Join(folder, "*.checkpoint"))
		if len(files) == 1 {
			if info, err := os.Stat(files[0]); err == nil && info.ModTime().After(last) {
				last = info.ModTime()
				written++
			}
		}
		if written < 2 {
			return fmt.Errorf("%d checkpoints since", written)
		}
		return nil
	})
}

// client asks the service.
type client struct {
	t   *testing.T
	url string
}

func (c *client) ask(ctx context.Context, method, path string, body any, to func(io.Reader) error) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, a.Status)
	}
	return to(a.Body)
}

func (c *client) post(ctx context.Context, path string, body, to any) {
	c.t.Helper()
	if err := c.ask(ctx, http.MethodPost, path, body, into(to)); err != nil {
		c.t.Fatal(err)
	}
}

func into(to any) func(io.Reader) error {
	return func(r io.Reader) error {
		if to == nil {
			return nil
		}
		return json.NewDecoder(r).Decode(to)
	}
}

// matched is how many labels have found their prediction.
func (c *client) matched(ctx context.Context) (n int) {
	c.t.Helper()
	err := c.ask(ctx, http.MethodGet, "/totals", nil, func(r io.Reader) error {
		b, err := io.ReadAll(r)
		_, after, _ := strings.Cut(string(b), "fate=matched ")
		_, scanned := fmt.Sscan(after, &n)
		return errors.Join(err, scanned)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func (c *client) get(ctx context.Context, r *report.Report) {
	c.t.Helper()
	*r = report.Report{}
	if err := c.ask(ctx, http.MethodGet, "/debug/model/report.json", nil, into(r)); err != nil {
		c.t.Fatal(err)
	}
}

// until asks for the report until it satisfies.
func (c *client) until(ctx context.Context, r *report.Report, satisfies func(*report.Report) error) {
	c.t.Helper()
	eventually(ctx, c.t, func() error {
		c.get(ctx, r)
		return satisfies(r)
	})
}

// traffic asks the service fifty times every 20 ms, and labels what it was answered.
type traffic struct {
	client  *client
	from    int
	spoiled atomic.Bool // labels have nothing to do with the answers
	cancel  context.CancelFunc

	mu     sync.Mutex
	labels map[string]bool
}

// run goes on until it is stopped, or fails.
func (f *traffic) run(ctx context.Context) <-chan error {
	ctx, f.cancel = context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		rng := rand.New(rand.NewPCG(uint64(f.from), 3))
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				ended <- nil
				return
			}
			if err := f.batch(ctx, rng); err != nil && ctx.Err() == nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

func (f *traffic) stop() { f.cancel() }

func (f *traffic) batch(ctx context.Context, rng *rand.Rand) error {
	all, truths := make([]request, 50), map[string]bool{}
	for i := range all {
		all[i] = request{ID: fmt.Sprint(f.from), Amount: rng.NormFloat64(), Age: 55 + 10*rng.NormFloat64()}
		f.from++
	}
	var scores []float64
	if err := f.client.ask(ctx, http.MethodPost, "/predict", all, into(&scores)); err != nil {
		return err
	}
	for i, p := range scores {
		if f.spoiled.Load() {
			p = .5
		}
		truths[all[i].ID] = rng.Float64() < p
	}
	f.mu.Lock()
	for id, truth := range truths {
		f.labels[id] = truth
	}
	f.mu.Unlock()
	return f.client.ask(ctx, http.MethodPost, "/label", truths, into(nil))
}

// listening is a receiver of webhooks, and an Alertmanager.
type listening struct {
	mu     sync.Mutex
	order  []string // keys
	sent   int      // posts of alerts
	ended  int      // alerts that have
	firing int
}

func (l *listening) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.URL.Path == "/hook" {
		l.order = append(l.order, q.Header.Get(notify.HeaderKey))
		return
	}
	var alerts []struct{ EndsAt time.Time }
	if err := json.NewDecoder(q.Body).Decode(&alerts); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.sent++
	for _, a := range alerts {
		if a.EndsAt.Before(time.Now()) {
			l.ended++
		} else {
			l.firing++
		}
	}
}

func (l *listening) read(what func() int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return what()
}

func (l *listening) count() int    { return l.read(func() int { return len(l.order) }) }
func (l *listening) posts() int    { return l.read(func() int { return l.sent }) }
func (l *listening) resolved() int { return l.read(func() int { return l.ended }) }
func (l *listening) alerts() int   { return l.read(func() int { return l.firing }) }

// keys counts messages whose key has a prefix.
func (l *listening) keys(prefix string) (n int) {
	for _, key := range l.after(0) {
		if strings.HasPrefix(key, prefix) {
			n++
		}
	}
	return n
}

// after are the keys of the messages after the first n.
func (l *listening) after(n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order[n:])
}
