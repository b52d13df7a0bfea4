package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// truths is an evaluator that remembers what it was asked about, and answers with
// the share of wrong decisions.
type truths struct {
	mature, early []seenWindow
	charts        int
}

type seenWindow struct {
	window               report.Window
	rows, predictions, n uint64
	positives            uint64
	previous             uint64
	slices               bool
	labelledReference    bool
}

func (*truths) Evaluate(profile.Comparison) []report.Signal { return nil }

func (e *truths) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	o := c.Current.Outcomes
	w := seenWindow{window: c.Window, rows: c.Current.Rows, predictions: o.Predictions, n: o.Labelled, slices: o.Slices != nil}
	for _, cell := range o.Binary {
		w.positives += cell.N[1]
	}
	if c.PreviousOutcomes != nil {
		w.previous = c.PreviousOutcomes.Labelled
	}
	if r := c.Reference.Profile().Outcomes; r != nil {
		w.labelledReference = r.Labelled > 0
	}
	if c.Early {
		e.early = append(e.early, w)
	} else {
		e.mature = append(e.mature, w)
	}
	mean, _ := o.Loss.Mean()
	return []report.Signal{{
		Name: "test.loss", Subject: report.Subject{Kind: report.KindMetric, Name: "loss"}, Window: c.Window,
		Value: mean, Evidence: report.Performance, P: .5, HasP: true,
	}}
}

func (e *truths) Charts(c profile.Comparison) []report.Chart {
	if c.Current.Outcomes == nil {
		return nil
	}
	e.charts++
	return []report.Chart{{Kind: report.Bars, Name: "test.chart", Window: c.Window}}
}

func (e *truths) at(scale int) (windows []seenWindow) {
	for _, w := range e.mature {
		if w.window.Scale == scale {
			windows = append(windows, w)
		}
	}
	return windows
}

var epoch = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// hourly is event time with a pane an hour.
func hourly(t testing.TB, options ...monitor.Option) *monitor.Monitor {
	t.Helper()
	return newMonitor(t, append([]monitor.Option{
		withReference(t), quiet, monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Every: time.Hour, MinRows: 1}),
	}, options...)...)
}

// predictHour observes n rows of an hour, with ids that name the hour and row.
func predictHour(t testing.TB, m *monitor.Monitor, hour, n int) {
	t.Helper()
	i := 0
	for row := range rowsOf(uint64(hour)+100, n) {
		row.ID = idOf(hour, i)
		row.Time = epoch.Add(time.Duration(hour)*time.Hour + time.Duration(i)*time.Hour/time.Duration(n+1))
		m.Observe(t.Context(), row)
		i++
	}
}

func idOf(hour, i int) string { return fmt.Sprintf("%d-%d", hour, i) }

func hourEnd(hour int) time.Time { return epoch.Add(time.Duration(hour+1) * time.Hour) }

func labels(s report.Source, fate string) int {
	return int(total(s, report.TotalLabels, report.Attribute{Key: report.AttrFate, Value: fate}))
}

// TestOutcomesByPredictionTime labels each hour's predictions two hours later: the
// windows are those of the predictions, complete and in order.
func TestOutcomesByPredictionTime(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e))
	const rows, hours = 100, 12
	for hour := range hours {
		predictHour(t, m, hour, rows)
		for i := range 10 {
			m.Label(t.Context(), idOf(hour, i), truthOf(i%3 == 0))
		}
		if from := hour - 2; from >= 0 {
			for i := 10; i < 90; i++ {
				m.LabelAt(t.Context(), idOf(from, i), truthOf(i%3 == 0), hourEnd(hour-1).Add(time.Minute))
			}
		}
	}
	m.Flush(t.Context())
	windows := e.at(1)
	if len(windows) != hours-2 {
		t.Fatalf("%d windows of one pane, want %d", len(windows), hours-2)
	}
	for i, w := range windows {
		want := seenWindow{
			window: report.Window{Start: hourEnd(i - 1), End: hourEnd(i), Scale: 1, Pane: uint64(i + 1), Maturity: .9},
			rows:   rows, predictions: rows, n: 90, positives: 30, slices: true, previous: 90,
		}
		if i == 0 {
			want.previous = 0
		}
		if w != want {
			t.Errorf("window %d is\n%+v, want\n%+v", i, w, want)
		}
	}
	if pairs := e.at(2); len(pairs) != hours-3 || pairs[0].n != 180 || pairs[2].previous != 180 {
		t.Errorf("windows of two panes: %+v", pairs)
	}
	if quads := e.at(4); len(quads) != hours-5 || quads[0].rows != 4*rows || quads[0].window.Start != epoch {
		t.Errorf("windows of four panes: %+v", quads)
	}
	if len(e.early) == 0 || e.early[0].window.Maturity != .1 {
		t.Errorf("early windows: %+v", e.early)
	}
	if got := labels(m, "matched"); got != (hours-2)*90+20 {
		t.Errorf("%d labels matched", got)
	}
	if len(m.Report().Charts) != 3 || e.charts == 0 {
		t.Errorf("%d charts in the report", len(m.Report().Charts))
	}
}

