package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Webhook posts each transition of an incident to a URL as JSON, see [Message],
// once or, where a confirmation was lost, more often under the same idempotency
// key. Posts are made in order on a goroutine of its own. Set the fields before
// Start; one Webhook serves one monitor and must not be copied after use.
//
// The receiver's answer decides: 2xx and 409 (it has seen the key) are accepted;
// 408, 425, 429, 5xx, no answer and no connection are tried again; anything else
// is a refusal, and the message is dropped, counted, and an error of the next
// Export. Redirects are refused: a post that follows one may arrive as a get.
type Webhook struct {
	// URL receives the posts; http or https.
	URL string
	// Secret signs them, see [Verify]. Without one they are not signed.
	Secret []byte
	// Header is sent along, for instance an authorization.
	Header http.Header
	// Only, where set, selects the transitions to post: t.Page for pages alone.
	Only func(t report.Transition) bool
	// Digests posts the daily digest as well.
	Digests bool
	// Path is a file that what is pending and what has been told is kept in, so
	// that both survive a restart and a crash. Its folder must exist. Without it
	// both are forgotten, and what is in the report at the start is not news.
	Path string
	// Queue is how many messages may wait; more are dropped and counted. 0 means
	// 256.
	Queue int
	// Timeout of one attempt; 0 means 10 s.
	Timeout time.Duration
	// GiveUp is how long a message is tried; 0 means a day.
	GiveUp time.Duration
	// Backoff between attempts.
	Backoff Backoff
	// Transport of the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Logger is told of trouble; nil means slog.Default.
	Logger *slog.Logger
	// Now is the clock of signatures and of GiveUp; nil means time.Now.
	Now func() time.Time

	after func(time.Duration) <-chan time.Time // for tests

	mu      sync.Mutex
	ledger  report.Ledger
	courier *courier
	client  *http.Client
	closed  bool
}

var _ report.Exporter = (*Webhook)(nil)

// Message is the JSON of a post: a transition or a digest.
type Message struct {
	Schema     int                `json:"schema"` // 1
	Key        string             `json:"key"`    // as in the header Idempotency-Key
	Transition *report.Transition `json:"transition,omitempty"`
	Digest     *report.Digest     `json:"digest,omitempty"`
	Text       string             `json:"text"` // for people, plain
}

// MessageSchema is the version of [Message].
const MessageSchema = 1

// Start reads the file, if there is one, and begins to post what was pending.
// What has happened since is told; without a file, and with a new one, only what
// is open of it.
func (w *Webhook) Start(source report.Source) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := url.Parse(w.URL)
	switch {
	case source == nil:
		return errNoSource
	case w.courier != nil:
		return errStarted
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("notify: webhook URL %q: want http://host/path or https://host/path", w.URL)
	}
	var state kept
	found, aside, err := restore(w.Path, &state)
	if err != nil {
		return err
	}
	if aside != nil {
		w.logger().Error("notifications of before are forgotten", "error", aside)
	}
	if found {
		if err := json.Unmarshal(state.Ledger, &w.ledger); err != nil {
			return fmt.Errorf("%w: %s: the ledger: %w", ErrCorrupt, w.Path, err)
		}
	}
	w.client = &http.Client{Transport: w.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w.courier = w.newCourier()
	w.courier.start(state)
	return w.tellAtStart(source.Report(), found)
}

// tellAtStart takes a report that was restored as news, as far as it is.
func (w *Webhook) tellAtStart(r *report.Report, found bool) error {
	switch {
	case w.Path == "":
		w.ledger.Know(r)
		return nil
	case !found:
		known := *r
		known.Incidents = slices.DeleteFunc(slices.Clone(r.Incidents), func(in report.Incident) bool { return in.Open() })
		w.ledger.Know(&known)
	}
	return w.take(r)
}

func (w *Webhook) logger() *slog.Logger {
	if w.Logger != nil {
		return w.Logger
	}
	return slog.Default()
}

func (w *Webhook) newCourier() *courier {
	now, after := w.Now, w.after
	if now == nil {
		now = time.Now
	}
	if after == nil {
		after = time.After
	}
	return &courier{
		limit: cmp.Or(max(0, w.Queue), 256), giveUp: cmp.Or(max(0, w.GiveUp), 24*time.Hour),
		timeout: cmp.Or(max(0, w.Timeout), 10*time.Second), backoff: w.Backoff.resolved(),
		attempt: w.post, path: w.Path, logger: w.logger(), now: now, after: after,
	}
}

