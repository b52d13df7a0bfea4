package rollout

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// a report an hour after the last.
type feed struct {
	triggers *Triggers
	at       time.Time
	model    report.Model
}

func (f *feed) send(t *testing.T, n int, r report.Report) {
	t.Helper()
	for range n {
		f.at = f.at.Add(time.Hour)
		r.At, r.Model = f.at, f.model
		if err := f.triggers.Export(context.Background(), &r); err != nil {
			t.Fatal(err)
		}
	}
}

func breach(evidence report.Evidence) report.Report {
	return report.Report{Signals: []report.Signal{{Name: "performance.accuracy", Evidence: evidence, Value: .8, Status: report.Breach, Subject: report.Subject{Kind: report.KindModel}}}}
}

func incident(severity report.Severity, evidence report.Evidence, resolved time.Time) report.Report {
	return report.Report{Incidents: []report.Incident{{ID: "1", Severity: severity, Resolved: resolved, Cause: "amount moved up", Evidence: breach(evidence).Signals}}}
}

func TestTriggersFireOnce(t *testing.T) {
	dist := report.Distribution{Subject: report.Subject{Kind: report.KindFeature, Name: "country"},
		Labels: []string{"de", "fr", "at"}, Reference: []uint64{900, 100, 0}, Current: []uint64{80, 10, 10}}
	unseen := report.Signal{Name: "quality.unseen", Value: .07, Window: report.Window{Scale: 1}}
	small := unseen
	small.Value = .01
	for _, c := range []struct {
		name   string
		kind   TriggerKind
		report report.Report
		after  int // reports until it fires, 0 = never
	}{
		{"performance", TriggerPerformance, breach(report.Performance), 3},
		{"another breach", "", breach(report.Drift), 0},
		{"drift", TriggerDrift, incident(report.Medium, report.Drift, time.Time{}), 24},
		{"mild drift", "", incident(report.Low, report.Drift, time.Time{}), 0},
		{"resolved drift", "", incident(report.High, report.Drift, time.Unix(1, 0)), 0},
		{"incident of quality", "", incident(report.High, report.Quality, time.Time{}), 0},
		{"unseen", TriggerCoverage, report.Report{Signals: []report.Signal{unseen}}, 3},
		{"few unseen", "", report.Report{Signals: []report.Signal{small}}, 0},
		{"empty cells", TriggerCoverage, report.Report{Distributions: []report.Distribution{dist}}, 3},
	} {
		var fired []Trigger
		f := feed{triggers: &Triggers{OnFire: func(t Trigger) { fired = append(fired, t) }}, at: time.Unix(0, 0)}
		for n := 1; n <= 60; n++ {
			f.send(t, 1, c.report)
			if want := c.after > 0 && n >= c.after; (len(fired) == 1) != want || len(fired) > 1 {
				t.Fatalf("%s: %d fired after %d reports", c.name, len(fired), n)
			}
		}
		if c.after == 0 {
			continue
		}
		got := fired[0]
		if got.Kind != c.kind || got.Text == "" || len(got.Evidence)+len(got.Incidents) != 1 || got.At.Sub(got.Since) != time.Duration(c.after-1)*time.Hour {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestTriggersArmAgain(t *testing.T) {
	fired := 0
	f := feed{triggers: &Triggers{OnFire: func(Trigger) { fired++; panic("no") }, Rearm: 5}, at: time.Unix(0, 0), model: report.Model{Version: "1"}}
	bad, good := breach(report.Performance), report.Report{}
	expect := func(what string, want int) {
		t.Helper()
		if fired != want {
			t.Errorf("%s: %d fired, want %d", what, fired, want)
		}
	}
	f.send(t, 2, bad)
	f.send(t, 1, good)
	f.send(t, 2, bad)
	expect("never three in a row", 0)
	f.send(t, 1, bad)
	expect("three in a row", 1)
	f.send(t, 4, good)
	f.send(t, 10, bad)
	expect("quiet for four only", 1)
	f.send(t, 5, good)
	f.send(t, 3, bad)
	expect("quiet for five", 2)
	f.model.Version = "2"
	f.send(t, 2, bad)
	expect("a new version", 2)
	f.send(t, 1, bad)
	expect("a new version that is bad too", 3)
	if f.triggers.panics != 3 || len(f.triggers.Fired()) != 3 || f.triggers.Panel().State != "retrain" {
		t.Errorf("%d panics, %d kept, %s", f.triggers.panics, len(f.triggers.Fired()), f.triggers.Panel().State)
	}
	for total := range f.triggers.Totals() {
		if report.UnitOf(total.Name) == "" {
			t.Errorf("%s is not in the catalogue", total.Name)
		}
	}
}

func TestTriggerAge(t *testing.T) {
	var fired []Trigger
	trained := time.Unix(0, 0)
	f := feed{triggers: &Triggers{OnFire: func(t Trigger) { fired = append(fired, t) }, Trained: trained, Age: 90 * 24 * time.Hour}, at: trained.Add(89 * 24 * time.Hour)}
	f.send(t, 23, report.Report{})
	if len(fired) != 0 {
		t.Fatal("fired too young")
	}
	f.send(t, 30, report.Report{})
	if len(fired) != 1 || fired[0].Kind != TriggerAge || !strings.Contains(fired[0].Text, "90 days") {
		t.Errorf("%+v", fired)
	}
}

// A restart fires nothing twice and forgets nothing half held.
func TestTriggersSurvive(t *testing.T) {
	f := feed{triggers: &Triggers{}, at: time.Unix(0, 0).UTC()}
	f.send(t, 5, breach(report.Performance))
	f.send(t, 20, report.Report{Signals: breach(report.Performance).Signals, Incidents: incident(report.High, report.Drift, time.Time{}).Incidents})
	b, err := f.triggers.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var fired []Trigger
	f.triggers = &Triggers{OnFire: func(t Trigger) { fired = append(fired, t) }}
	if err := f.triggers.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	f.send(t, 4, report.Report{Signals: breach(report.Performance).Signals, Incidents: incident(report.High, report.Drift, time.Time{}).Incidents})
	if len(fired) != 1 || fired[0].Kind != TriggerDrift || fired[0].At.Sub(fired[0].Since) != 23*time.Hour {
		t.Errorf("%+v", fired)
	}
	for _, bad := range []string{"", "[]", `{"unheard":{}}`, `{"age":null}`, `{"age":{"Held":-1}}`} {
		if err := f.triggers.UnmarshalBinary([]byte(bad)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTriggersStart(t *testing.T) {
	for _, bad := range []*Triggers{{Coverage: 2}, {Age: time.Hour}, {Rearm: -1}} {
		if err := bad.Start(nil); err == nil {
			t.Errorf("%+v was taken", reflect.ValueOf(bad).Elem().Type())
		}
	}
	var e report.Exporter = &Triggers{}
	if err := errors.Join(e.Start(nil), e.Shutdown(context.Background())); err != nil {
		t.Error(err)
	}
}

func FuzzTriggers(f *testing.F) {
	f.Add([]byte(`{"age":{"Held":1,"Fired":true}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr := &Triggers{}
		if tr.UnmarshalBinary(data) != nil {
			return
		}
		if _, err := tr.MarshalBinary(); err != nil {
			t.Errorf("what was read cannot be saved: %v", err)
		}
		r := breach(report.Performance)
		_ = tr.Export(context.Background(), &r)
	})
}