func truthOf(positive bool) profile.Truth {
	if positive {
		return profile.Positive()
	}
	return profile.Negative()
}

// TestLabelFates: a label may come before its row, twice, contradict itself, come
// too late, for nobody, or be none.
func TestLabelFates(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e), monitor.WithLabels(monitor.Labels{MaxDelay: 3 * time.Hour, Maturity: 1}))
	ctx := t.Context()
	m.Label(ctx, idOf(0, 1), profile.Positive()) // before its row
	m.Label(ctx, "nobody", profile.Positive())
	predictHour(t, m, 0, 50)
	m.Label(ctx, idOf(0, 2), profile.Positive())
	m.Label(ctx, idOf(0, 2), profile.Positive())
	m.Label(ctx, idOf(0, 2), profile.Negative())
	m.Label(ctx, idOf(0, 3), profile.Number(1))
	m.Label(ctx, idOf(0, 3), profile.Class("yes"))
	m.Label(ctx, idOf(0, 3), profile.Truth{})
	m.Label(ctx, "", profile.Positive())
	for hour := 1; hour < 6; hour++ {
		predictHour(t, m, hour, 50)
	}
	m.Label(ctx, idOf(0, 4), profile.Positive())
	m.Label(ctx, idOf(0, 4), profile.Positive())
	m.Flush(ctx)
	want := map[string]int{"matched": 2, "expired": 1, "duplicate": 2, "conflicting": 1, "invalid": 4, "late": 1, "unmatched": 0}
	for fate, n := range want {
		if got := labels(m, fate); got != n {
			t.Errorf("%d labels are %s, want %d", got, fate, n)
		}
	}
	if windows := e.at(1); len(windows) == 0 || windows[0].n != 2 || windows[0].positives != 2 || windows[0].predictions != 50 {
		t.Errorf("windows %+v", windows)
	}
}

// TestCompleteRows: rows that come with their truth need no join, and no id; they
// are mature at the end of their pane.
func TestCompleteRows(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e))
	at := epoch
	i := 0
	for row := range rowsOf(4, 500) {
		row.Time, row.Truth = at, truthOf(i%4 == 0)
		m.Observe(t.Context(), row)
		at, i = at.Add(time.Minute), i+1
	}
	windows := e.at(1)
	if len(windows) != 8 {
		t.Fatalf("%d windows", len(windows))
	}
	for _, w := range windows {
		if w.n != 60 || w.predictions != 60 || w.positives != 15 || w.window.Maturity != 1 || !w.slices {
			t.Errorf("window %+v", w)
		}
	}
	if got := labels(m, "complete"); got != 500 && got != 480 {
		t.Errorf("%d complete rows", got)
	}
}

