package monitor

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// fuzzed is an evaluator, and kept by name, whose state is a byte.
type fuzzed struct{ n byte }

func (e *fuzzed) Evaluate(c profile.Comparison) []report.Signal {
	e.n++
	return []report.Signal{{Name: "test.n", Evidence: report.Drift, Subject: report.Subject{Kind: report.KindModel}, Window: c.Window, Value: float64(e.n)}}
}
func (e *fuzzed) MarshalBinary() ([]byte, error) { return []byte{e.n}, nil }
func (e *fuzzed) UnmarshalBinary(b []byte) error {
	if len(b) != 1 {
		return errors.New("a byte is needed")
	}
	e.n = b[0]
	return nil
}

// FuzzCheckpoint reads damaged states: an error, or a monitor that goes on.
func FuzzCheckpoint(f *testing.F) {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "x", Kind: profile.Numeric})
	if err != nil {
		f.Fatal(err)
	}
	row := func(i int) profile.Row {
		return profile.Row{
			ID: string(rune('a' + i%26)), Time: time.Unix(int64(i)*60, 0),
			Values: []profile.Value{profile.Float(float64(i % 17))}, Outcome: profile.Outcome{Score: float64(i%10) / 10},
		}
	}
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for i := range 500 {
			if !yield(row(i), nil) {
				return
			}
		}
	})
	if err != nil {
		f.Fatal(err)
	}
	open := func() *Monitor {
		m, err := New("m", schema, WithReference(reference), WithEventTime(), WithEvaluators(&fuzzed{}), WithHistory(8), WithFrozen(Frozen[float64, float64]{Inputs: []float64{1, 2}, Every: time.Hour, Predict: func(_ context.Context, x float64) (float64, error) { return x, nil }}), WithLogger(slog.New(slog.DiscardHandler)), WithPanes(Panes{Every: time.Hour, MinRows: 1}))
		if err != nil {
			f.Fatal(err)
		}
		return m
	}
	use := func(m *Monitor) {
		for i := range 300 {
			m.Observe(context.Background(), row(i))
			m.Label(context.Background(), string(rune('a'+i*7%26)), profile.Positive())
		}
	}
	m := open()
	m.config.checkpoint = &checkpoint{dir: f.TempDir(), every: time.Hour}
	if err := m.Keep("kept", &fuzzed{}); err != nil {
		f.Fatal(err)
	}
	use(m)
	body, err := m.keeper.encodeState()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		m := open()
		s, err := m.keeper.decodeState(body)
		if err != nil {
			return
		}
		m.keeper.adopt(s)
		use(m)
		m.Flush(context.Background())
		for _, s := range m.Report().Signals {
			if !s.Finite() {
				t.Errorf("%+v", s)
			}
		}
	})
}
