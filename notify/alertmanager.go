package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Alertmanager keeps an Alertmanager (v2 API, POST /api/v2/alerts) posted of the
// open incidents: each is an alert with the labels
//
//	alertname="ModelIncident" model version incident severity page
//	rule owner                (where there are)
//
// and the annotations summary, cause, subjects, runbook, muted, acknowledged_by.
// Route on page="true" and severity. An alert whose labels change, because the
// incident escalates or is acknowledged, ends and begins anew under the new ones.
//
// Alertmanager wants to be told again and again: open alerts are posted every
// Resend, and end by themselves Expire after the last post, so that a service
// that has died leaves nothing open for ever. What ended is posted as ended until
// Alertmanager has taken it; that it does not notify twice of the same alert is
// its own doing. Set the fields before Start; one serves one monitor and must not
// be copied after use.
type Alertmanager struct {
	// URLs are the addresses of all members of the cluster, as Alertmanager asks
	// for: "http://alertmanager:9093". All are posted to.
	URLs []string
	// Header is sent along, for instance an authorization.
	Header http.Header
	// Labels are added to each alert, for instance the environment.
	Labels map[string]string
	// Only, where set, selects the incidents that become alerts: in.Page for
	// pages alone.
	Only func(in report.Incident) bool
	// Link, where set, makes the generatorURL of an alert: a page of yours.
	Link func(in report.Incident) string
	// Path is a file in which is kept what Alertmanager believes to be open, so
	// that what was resolved during a restart is posted as such. Its folder must
	// exist. Without it that alert ends by Expire.
	Path string
	// Resend is how often open alerts are posted; 0 means 1 min. After a post
	// that failed it is sooner, see Backoff.
	Resend time.Duration
	// Expire ends alerts that are not posted any more; 0 means 1 h. It should be
	// longer than a restart takes.
	Expire time.Duration
	// Timeout of one post; 0 means 10 s.
	Timeout time.Duration
	// Backoff between posts that fail.
	Backoff Backoff
	// Transport of the requests; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Logger is told of trouble; nil means slog.Default.
	Logger *slog.Logger
	// Now is the clock of the alerts; nil means time.Now.
	Now func() time.Time

	after func(time.Duration) <-chan time.Time // for tests

	mu       sync.Mutex
	client   *http.Client
	targets  []string
	alerts   map[string]*active // by the text of their labels
	changed  bool               // since the file was written
	trouble  error
	started  bool
	closed   bool
	wake     chan struct{}
	cancel   context.CancelFunc
	ended    chan struct{}
	accepted uint64
	failed   uint64
}

var _ report.Exporter = (*Alertmanager)(nil)

// active is an alert that Alertmanager is being told of.
type active struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	// Ended is zero while the incident is open.
	Ended time.Time `json:"ended,omitzero"`
	// Told is whether it has been posted as open: one that ended before that is
	// first posted as open, or nobody would hear of it.
	Told bool   `json:"told"`
	Link string `json:"link,omitempty"`
}

// maxAlerts bounds the alerts followed, ended ones that could not be posted
// included.
const maxAlerts = 1000

// ErrFull is wrapped where more alerts wait for Alertmanager than are kept.
var ErrFull = errors.New("notify: too many alerts wait for Alertmanager")

// Start reads the file and begins to post.
func (a *Alertmanager) Start(source report.Source) error {
	ctx, err := a.open(source)
	if ctx != nil {
		go a.run(ctx)
	}
	return err
}

