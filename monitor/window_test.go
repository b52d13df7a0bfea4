package monitor_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// windowLog is an evaluator that writes down the windows it is shown.
type windowLog struct{ all []report.Window }

func (l *windowLog) Evaluate(c profile.Comparison) []report.Signal {
	l.all = append(l.all, c.Window)
	return nil
}

func (l *windowLog) option() monitor.Option { return monitor.WithEvaluators(l) }

func (l *windowLog) of(scale int) (out []report.Window) {
	for _, w := range l.all {
		if w.Scale == scale {
			out = append(out, w)
		}
	}
	return out
}

// shown checks what an evaluator is shown against the rule.
type shown struct {
	t     *testing.T
	kept  []*profile.Pane // every pane so far, oldest first
	count map[int]int
	last  map[int]uint64
}

func (s *shown) Evaluate(c profile.Comparison) []report.Signal {
	t, scale, n := s.t, c.Window.Scale, len(c.Panes)
	if scale == 1 {
		s.previous(c)
		s.kept = append(s.kept, c.Panes[0])
	}
	s.count[scale]++
	if gap := c.Window.Pane - s.last[scale]; s.last[scale] > 0 && gap != uint64(every(scale)) {
		t.Errorf("scale %d: evaluated %d panes after the time before", scale, gap)
	}
	s.last[scale] = c.Window.Pane
	if n != scale || !slices.Equal(c.Panes, s.kept[len(s.kept)-scale:]) {
		t.Fatalf("scale %d, pane %d: shown %d panes, not the newest", scale, c.Window.Pane, n)
	}
	if !c.Window.Start.Equal(c.Panes[0].Start) || !c.Window.End.Equal(c.Panes[n-1].End) || c.Window.Pane != uint64(len(s.kept)) {
		t.Errorf("scale %d: window %+v for panes from %v to %v, the last number %d", scale, c.Window, c.Panes[0].Start, c.Panes[n-1].End, len(s.kept))
	}
	s.current(c)
	return nil
}

// every is the rule: how many panes apart a scale is evaluated.
func every(scale int) int { return map[int]int{1: 1, 2: 1, 4: 1, 16: 4, 64: 16}[scale] }

// current checks that Current is the sum of the panes.
func (s *shown) current(c profile.Comparison) {
	sum := c.Reference.Geometry().New(profile.CountsOnly)
	for _, p := range c.Panes {
		if err := p.AddTo(sum); err != nil {
			s.t.Fatal(err)
		}
	}
	if c.Current.Rows != sum.Rows || c.Current.Errors != sum.Errors {
		s.t.Errorf("scale %d: %d rows, the panes have %d", c.Window.Scale, c.Current.Rows, sum.Rows)
	}
	for i := range sum.Columns {
		if a, b := &sum.Columns[i].Tally, &c.Current.Columns[i].Tally; !slices.Equal(a.Cells, b.Cells) || a.Missing != b.Missing || a.Total() != b.Total() {
			s.t.Errorf("scale %d, column %d: %+v, the panes have %+v", c.Window.Scale, i, b, a)
		}
	}
}

func (s *shown) previous(c profile.Comparison) {
	switch n := len(s.kept); {
	case n == 0 && c.Previous != nil:
		s.t.Error("the first pane has a previous one")
	case n > 0 && c.Previous != s.kept[n-1]:
		s.t.Errorf("pane %d: Previous is not the pane before", c.Window.Pane)
	}
}

func TestWindows(t *testing.T) {
	const panes = 130
	s := &shown{t: t, count: map[int]int{}, last: map[int]uint64{}}
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithEvaluators(s),
		monitor.WithPanes(monitor.Panes{Every: time.Minute, MinRows: 1}))
	observeAt(t, mon, noon, 6*time.Second, panes*10+1)
	want := map[int]int{1: panes, 2: panes - 1, 4: panes - 3, 16: panes/4 - 3, 64: panes/16 - 3}
	for scale, n := range want {
		if s.count[scale] != n {
			t.Errorf("scale %d was evaluated %d times in %d panes, want %d", scale, s.count[scale], panes, n)
		}
	}
	for scale := range want {
		if p := mon.Profile(scale); p == nil || p.Rows != uint64(10*scale) {
			t.Errorf("Profile(%d) is %v", scale, p)
		}
	}
	for _, scale := range []int{-1, 0, 65, math.MaxInt} {
		if p := mon.Profile(scale); p != nil {
			t.Errorf("Profile(%d) has %d rows; there are not that many panes", scale, p.Rows)
		}
	}
}

func TestScaleOneHasSketches(t *testing.T) {
	var sketches, counts int
	mon := newMonitor(t, withReference(t), monitor.WithEventTime(), monitor.WithPanes(monitor.Panes{Rows: 10}),
		monitor.WithEvaluators(evaluate(func(c profile.Comparison) []report.Signal {
			switch q := c.Current.Columns[0].Quantiles; {
			case c.Window.Scale == 1 && q != nil:
				sketches++
			case c.Window.Scale > 1 && q == nil:
				counts++
			}
			return nil
		})))
	observe(t, mon, 1, 30)
	if sketches != 3 || counts != 2 {
		t.Errorf("%d of 3 windows of one pane had quantiles, %d of 2 larger ones had none", sketches, counts)
	}
}
