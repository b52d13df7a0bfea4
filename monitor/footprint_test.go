package monitor_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// TestFootprintHolds loads a monitor with everything that could make it grow.
func TestFootprintHolds(t *testing.T) {
	s := schemaOf[applicant](t)
	open, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "n", Kind: profile.Numeric}, profile.Feature{Name: "c", Kind: profile.Categorical},
		profile.Feature{Name: "d", Kind: profile.Categorical})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		schema  *profile.Schema
		options []monitor.Option
	}{
		"reference": {s, []monitor.Option{monitor.WithReference(referenceOf(t, s)), monitor.WithEvaluators(shares{})}},
		"learning":  {open, []monitor.Option{monitor.WithLearning(monitor.Learning{Rows: 50_000, Panes: 72})}},
		"stripes":   {open, []monitor.Option{monitor.WithStripes(16)}},
		"labels": {s, []monitor.Option{
			monitor.WithReference(referenceOf(t, s)), monitor.WithEvaluators(&truths{}), monitor.WithFollowers(&order{}),
			monitor.WithLabels(monitor.Labels{MaxDelay: 5 * time.Second, Capacity: 50_000}), monitor.WithKPIs(monitor.KPI{Name: "clicks"}),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			options := append(test.options, quiet, monitor.WithPanes(monitor.Panes{Every: 50 * time.Millisecond, MinRows: 1}))
			bound := monitor.Footprint(test.schema, options...)
			before := heap()
			m, err := monitor.New("credit", test.schema, options...)
			if err != nil {
				t.Fatal(err)
			}
			most := loadHostile(m, test.schema.Len(), lasting(10*time.Second, 2*time.Second))
			used := max(most, heap()) - before
			m.Shutdown(context.Background())
			t.Logf("%d bytes used, the bound is %d", used, bound)
			if used > bound {
				t.Errorf("%d bytes used, more than the bound of %d", used, bound)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// loadHostile observes until the time is up and returns the largest heap it saw.
func loadHostile(m *monitor.Monitor, features int, lasting time.Duration) (most int64) {
	end := time.Now().Add(lasting)
	long := strings.Repeat("long ", 1<<20/5)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			values := make([]profile.Value, features)
			for i := g << 24; time.Now().Before(end); i++ {
				for f := range values {
					values[f] = hostileValue(i*7+f, long)
				}
				m.Observe(context.Background(), profile.Row{
					ID: fmt.Sprint("id-", i), Values: values,
					Outcome: profile.Outcome{Score: hostileScore(i), Class: "none such"},
				})
				m.Label(context.Background(), fmt.Sprint("id-", i-i%5), profile.Positive())
				m.Label(context.Background(), fmt.Sprint("nobody-", i), profile.Positive())
				m.Record(context.Background(), fmt.Sprint("id-", i-100), "clicks", 1)
			}
		})
	}
	for time.Now().Before(end) {
		for range m.Totals() { //nolint:revive // reading is the load
		}
		most = max(most, heap())
		time.Sleep(lasting / 20)
	}
	wg.Wait()
	return most
}

func hostileScore(i int) float64 {
	if i%2 == 0 {
		return .5
	}
	return math.Inf(i%3 - 1)
}

func hostileValue(i int, long string) profile.Value {
	switch i % 11 {
	case 0:
		return profile.Float(math.NaN())
	case 1:
		return profile.Float(math.Inf(1))
	case 2:
		return profile.Float(math.Copysign(0, -1))
	case 3:
		return profile.String(long[i%64:])
	case 4:
		return profile.String("\xff\xfe not UTF-8")
	case 5:
		return profile.Int(int64(i))
	case 6:
		return profile.Vector([]float32{1, 2})
	case 7:
		return profile.Missing()
	case 8:
		return profile.Float(float64(i))
	}
	return profile.String(fmt.Sprint("category-", i))
}
