package monitor_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// counting is a follower and a decider whose state is a number.
type counting struct{ n uint64 }

func (c *counting) Follow(_ *profile.Reference, rows []profile.Joined) { c.n += uint64(len(rows)) }
func (c *counting) Signals() []report.Signal {
	return []report.Signal{{Name: "test.count", Subject: report.Subject{Kind: report.KindModel}, Value: float64(c.n)}}
}
func (c *counting) Decide(*report.Report)          { c.n++ }
func (c *counting) MarshalBinary() ([]byte, error) { return fmt.Append(nil, c.n), nil }
func (c *counting) UnmarshalBinary(b []byte) error {
	_, err := fmt.Sscan(string(b), &c.n)
	return err
}

// hoursOf predicts hours, and labels most of each two hours later.
func hoursOf(t *testing.T, m *monitor.Monitor, from, to int) {
	t.Helper()
	for hour := from; hour < to; hour++ {
		predictHour(t, m, hour, 60)
		for i := range 55 {
			if hour >= 2 {
				m.LabelAt(t.Context(), idOf(hour-2, i), truthOf(i%3 == 0), hourEnd(hour))
			}
		}
		m.Record(t.Context(), idOf(hour, 1), "clicks", 2)
	}
}

// TestRestart: a monitor that is killed and started again sees the windows that it
// would have seen otherwise, those of predictions that waited for labels included.
func TestRestart(t *testing.T) {
	for name, first := range map[string][]monitor.Option{
		"reference": {withReference(t), monitor.WithLearning(monitor.Learning{Panes: 4})},
		"learned":   {monitor.WithLearning(monitor.Learning{Rows: 100, Panes: 4})},
	} {
		t.Run(name, func(t *testing.T) {
			start := func(dir string) (*monitor.Monitor, *truths, *counting, *counting) {
				e, f, d := &truths{}, &counting{}, &counting{}
				options := append(slices.Clone(first), quiet, monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Every: time.Hour, MinRows: 1}),
					monitor.WithEvaluators(e), monitor.WithFollowers(f), monitor.WithDecider(d), monitor.WithKPIs(monitor.KPI{Name: "clicks"}),
					monitor.WithCheckpoint(dir, time.Nanosecond))
				return newMonitor(t, options...), e, f, d
			}
			const hours, killed = 24, 13
			whole, want, wantFollower, wantDecider := start(t.TempDir())
			hoursOf(t, whole, 0, hours)
			whole.Flush(t.Context())

			dir := t.TempDir()
			before, seen, _, _ := start(dir)
			hoursOf(t, before, 0, killed)
			files, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint*"))
			if len(files) != 2 {
				t.Fatalf("files %v, want two generations", files)
			}
			copied := t.TempDir()
			for _, f := range files {
				b, _ := os.ReadFile(f)
				os.WriteFile(filepath.Join(copied, filepath.Base(f)), b, 0o600)
			}
			after, got, follower, decider := start(copied)
			if n := after.Report().Pane; n != killed-1 && n != killed-2 {
				t.Fatalf("restored at pane %d; events %+v", n, after.Report().Events)
			}
			hoursOf(t, after, killed-1, hours) // the hour that was open is observed again
			after.Flush(t.Context())
			if a, b := after.Report().Pane, whole.Report().Pane; a != b {
				t.Errorf("pane %d, without a restart %d", a, b)
			}
			if follower.n != wantFollower.n || decider.n != wantDecider.n {
				t.Errorf("follower %d, decider %d; without a restart %d and %d", follower.n, decider.n, wantFollower.n, wantDecider.n)
			}
			all := append(slices.Clone(seen.mature), got.mature...)
			last := map[report.Window]seenWindow{}
			for _, w := range all {
				last[w.window] = w
			}
			missing := 0
			for _, w := range want.mature {
				found, ok := last[w.window]
				if !ok {
					missing++
				}
				found.previous, w.previous = 0, 0
				if ok && found != w {
					t.Errorf("window\n%+v, without a restart\n%+v", found, w)
				}
			}
			if missing > 0 || len(last) != len(want.mature) {
				t.Errorf("%d windows missing of %d, %d seen", missing, len(want.mature), len(last))
			}
		})
	}
}