// open is Start without the goroutine; its context is nil where there is nothing
// to run.
func (a *Alertmanager) open(source report.Source) (context.Context, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if source == nil {
		return nil, errNoSource
	}
	if a.started {
		return nil, errStarted
	}
	if err := a.resolveTargets(); err != nil {
		return nil, err
	}
	var state map[string]*active
	_, aside, err := restore(a.Path, &state)
	if err != nil {
		return nil, err
	}
	if aside != nil {
		a.logger().Error("alerts of before are forgotten; Alertmanager ends them", "after", a.expire(), "error", aside)
	}
	a.alerts = map[string]*active{}
	for key, alert := range state {
		if alert != nil && len(a.alerts) < maxAlerts {
			a.alerts[key] = alert
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	a.started, a.cancel, a.wake, a.ended = true, cancel, make(chan struct{}, 1), make(chan struct{})
	a.client = &http.Client{Transport: a.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return ctx, a.take(source.Report())
}

func (a *Alertmanager) resolveTargets() error {
	if len(a.URLs) == 0 {
		return errors.New("notify: Alertmanager without URLs; name all members of its cluster, http://host:9093")
	}
	a.targets = nil
	for _, text := range a.URLs {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("notify: Alertmanager URL %q: want http://host:9093", text)
		}
		a.targets = append(a.targets, u.JoinPath("api/v2/alerts").String())
	}
	for name, value := range a.Labels {
		if !labelName(name) || value == "" {
			return fmt.Errorf("notify: Alertmanager label %q=%q: want a name of letters, digits and _, not beginning with a digit, and a value", name, value)
		}
	}
	return nil
}

func labelName(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func (a *Alertmanager) resend() time.Duration  { return cmp.Or(max(0, a.Resend), time.Minute) }
func (a *Alertmanager) expire() time.Duration  { return cmp.Or(max(0, a.Expire), time.Hour) }
func (a *Alertmanager) timeout() time.Duration { return cmp.Or(max(0, a.Timeout), 10*time.Second) }

func (a *Alertmanager) logger() *slog.Logger {
	if a.Logger != nil {
		return a.Logger
	}
	return slog.Default()
}

func (a *Alertmanager) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// Export notes what is open now; it waits for the file, never for Alertmanager.
// It returns what has gone wrong since the last time.
func (a *Alertmanager) Export(_ context.Context, r *report.Report) error {
	if r == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.started || a.closed {
		return errIdle
	}
	return a.take(r)
}

// take brings the alerts in line with a report.
func (a *Alertmanager) take(r *report.Report) error {
	now, open := a.now().UTC(), map[string]bool{}
	for i := range r.Incidents {
		in := &r.Incidents[i]
		if !in.Open() || a.Only != nil && !a.Only(*in) {
			continue
		}
		labels := a.labels(in)
		key := textOfLabels(labels)
		open[key] = true
		a.update(key, labels, in, now)
	}
	for key, alert := range a.alerts {
		if !open[key] && alert.Ended.IsZero() {
			alert.Ended, a.changed = now, true
			a.stir()
		}
	}
	err := errors.Join(a.trouble, a.save())
	a.trouble = nil
	return err
}

// update notes an open incident under its labels.
func (a *Alertmanager) update(key string, labels map[string]string, in *report.Incident, now time.Time) {
	alert := a.alerts[key]
	annotations := annotationsOf(in)
	switch {
	case alert == nil && len(a.alerts) >= maxAlerts:
		a.trouble = errors.Join(a.trouble, fmt.Errorf("%w: %d; incident %s is not told", ErrFull, len(a.alerts), in.ID))
		return
	case alert == nil:
		alert = &active{Labels: labels, StartsAt: now}
		if at := in.Opened.UTC(); at.Before(now) {
			alert.StartsAt = at // event time, unless it is ahead of the clock
		}
		a.alerts[key] = alert
	case !alert.Ended.IsZero(): // it is back
		alert.Ended = time.Time{}
	case maps.Equal(alert.Annotations, annotations):
		return
	}
	alert.Annotations, a.changed = annotations, true
	if a.Link != nil {
		alert.Link = a.Link(*in)
	}
	a.stir()
}

// stir asks for a post now.
func (a *Alertmanager) stir() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func (a *Alertmanager) save() error {
	if a.Path == "" || !a.changed {
		a.changed = false
		return nil
	}
	a.changed = false
	return save(a.Path, a.alerts)
}

// Stats returns how many posts were taken and how many were not, and the alerts
// followed.
func (a *Alertmanager) Stats() (accepted, failed uint64, alerts int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.accepted, a.failed, len(a.alerts)
}

// Shutdown posts once more and stops. Open alerts stay open at Alertmanager until
// the next start, or Expire.
func (a *Alertmanager) Shutdown(ctx context.Context) error {
	a.mu.Lock()
	started, closed := a.started, a.closed
	a.closed = true
	a.mu.Unlock()
	if !started || closed {
		return nil
	}
	a.cancel()
	<-a.ended
	err := a.round(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	err = errors.Join(err, a.trouble)
	a.trouble = nil
	return err
}
