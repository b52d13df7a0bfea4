package alert

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// One digest a day, of event time, with what paged nobody.
func TestDigest(t *testing.T) {
	d := stand{policy: &Policy{}}
	var digests []*report.Digest
	take := func(r *report.Report) {
		if r.Digest != nil {
			digests = append(digests, r.Digest)
		}
	}
	pulse := drift("pulse", 1, .7) // vetoed: one pane alone opens nothing
	for range 3 * 24 {
		signals := []report.Signal{drift("a", .5, 0)}
		switch d.pane {
		case 5:
			signals = append(signals, pulse)
		case 7:
			signals = append(signals, drift("low", 1e-9, .15))
		case 9, 10:
			signals = append(signals, drift("warm", 2e-4/2, .3))
		case 30:
			signals = append(signals, drift("high", 1e-9, 2))
		}
		take(d.next(signals...))
	}
	same(t, "digests", len(digests), 3)
	one, two, three := digests[0], digests[1], digests[2]
	same(t, "to", one.To, epoch.Add(24*time.Hour))
	same(t, "next", two.From, one.To)
	same(t, "incidents", []int{len(one.Incidents), one.Paged, len(two.Incidents), two.Paged, three.Paged}, []int{1, 0, 1, 1, 0})
	same(t, "quiet", []bool{one.Quiet(), two.Quiet(), three.Quiet()}, []bool{false, false, true})
	text := one.String()
	for _, want := range []string{
		"m, 2026-03-01 01:00 to 2026-03-02 00:00 UTC: alert\n",
		"(low, alert): low: mean up 0.1 sd", "transient feature pulse: drift.shift: mean up 0.7 sd, in 1 pane\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the digest lacks %q:\n%s", want, text)
		}
	}
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	var back report.Digest
	if err := json.Unmarshal(b, &back); err != nil || back.String() != text {
		t.Errorf("JSON does not give it back: %v", err)
	}
}

func TestDigestOfNothing(t *testing.T) {
	d := stand{policy: &Policy{}}
	var found *report.Digest
	for range 24 {
		if r := d.next(drift("a", .5, 0)); r.Digest != nil {
			found = r.Digest
		}
	}
	if found == nil || !found.Quiet() || !strings.HasSuffix(found.String(), "nothing to report\n") {
		t.Errorf("digest %v, want one that says that there is nothing", found)
	}
}

func TestDigestTimes(t *testing.T) {
	at := func(hour int) time.Time { return epoch.Add(time.Duration(hour) * time.Hour) }
	ends := func(p *Policy, hours ...int) (ends []int) {
		for i, h := range hours {
			r := &report.Report{Pane: uint64(i + 1), At: at(h)}
			p.Decide(r)
			if r.Digest != nil {
				ends = append(ends, int(r.Digest.To.Sub(epoch)/time.Hour))
			}
		}
		return ends
	}
	for _, c := range []struct {
		name string
		p    *Policy
		when []int
		want []int
	}{
		{"midnight", &Policy{}, []int{1, 23, 24, 25, 48}, []int{24, 48}},
		{"seven in the morning", &Policy{DigestAt: 7 * time.Hour}, []int{1, 7, 8, 31}, []int{7, 31}},
		{"never", &Policy{DigestAt: -1}, []int{1, 24, 48}, nil},
		{"a pane over the end", &Policy{}, []int{20, 26, 47, 50}, []int{24, 48}},
		{"idle for days", &Policy{}, []int{20, 100, 120}, []int{24, 120}},
		{"time goes back", &Policy{}, []int{100, 1, 24}, []int{24}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ends(c.p, c.when...); !reflect.DeepEqual(got, c.want) {
				t.Errorf("digests end at %v, want %v", got, c.want)
			}
		})
	}
}

func TestDigestIsBounded(t *testing.T) {
	d := stand{policy: &Policy{WarnFactor: 1e9}}
	var signals []report.Signal
	for i := range maxNotes + 40 {
		signals = append(signals, drift(strings.Repeat("x", i+1), .3, .01))
	}
	for range 24 {
		d.next(signals...)
	}
	g := d.last.Digest
	same(t, "listed", len(g.Warnings), maxListed)
	if g.More < maxNotes-maxListed {
		t.Errorf("%d more; want all that are not listed", g.More)
	}
}