// TestDamagedCheckpoint: the generation before is used; without one, or for another
// model, the monitor starts afresh and says so.
func TestDamagedCheckpoint(t *testing.T) {
	dir := t.TempDir()
	start := func(dir string, options ...monitor.Option) *monitor.Monitor {
		return hourly(t, append(options, monitor.WithCheckpoint(dir, time.Nanosecond))...)
	}
	m := start(dir)
	for hour := range 6 {
		predictHour(t, m, hour, 30)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	older := files[0] + ".1"
	text := func(m *monitor.Monitor) (all string) {
		for _, e := range m.Report().Events {
			all += e.Text + "\n"
		}
		return all
	}
	copyOf := func(change func(newest []byte) []byte, keepOlder bool) string {
		to := t.TempDir()
		b, _ := os.ReadFile(files[0])
		os.WriteFile(filepath.Join(to, filepath.Base(files[0])), change(slices.Clone(b)), 0o600)
		if b, err := os.ReadFile(older); err == nil && keepOlder {
			os.WriteFile(filepath.Join(to, filepath.Base(older)), b, 0o600)
		}
		return to
	}
	same := func(b []byte) []byte { return b }
	torn := func(b []byte) []byte { return b[:len(b)/2] }
	flipped := func(b []byte) []byte { b[len(b)/3] ^= 4; return b }
	if got := start(copyOf(same, true)).Report().Pane; got != 5 {
		t.Errorf("pane %d restored, want 5", got)
	}
	for name, change := range map[string]func([]byte) []byte{"torn": torn, "flipped": flipped} {
		r := start(copyOf(change, true))
		if got := r.Report().Pane; got != 4 || !strings.Contains(text(r), "damaged") || !strings.Contains(text(r), "pane 4 restored") {
			t.Errorf("%s: pane %d restored: %s", name, got, text(r))
		}
	}
	if r := start(copyOf(torn, false)); r.Report().Pane != 0 || !strings.Contains(text(r), "not used") {
		t.Errorf("pane %d: %s", r.Report().Pane, text(r))
	}
	other, err := profile.Build(schemaOf[applicant](t), rowsOf(77, 3000))
	if err != nil {
		t.Fatal(err)
	}
	if r := start(copyOf(same, false), monitor.WithReference(other)); r.Report().Pane != 0 || !strings.Contains(text(r), "reference") {
		t.Errorf("of another reference: pane %d: %s", r.Report().Pane, text(r))
	}
}

// TestCheckpointAtShutdown: what was observed and labelled until then is there
// after a restart, on the clock as in event time.
func TestCheckpointAtShutdown(t *testing.T) {
	dir := t.TempDir()
	start := func() *monitor.Monitor {
		return newMonitor(t, withReference(t), quiet, monitor.WithCheckpoint(dir, time.Hour))
	}
	m := start()
	for i := range 40 {
		m.Observe(t.Context(), profile.Row{ID: idOf(0, i), Outcome: profile.Outcome{Score: .4}})
	}
	m.Shutdown(t.Context())
	m = start()
	for i := range 40 {
		m.Label(t.Context(), idOf(0, i), profile.Positive())
	}
	m.Flush(t.Context())
	if matched := labels(m, "matched"); matched != 40 || m.Report().Pane != 2 {
		t.Errorf("%d labels matched, pane %d", matched, m.Report().Pane)
	}
}

// What is other than at the last run stands on the timeline, once.
func TestLineage(t *testing.T) {
	dir := t.TempDir()
	run := func(version, code string) (lineage []string) {
		m := newMonitor(t, withReference(t), quiet, monitor.WithEventTime(), monitor.WithVersion(version),
			monitor.WithPanes(monitor.Panes{Every: time.Hour, MinRows: 1}), monitor.WithCheckpoint(dir, 0),
			monitor.WithProvenance(profile.Provenance{FeatureCode: code}))
		predictHour(t, m, 0, 30)
		m.Flush(t.Context())
		for _, e := range m.Report().Events {
			if e.Kind == "lineage" {
				lineage = append(lineage, e.Text)
			}
		}
		m.Shutdown(t.Context())
		return lineage
	}
	for i, c := range []struct{ version, code, want string }{
		{"1", "f7", ""}, {"1", "f7", ""}, {"2", "f7", "version 1 → 2"}, {"2", "f8", "feature code f7 → f8"},
	} {
		got := run(c.version, c.code)
		if c.want == "" && len(got) != 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("run %d: %q, want %q", i, got, c.want)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.lineage"))
	if len(files) == 0 {
		t.Fatal("nothing was noted")
	}
	os.WriteFile(files[0], []byte("torn"), 0o600)
	if got := run("3", "f8"); len(got) != 0 {
		t.Errorf("after a torn file: %q", got)
	}
	if got := run("4", "f8"); !slices.Contains(got, "version 3 → 4") {
		t.Errorf("it is not written anew: %q", got)
	}
}