// TestJudgedOnce: signals of a mature window go to the decider once, and stay in
// the reports, as they were judged, until newer ones replace them.
func TestJudgedOnce(t *testing.T) {
	judged := map[report.Window]int{}
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e), monitor.WithDecider(decide(func(r *report.Report) {
		for i := range r.Signals {
			s := &r.Signals[i]
			early := slices.ContainsFunc(s.Warnings, func(w report.Warning) bool { return w.Code == report.WarnEarly })
			if s.Name == "test.loss" && !early {
				judged[s.Window]++
				s.Status = report.Warn
			}
			if early && (s.Evidence != report.Describes || s.HasP) {
				t.Errorf("an early signal decides: %+v", s)
			}
		}
	})))
	label := func(hour int) {
		for i := range 40 {
			m.Label(t.Context(), idOf(hour, i), profile.Positive())
		}
	}
	for hour := range 5 {
		predictHour(t, m, hour, 40)
	}
	for hour := range 3 { // three cohorts become mature at once
		label(hour)
	}
	for hour := 5; hour < 9; hour++ {
		predictHour(t, m, hour, 40)
	}
	m.Flush(t.Context())
	if len(judged) != 3+2 {
		t.Errorf("%d windows judged, want three of one pane and two of two: %v", len(judged), judged)
	}
	for w, n := range judged {
		if n != 1 {
			t.Errorf("window %+v was judged %d times", w, n)
		}
	}
	r := m.Report()
	for scale := 1; scale <= 2; scale++ {
		s, ok := r.Find("test.loss", report.Subject{Kind: report.KindMetric, Name: "loss"}, scale)
		if !ok || s.Window.Pane != 3 || s.Status != report.Warn {
			t.Errorf("scale %d shows %+v, %t", scale, s, ok)
		}
	}
}

// TestLabelledReferenceIsLearned from the first mature cohorts, and anew after
// another reference was accepted.
func TestLabelledReferenceIsLearned(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e), monitor.WithLearning(monitor.Learning{Panes: 5}))
	hour := 0
	run := func(hours int) {
		for end := hour + hours; hour < end; hour++ {
			predictHour(t, m, hour, 50)
			for i := range 50 {
				m.Label(t.Context(), idOf(hour, i), truthOf(i%2 == 0))
			}
		}
	}
	run(10)
	learning := func(s report.Signal) bool {
		return slices.ContainsFunc(s.Warnings, func(w report.Warning) bool { return w.Code == report.WarnNoBlocks })
	}
	loss := func() report.Signal {
		s, _ := m.Report().Find("test.loss", report.Subject{Kind: report.KindMetric, Name: "loss"}, 1)
		return s
	}
	for i, w := range e.at(1) {
		if w.labelledReference != (i >= 5) {
			t.Errorf("window %d has a labelled reference: %t", i, w.labelledReference)
		}
	}
	if learning(loss()) {
		t.Error("it is still learning")
	}
	if !slices.ContainsFunc(m.Report().Events, func(e report.Event) bool { return e.Kind == "learned" }) {
		t.Errorf("events %+v", m.Report().Events)
	}
	if err := m.AcceptReference(4); err != nil {
		t.Fatal(err)
	}
	e.mature = nil
	run(3)
	if !learning(loss()) || e.at(1)[0].labelledReference {
		t.Error("what labels were like before is still known after another reference was accepted")
	}
}

// TestLabelsAtShutdown: labels that come after the last row are concluded from.
func TestLabelsAtShutdown(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e))
	predictHour(t, m, 0, 30)
	m.Flush(t.Context())
	for i := range 30 {
		m.Label(t.Context(), idOf(0, i), profile.Positive())
	}
	m.Shutdown(t.Context())
	if w := e.at(1); len(w) != 1 || w[0].n != 30 {
		t.Errorf("windows %+v", w)
	}
	m.Label(t.Context(), idOf(0, 0), profile.Positive())
	if got := labels(m, "dropped"); got != 1 {
		t.Errorf("%d labels dropped after shutdown", got)
	}
}

