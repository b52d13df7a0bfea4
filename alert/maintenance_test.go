package alert

import (
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func TestMaintenanceOverlaps(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	// Every Sunday from 2 to 4 in the morning, in Berlin.
	sunday := Maintenance{Start: time.Date(2026, 3, 1, 2, 0, 0, 0, berlin), End: time.Date(2026, 3, 1, 4, 0, 0, 0, berlin), Days: 7}
	ended := sunday
	ended.Until = time.Date(2026, 3, 15, 0, 0, 0, 0, berlin)
	once := Maintenance{Start: epoch, End: epoch.Add(time.Hour)}
	for _, c := range []struct {
		name   string
		m      Maintenance
		start  time.Time
		length time.Duration
		want   bool
	}{
		{"once, within", once, epoch.Add(time.Minute), time.Minute, true},
		{"once, ends as it begins", once, epoch.Add(-time.Hour), time.Hour, false},
		{"once, begins as it ends", once, epoch.Add(time.Hour), time.Hour, false},
		{"once, around", once, epoch.Add(-time.Hour), 9 * time.Hour, true},
		{"first Sunday", sunday, time.Date(2026, 3, 1, 3, 0, 0, 0, berlin), time.Hour, true},
		{"before the first", sunday, time.Date(2026, 2, 22, 3, 0, 0, 0, berlin), time.Hour, false},
		{"Monday", sunday, time.Date(2026, 3, 2, 3, 0, 0, 0, berlin), time.Hour, false},
		{"summer time: the clock of the wall counts", sunday, time.Date(2026, 6, 7, 3, 59, 0, 0, berlin), time.Minute, true},
		{"and not that of winter", sunday, time.Date(2026, 6, 7, 4, 1, 0, 0, berlin), time.Minute, false},
		{"ten years on", sunday, time.Date(2036, 3, 2, 3, 0, 0, 0, berlin), time.Minute, true},
		{"a window of two weeks contains one", sunday, time.Date(2026, 4, 6, 0, 0, 0, 0, berlin), 14 * 24 * time.Hour, true},
		{"until then", ended, time.Date(2026, 3, 8, 3, 0, 0, 0, berlin), time.Hour, true},
		{"and no longer", ended, time.Date(2026, 3, 15, 3, 0, 0, 0, berlin), time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.m.Validate(); err != nil {
				t.Fatal(err)
			}
			same(t, "overlaps", c.m.overlaps(c.start, c.start.Add(c.length)), c.want)
		})
	}
}

func TestImpossibleMaintenance(t *testing.T) {
	for want, m := range map[string]Maintenance{
		"set Start and a later End": {Name: "a", Start: epoch, End: epoch},
		"never ends":                {Name: "b", Start: epoch, End: epoch.Add(25 * time.Hour), Days: 1},
		"0 (once) to 366":           {Name: "c", Start: epoch, End: epoch.Add(time.Hour), Days: -1},
		"has Until, yet":            {Name: "d", Start: epoch, End: epoch.Add(time.Hour), Until: epoch},
	} {
		err := (&Policy{Maintenance: []Maintenance{m}}).Validate()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", m, err, want)
		}
	}
}

// What alarms on the strength of a window that overlaps a maintenance is there,
// and pages nobody until a window without it alarms as well.
func TestMaintenanceRecordsAndDoesNotPage(t *testing.T) {
	at := func(pane int) time.Time { return epoch.Add(time.Duration(pane) * time.Hour) }
	night := []Maintenance{{Name: "move of the warehouse", Start: at(1), End: at(3)}} // panes 2 and 3
	var pages []bool
	d := stand{policy: &Policy{Maintenance: night}}
	play(&d, "-")
	for _, scene := range []string{"a", "a", "-", "-", "-", "-", "-", "-"} {
		play(&d, scene)
		pages = append(pages, d.last.Incidents[0].Page)
	}
	same(t, "pages", pages, make([]bool, 8))
	same(t, "recorded", story(d.last), "a resolved 9")
	same(t, "why", d.last.Incidents[0].Muted, "maintenance move of the warehouse")

	d = stand{policy: &Policy{Maintenance: night}}
	play(&d, "- a a")
	quiet := d.last
	d.next(scaled(drift("a", 1e-12, 1), 4)) // panes 1 to 4 contain it
	same(t, "a window that contains it", d.last.Incidents[0].Page, false)
	play(&d, "a")
	same(t, "still so after it", d.last.Incidents[0].Page, true)
	tr := Transitions(quiet, d.last)
	if len(tr) != 1 || tr[0].Change != Escalated || !tr[0].Page {
		t.Errorf("transitions %+v, want one that pages", tr)
	}
	same(t, "status", d.last.Signals[0].Status, report.Breach)
}
