package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// posted is an alert as the API wants it.
type posted struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
	key          string
	ended        bool
}

// batch is what is to be posted now, in an order that does not change.
func (a *Alertmanager) batch() []posted {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now().UTC()
	all := make([]posted, 0, len(a.alerts))
	for _, key := range slices.Sorted(maps.Keys(a.alerts)) {
		alert := a.alerts[key]
		p := posted{alert.Labels, alert.Annotations, alert.StartsAt, now.Add(a.expire()), alert.Link, key, false}
		if !alert.Ended.IsZero() && alert.Told {
			p.EndsAt, p.ended = alert.Ended, true
			if !p.EndsAt.After(p.StartsAt) {
				p.EndsAt = p.StartsAt.Add(time.Millisecond)
			}
		}
		all = append(all, p)
	}
	return all
}

// settle notes what a post has told, and whether there is more to tell at once.
func (a *Alertmanager) settle(batch []posted) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.accepted++
	for _, p := range batch {
		alert := a.alerts[p.key]
		if p.ended && alert != nil && !alert.Ended.IsZero() {
			delete(a.alerts, p.key)
			a.changed = true
		} else if alert != nil && !alert.Told {
			alert.Told, a.changed = true, true
		}
	}
	if err := a.save(); err != nil {
		a.trouble = errors.Join(a.trouble, err)
	}
}

// post posts a batch to all members. It succeeded where one has taken it: they
// share what they know.
func (a *Alertmanager) post(ctx context.Context, batch []posted) error {
	body, err := json.Marshal(batch)
	if err != nil {
		return fmt.Errorf("notify: encode alerts: %w", err)
	}
	var errs []error
	for _, target := range a.targets {
		if err := a.postTo(ctx, target, body); err != nil {
			errs = append(errs, fmt.Errorf("notify: %s: %w", target, err))
		}
	}
	if len(errs) < len(a.targets) {
		return nil
	}
	return errors.Join(errs...)
}

func (a *Alertmanager) postTo(ctx context.Context, target string, body []byte) (err error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout())
	defer cancel()
	defer func() {
		if p := recover(); p != nil { // of a transport of the user's
			err = fmt.Errorf("panic of type %T", p)
		}
	}()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range a.Header {
		q.Header[http.CanonicalHeaderKey(name)] = values
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "tidemark")
	return answer(a.client.Do(q)).err
}

// run posts what is new at once and everything every Resend, and after a failure
// as Backoff says.
func (a *Alertmanager) run(ctx context.Context) {
	defer close(a.ended)
	after := a.after
	if after == nil {
		after = time.After
	}
	backoff, failures := a.Backoff.resolved(), 0
	random := backoff.random()
	for {
		wait := a.resend()
		if err := a.round(ctx); err != nil && ctx.Err() == nil {
			failures++
			wait = min(wait, backoff.wait(failures, random))
			if failures == 1 {
				a.complain(err)
				a.logger().Warn("Alertmanager did not take the alerts, trying again", "in", wait, "error", err)
			}
		} else {
			failures = 0
		}
		wake := a.wake
		if failures > 0 {
			wake = nil // news wait with the rest
		}
		select {
		case <-wake:
		case <-after(wait):
		case <-ctx.Done():
			return
		}
	}
}

// complain keeps an error for the next Export.
func (a *Alertmanager) complain(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trouble = errors.Join(a.trouble, err)
}

// round posts once, if there is anything to post.
func (a *Alertmanager) round(ctx context.Context) error {
	batch := a.batch()
	if len(batch) == 0 {
		return nil
	}
	err := a.post(ctx, batch)
	if err == nil {
		a.settle(batch)
		return nil
	}
	a.mu.Lock()
	a.failed++
	a.mu.Unlock()
	return err
}
