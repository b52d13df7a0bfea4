package monitor_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

var predictions = flag.Int("predictions", 100_000, "predictions of TestEveryLabelIsAccountedFor")

// delayed is a label on its way.
type delayed struct {
	row   int
	truth profile.Truth
}

// TestEveryLabelIsAccountedFor: of many predictions 30 % get a label, after a
// random delay; 1 % of the labels come twice, 1 % are for nobody. What is kept is
// bounded, every label has one fate, and though the labels of one class are slow
// and rows had to be dropped, that class has its share of what came true.
func TestEveryLabelIsAccountedFor(t *testing.T) {
	const slowest = 500 // minutes
	var positives, labelled uint64
	every := time.Minute
	options := []monitor.Option{
		withReference(t), quiet, monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Every: 10 * every, MinRows: 1}),
		monitor.WithLabels(monitor.Labels{MaxDelay: (slowest + 10) * every, Maturity: 1, Capacity: *predictions / 20}),
		monitor.WithEvaluators(outcomesOf(func(c profile.Comparison) {
			if o := c.Current.Outcomes; !c.Early && c.Window.Scale == 1 {
				labelled += o.Labelled
				for _, cell := range o.Binary {
					positives += cell.N[1]
				}
			}
		})),
	}
	schema := schemaOf[applicant](t)
	bound, before := monitor.Footprint(schema, options...), heap()
	m := newMonitor(t, options...)
	r := rand.New(rand.NewPCG(5, 6))
	due := make([][]delayed, slowest+1) // by minute, a wheel
	const minutes = 2000
	sent, next := 0, 0
	send := func(row int, truth profile.Truth, at time.Time) {
		m.LabelAt(t.Context(), idOf(0, row), truth, at)
		sent++
	}
	values := []profile.Value{profile.Float(30), profile.Float(1), profile.String("car"), profile.Bool(true)}
	for minute := range minutes {
		at := epoch.Add(time.Duration(minute) * every)
		for ; next < *predictions*(minute+1)/minutes; next++ {
			m.Observe(t.Context(), profile.Row{ID: idOf(0, next), Time: at, Values: values, Outcome: profile.Outcome{Score: r.Float64()}})
			if r.IntN(10) >= 3 {
				continue
			}
			positive, delay := r.IntN(2) == 0, r.IntN(50)
			if positive {
				delay = slowest - 1 - delay // the labels of one class are slow
			}
			slot := (minute + delay) % len(due)
			due[slot] = append(due[slot], delayed{next, truthOf(positive)})
			switch r.IntN(100) {
			case 0:
				due[slot] = append(due[slot], delayed{next, truthOf(positive)})
			case 1:
				due[slot] = append(due[slot], delayed{-next - 1, truthOf(positive)})
			}
		}
		slot := minute % len(due)
		for _, l := range due[slot] {
			send(l.row, l.truth, at)
		}
		due[slot] = due[slot][:0]
	}
	used := heap() - before
	m.Flush(t.Context())
	var received float64
	for total := range m.Totals() {
		if (total.Name == report.TotalLabels && total.Attributes[0].Value != "complete") || total.Name == report.TotalLabelsWaiting {
			received += total.Value
			t.Logf("%v %v", total.Attributes, total.Value)
		}
	}
	if int(received) != sent {
		t.Errorf("%d labels sent, %v have a fate", sent, received)
	}
	for _, fate := range []string{"matched", "duplicate", "sampled"} {
		if labels(m, fate) == 0 {
			t.Errorf("no label is %s", fate)
		}
	}
	share := float64(positives) / float64(labelled)
	t.Logf("%d predictions, %d labels; %d of %d labelled rows of mature windows are of the slow class: %.3f; %d bytes used of %d",
		next, sent, positives, labelled, share, used, bound)
	if labelled < 1000 || share < .45 || share > .55 {
		t.Errorf("the slow class has a share of %.3f of %d, want one half", share, labelled)
	}
	if used > bound {
		t.Errorf("%d bytes used, the bound is %d", used, bound)
	}
}
