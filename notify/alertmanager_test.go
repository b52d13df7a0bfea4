package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// manager is what Alertmanager would make of the posts: by incident and
// severity, the states it goes through.
func manager(t *testing.T, n *network, now time.Time) (told []string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	last := map[string]string{}
	for i, body := range n.bodies {
		var alerts []posted
		if err := json.Unmarshal([]byte(body), &alerts); err != nil {
			t.Fatal(err)
		}
		if got := n.seen[i].URL.Path; got != "/am/api/v2/alerts" {
			t.Fatalf("posted to %s", got)
		}
		slices.SortFunc(alerts, func(a, b posted) int { return strings.Compare(textOfLabels(a.Labels), textOfLabels(b.Labels)) })
		for _, a := range alerts {
			if !a.EndsAt.After(a.StartsAt) {
				t.Errorf("alert from %v to %v: Alertmanager refuses it", a.StartsAt, a.EndsAt)
			}
			state := "firing"
			if !a.EndsAt.After(now) {
				state = "resolved"
			}
			key := a.Labels["incident"] + " " + a.Labels["severity"] + " page=" + a.Labels["page"]
			if last[key] != state {
				last[key] = state
				told = append(told, key+" "+state)
			}
		}
	}
	return told
}

// steered is an Alertmanager notifier whose rounds are made by hand.
func steered(t *testing.T, n *network, c *clock, path string) *Alertmanager {
	t.Helper()
	a := &Alertmanager{
		URLs: []string{"http://am.example/am"}, Path: path, Transport: n, Logger: quiet(), Now: c.Now, after: c.After,
		Labels: map[string]string{"env": "test"},
	}
	return a
}

// rounds starts the notifier without its goroutine.
func rounds(t *testing.T, a *Alertmanager, r *report.Report) {
	t.Helper()
	if _, err := a.open(source{r}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.cancel)
	close(a.ended)
}

func round(t *testing.T, a *Alertmanager) error {
	t.Helper()
	return a.round(t.Context())
}

func TestAlertmanagerFollowsIncidents(t *testing.T) {
	n, c := &network{answers: []int{200}}, &clock{now: epoch.Add(time.Hour), stop: true}
	a := steered(t, n, c, "")
	rounds(t, a, of())
	must := func() {
		t.Helper()
		if err := round(t, a); err != nil {
			t.Fatal(err)
		}
	}
	low := open("x")
	low.Severity, low.Page = report.Low, false
	export(t, a, of(low))
	must()
	must() // resent
	export(t, a, of(open("x")))
	must() // escalated: the old labels end, new ones begin
	export(t, a, of(resolved(open("x"))))
	must()
	must()
	_, failed, alerts := a.Stats()
	same(t, "failed, followed", []any{failed, alerts}, []any{0, 0})
	same(t, "told", manager(t, n, c.now), []string{
		"x low page=false firing", "x low page=false resolved", "x high page=true firing", "x high page=true resolved",
	})
	var alert []posted
	if err := json.Unmarshal([]byte(n.bodies[0]), &alert); err != nil {
		t.Fatal(err)
	}
	same(t, "labels", textOfLabels(alert[0].Labels),
		`alertname="ModelIncident",env="test",incident="x",model="m",owner="ada",page="false",severity="low",version="2",`)
	same(t, "annotations", textOfLabels(alert[0].Annotations),
		`cause="amount: mean up",runbook="https://wiki.example/r",subjects="feature amount",summary="m: amount: mean up",`)
	same(t, "starts, ends", []any{alert[0].StartsAt, alert[0].EndsAt}, []any{epoch, c.now.Add(time.Hour)})
	if err := a.Shutdown(within(t)); err != nil {
		t.Fatal(err)
	}
}

// An outage in which one incident resolves and another opens and resolves, and a
// restart in the middle of it.
func TestAlertmanagerOutageAndRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts")
	n, c := &network{answers: []int{200}}, &clock{now: epoch.Add(time.Hour), stop: true}
	a := steered(t, n, c, path)
	rounds(t, a, of())
	export(t, a, of(open("a")))
	if err := round(t, a); err != nil {
		t.Fatal(err)
	}
	n.answer(0)
	export(t, a, of(open("b"), resolved(open("a"))))
	if err := round(t, a); err == nil {
		t.Fatal("want an error while nobody answers")
	}
	export(t, a, of(resolved(open("b")), resolved(open("a"))))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = a.Shutdown(ctx)

	n.answer(500, 200)
	again := steered(t, n, c, path)
	rounds(t, again, of(resolved(open("b")), resolved(open("a"))))
	for range 5 {
		_ = round(t, again)
	}
	told := manager(t, n, c.now)
	same(t, "told", told, []string{
		"a high page=true firing", "a high page=true resolved", "b high page=true firing", "b high page=true resolved",
	})
	posts := len(n.bodies)
	_ = round(t, again)
	same(t, "posts with nothing to say", len(n.bodies), posts)
	shut(t, again)
}

// What was open before a restart and is no longer is ended by the next life.
func TestAlertmanagerEndsWhatAVanishedPolicyHadOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts")
	n, c := &network{answers: []int{200}}, &clock{now: epoch.Add(time.Hour), stop: true}
	a := steered(t, n, c, path)
	rounds(t, a, of())
	export(t, a, of(open("a")))
	shut(t, a)
	again := steered(t, n, c, path)
	rounds(t, again, of())
	shut(t, again)
	same(t, "told", manager(t, n, c.now), []string{"a high page=true firing", "a high page=true resolved"})
}

// The goroutine posts news at once and again every Resend, and backs off.
func TestAlertmanagerResends(t *testing.T) {
	n, c := &network{answers: []int{0, 0, 200}, hold: make(chan struct{})}, &clock{now: epoch}
	a := steered(t, n, c, "")
	a.Resend, a.Backoff = time.Minute, Backoff{First: time.Second, Seed: 1}
	start(t, a, of(open("a")))
	for range 5 {
		n.hold <- struct{}{}
	}
	if err := a.Export(t.Context(), of(open("a"))); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("error %v, want the one of the first post that failed", err)
	}
	a.cancel()
	close(n.hold)
	<-a.ended
	if len(c.waits) < 4 || c.waits[0] > time.Second || c.waits[1] > 2*time.Second || c.waits[2] != time.Minute || c.waits[3] != time.Minute {
		t.Errorf("waits %v, want two short ones and then a minute each", c.waits)
	}
	_ = a.Shutdown(within(t))
}

func TestImpossibleAlertmanagers(t *testing.T) {
	for want, a := range map[string]*Alertmanager{
		"without URLs":       {},
		"want http://host":   {URLs: []string{"am:9093"}},
		"want a name":        {URLs: []string{"http://am"}, Labels: map[string]string{"a-b": "c"}},
		"and a value":        {URLs: []string{"http://am"}, Labels: map[string]string{"a": ""}},
		"the source is nil;": nil,
	} {
		var err error
		if a == nil {
			err = (&Alertmanager{URLs: []string{"http://am"}}).Start(nil)
		} else {
			err = a.Start(source{of()})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestAlertsAreBounded(t *testing.T) {
	n, c := &network{answers: []int{200}}, &clock{now: epoch, stop: true}
	a := steered(t, n, c, "")
	rounds(t, a, of())
	var all []report.Incident
	for i := range maxAlerts + 1 {
		all = append(all, open(fmt.Sprint(i)))
	}
	if err := a.Export(t.Context(), of(all...)); err == nil || !strings.Contains(err.Error(), "is not told") {
		t.Errorf("error %v, want one that names what is not told", err)
	}
	shut(t, a)
}
