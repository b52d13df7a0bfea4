package monitor_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

type tenantKey struct{}

type contract struct {
	Amount float64 `monitor:"amount"`
}

func tenantOf(ctx context.Context, _ contract) profile.Value {
	name, ok := ctx.Value(tenantKey{}).(string)
	if !ok {
		panic("no tenant")
	}
	return profile.String(name)
}

// A segment that is in the context rather than in the input is counted like any
// other feature; a panic of the function is a missing value.
func TestValueFrom(t *testing.T) {
	schema, err := profile.NewSchema(profile.Binary(.5), profile.Feature{Name: "amount"},
		profile.Feature{Name: "tenant", Kind: profile.Categorical, OneOf: []string{"a", "b"}, Segment: true})
	if err != nil {
		t.Fatal(err)
	}
	reference, err := profile.Build(schema, func(yield func(profile.Row, error) bool) {
		for i := range 400 {
			tenant := []string{"a", "b"}[i%2]
			if !yield(profile.Row{Values: []profile.Value{profile.Float(float64(i)), profile.String(tenant)}, Outcome: profile.Outcome{Score: .3}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	predict := func(context.Context, contract) (float64, error) { return .3, nil }
	for _, options := range [][]monitor.Option{nil, {monitor.WithEventTime()}} {
		m, err := monitor.New("credit", schema, append(options, quiet, monitor.WithReference(reference))...)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := monitor.Wrap(m, predict, monitor.ValueFrom("tenant", tenantOf))
		if err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []string{"a", "b", "b"} {
			if _, err := wrapped(context.WithValue(context.Background(), tenantKey{}, tenant), contract{7}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := wrapped(context.Background(), contract{7}); err != nil {
			t.Fatal(err)
		}
		if err := m.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		p := m.Profile(1)
		if c := p.Columns[1]; c.Cells[0] != 1 || c.Cells[1] != 2 || c.Missing != 1 || p.Columns[0].InCells() != 4 {
			t.Errorf("tenants %v, %d missing, %d amounts", c.Cells, c.Missing, p.Columns[0].InCells())
		}
		m.Shutdown(context.Background())
	}
	m, err := monitor.New("credit", schema, quiet, monitor.WithReference(reference))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Shutdown(context.Background())
	for text, option := range map[string]monitor.WrapOption{
		"no feature \"tenants\"": monitor.ValueFrom("tenants", tenantOf),
		"ValueFrom has a func":   monitor.ValueFrom("tenant", func(context.Context, int) profile.Value { return profile.Missing() }),
	} {
		if _, err := monitor.Wrap(m, predict, option); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}