// Export takes the transitions of a report in, and the digest where wanted; it
// waits for the file, never for the receiver. It returns what has gone wrong
// since the last time.
func (w *Webhook) Export(_ context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.courier == nil || w.closed {
		return errIdle
	}
	return w.take(r)
}

func (w *Webhook) take(r *report.Report) error {
	var messages []Message
	changes := w.ledger.Take(r)
	for _, t := range changes {
		if w.Only == nil || w.Only(t) {
			messages = append(messages, Message{Schema: MessageSchema, Key: t.Key, Transition: &t, Text: textOf(&t)})
		}
	}
	if d := r.Digest; d != nil && w.Digests {
		key := fmt.Sprintf("%s/%s/digest/%s", d.Model.Name, d.Model.Version, d.To.UTC().Format(time.RFC3339))
		messages = append(messages, Message{Schema: MessageSchema, Key: key, Digest: d, Text: d.String()})
	}
	if len(messages)+len(changes) == 0 {
		return w.courier.complaint()
	}
	var errs []error
	deliveries := make([]delivery, 0, len(messages))
	for _, m := range messages {
		body, err := json.Marshal(m)
		if err != nil {
			errs = append(errs, fmt.Errorf("notify: encode %s: %w", m.Key, err))
			continue
		}
		deliveries = append(deliveries, delivery{m.Key, body, w.courier.now()})
	}
	ledger, err := json.Marshal(w.ledger)
	if err != nil {
		errs = append(errs, fmt.Errorf("notify: encode the ledger: %w", err))
	}
	return errors.Join(append(errs, w.courier.put(deliveries, ledger))...)
}

// textOf is a line for people.
func textOf(t *report.Transition) string {
	in := &t.Incident
	name := in.Model.Name
	if in.Model.Version != "" {
		name += " " + in.Model.Version
	}
	text := fmt.Sprintf("%s: incident %s (%s): %s", name, t.Change, in.Severity, in.Cause)
	if in.Runbook != "" {
		text += " — " + in.Runbook
	}
	return text
}

// post makes one attempt.
func (w *Webhook) post(ctx context.Context, d delivery) verdict {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(d.Body))
	if err != nil {
		return verdict{err: err}
	}
	for name, values := range w.Header {
		q.Header[http.CanonicalHeaderKey(name)] = values
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "tidemark")
	q.Header.Set(HeaderKey, d.Key)
	if len(w.Secret) > 0 {
		q.Header.Set(HeaderSignature, sign(d.Body, w.Secret, w.courier.now()))
	}
	return answer(w.client.Do(q))
}

// maxAnswer is how much of an answer is read, so that the connection is used
// again.
const maxAnswer = 64 << 10

// answer judges the answer to a request.
func answer(r *http.Response, err error) verdict {
	if err != nil {
		return verdict{err: err, again: true}
	}
	defer r.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	switch code := r.StatusCode; {
	case code >= 200 && code < 300, code == http.StatusConflict:
		return verdict{}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return verdict{err: answered(r, said), again: true, after: retryAfter(r)}
	case code >= 300 && code < 400:
		return verdict{err: fmt.Errorf("%w, a redirect to %q; set the final URL", answered(r, said), r.Header.Get("Location"))}
	default:
		return verdict{err: answered(r, said)}
	}
}

func answered(r *http.Response, said []byte) error {
	return fmt.Errorf("the receiver answered %s %.200q", r.Status, said)
}

// retryAfter is the time a receiver asks for, in seconds; dates are not heeded.
func retryAfter(r *http.Response) time.Duration {
	seconds, err := strconv.ParseUint(r.Header.Get("Retry-After"), 10, 20)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// Stats returns what became of the messages since the start.
func (w *Webhook) Stats() Stats {
	w.mu.Lock()
	c := w.courier
	w.mu.Unlock()
	if c == nil {
		return Stats{}
	}
	return c.counts()
}

// Shutdown posts what it can until ctx ends. What is left stays in the file for
// the next start; without one it is lost, and an error says how much.
func (w *Webhook) Shutdown(ctx context.Context) error {
	w.mu.Lock()
	c, closed := w.courier, w.closed
	w.closed = true
	w.mu.Unlock()
	if c == nil || closed {
		return nil
	}
	return c.shutdown(ctx)
}