// TestManyPanesOfDelay: where labels may come much later than 64 panes, a cohort
// is several panes, and no prediction is lost.
func TestManyPanesOfDelay(t *testing.T) {
	e := &truths{}
	m := hourly(t, monitor.WithEvaluators(e), monitor.WithLabels(monitor.Labels{MaxDelay: 200 * time.Hour}))
	const hours, rows = 600, 6
	for hour := range hours {
		predictHour(t, m, hour, rows)
		if from := hour - 190; from >= 0 {
			for i := range 2 {
				m.Label(t.Context(), idOf(from, i), profile.Positive())
			}
		}
	}
	m.Flush(t.Context())
	windows := e.at(1)
	var predictions, n uint64
	end := epoch
	for _, w := range windows {
		if !w.window.Start.Equal(end) || w.window.Duration() != 4*time.Hour {
			t.Errorf("window %+v, the one before ended %v", w.window, end)
		}
		end = w.window.End
		predictions, n = predictions+w.predictions, n+w.n
	}
	if len(windows) < 90 || predictions != uint64(len(windows)*4*rows) || n != predictions/3 {
		t.Errorf("%d windows, %d predictions, %d labelled", len(windows), predictions, n)
	}
	if got := labels(m, "matched"); got != 2*(hours-190) {
		t.Errorf("%d labels matched", got)
	}
}

// TestReplicasMergeLabels: what two processes saw, added up, is what one would
// have seen.
func TestReplicasMergeLabels(t *testing.T) {
	outcomes := func(part func(i int) bool) *profile.Outcomes {
		var got *profile.Outcomes
		m := hourly(t, monitor.WithEvaluators(outcomesOf(func(c profile.Comparison) {
			if !c.Early && c.Window.Scale == 1 {
				got = c.Current.Outcomes.Counts()
			}
		})))
		i := 0
		for row := range rowsOf(7, 400) {
			row.ID, row.Time = idOf(0, i), epoch.Add(time.Second*time.Duration(i))
			if part(i) {
				m.Observe(t.Context(), row)
			}
			i++
		}
		for i := range 350 {
			if part(i) {
				m.LabelAt(t.Context(), idOf(0, i), truthOf(i%5 == 0), epoch.Add(time.Minute*time.Duration(i)))
			}
		}
		m.Flush(t.Context())
		return got
	}
	whole, a, b := outcomes(func(int) bool { return true }), outcomes(func(i int) bool { return i%2 == 0 }), outcomes(func(i int) bool { return i%2 == 1 })
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if a.Predictions != whole.Predictions || a.Labelled != whole.Labelled || a.Delays != whole.Delays {
		t.Errorf("%d of %d labelled, delays %v; one process: %d of %d, %v", a.Labelled, a.Predictions, a.Delays, whole.Labelled, whole.Predictions, whole.Delays)
	}
	for i := range whole.Binary {
		if a.Binary[i].N != whole.Binary[i].N {
			t.Errorf("score cell %d: %v, one process %v", i, a.Binary[i].N, whole.Binary[i].N)
		}
	}
}

// outcomesOf makes an evaluator of outcomes of a function.
type outcomesOf func(profile.Comparison)

func (outcomesOf) Evaluate(profile.Comparison) []report.Signal { return nil }

func (f outcomesOf) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	f(c)
	return nil
}

// TestLabelsConcurrently observes and labels from many goroutines while panes
// close: every label has a fate.
func TestLabelsConcurrently(t *testing.T) {
	m := newMonitor(t, withReference(t), quiet, monitor.WithEvaluators(&truths{}), monitor.WithKPIs(monitor.KPI{Name: "clicks"}),
		monitor.WithPanes(monitor.Panes{Every: 10 * time.Millisecond, MinRows: 1}))
	values := []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
	const callers, each = 8, 3000
	work := make(chan int, callers)
	for g := range callers {
		go func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for i := range each {
				m.Observe(context.Background(), profile.Row{ID: idOf(g, i), Values: values, Outcome: profile.Outcome{Score: .4}})
				m.Label(context.Background(), idOf(r.IntN(callers), r.IntN(i+1)), profile.Positive())
				m.Record(context.Background(), idOf(g, i), "clicks", 1)
			}
			work <- g
		}()
	}
	for range callers {
		<-work
	}
	m.Shutdown(context.Background())
	sum := 0
	for total := range m.Totals() {
		if total.Name == report.TotalLabels || total.Name == report.TotalLabelsWaiting {
			sum += int(total.Value)
		}
	}
	if sum != callers*each {
		t.Errorf("%d labels by fate, %d given", sum, callers*each)
	}
	t.Logf("matched %d, duplicate %d, dropped %d", labels(m, "matched"), labels(m, "duplicate"), labels(m, "dropped"))
}
