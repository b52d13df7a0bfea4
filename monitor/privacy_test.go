package monitor_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/dashboard"
	jsonlines "github.com/tidemark-ml/tidemark/exporter"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// patient has everything that must not leave the process.
type patient struct {
	ID     string  `monitor:",id"`
	Age    float64 `monitor:"age,min=0,max=120"`
	Ward   string  `monitor:"ward,oneof=north|south"`
	City   string  `monitor:"city"`
	Status string  `monitor:"status,sensitive"`
	Income float64 `monitor:"income,sensitive"`
}

// secret is the mark of what must not leave, and secretIncome a number that must
// not.
const (
	secret       = "zzqSECRETzzq"
	secretIncome = 987654.321
)

// plant calls a wrapped model with n patients, one in 50 of whom has nothing but
// secrets.
func plant(t *testing.T, mon *monitor.Monitor, n int) {
	t.Helper()
	predict, err := monitor.Wrap(mon, func(_ context.Context, p patient) (float64, error) {
		switch {
		case strings.HasPrefix(p.ID, secret+"-error"):
			return 0, errors.New(secret + "text")
		case strings.HasPrefix(p.ID, secret+"-panic"):
			panic(secret + "panic")
		}
		return p.Age / 100, nil
	}, monitor.IDFrom(func(_ context.Context, p patient) string {
		if p.Age > 78 {
			panic(secret + "function")
		}
		return p.ID
	}))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		p := patient{ID: secret + fmt.Sprint(i), Age: float64(i % 80), Ward: "north", City: "oslo", Status: "single", Income: float64(1000 + i%37)}
		if i%50 == 49 {
			kind := []string{"-error", "-panic", ""}[i/50%3]
			p = patient{secret + kind, float64(i % 80), secret + "ward", secret + fmt.Sprint("city", i), secret + "status", secretIncome}
		}
		func() {
			defer func() { _ = recover() }()
			predict(t.Context(), p)
		}()
	}
}

// outputs is everything that a monitor shows, by name.
func outputs(t *testing.T, mon *monitor.Monitor) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	text := func(name string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	text("report", mon.Report())
	out["report in Go"] = fmt.Appendf(nil, "%+v", mon.Report())
	var totals []report.Total
	for total := range mon.Totals() {
		totals = append(totals, total)
	}
	text("totals", totals)
	var series []report.Series
	for s := range mon.History() {
		series = append(series, s)
	}
	text("history", series)
	page := dashboard.Handler(mon)
	for _, path := range []string{"/", "/data.json", "/report.json", "/?feature=city", "/?feature=status", "/?feature=income", "/data.json?feature=ward"} {
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		out["page "+path] = w.Body.Bytes()
	}
	profile, err := mon.Profile(1).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	out["profile"] = profile
	if mon.Reference() != nil {
		reference, err := mon.Reference().MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		out["reference"] = reference
	}
	return out
}

// leaks fails where a secret is in an output.
func leaks(t *testing.T, outputs map[string][]byte) {
	t.Helper()
	number := binary.LittleEndian.AppendUint64(nil, math.Float64bits(secretIncome))
	for name, b := range outputs {
		for what, needle := range map[string][]byte{"a secret": []byte(secret), "the income": []byte("987654"), "the income's bits": number} {
			if i := bytes.Index(b, needle); i >= 0 {
				t.Errorf("%s shows %s: …%.120q…", name, what, b[max(0, i-40):])
			}
		}
	}
	if len(outputs["report"]) < 500 {
		t.Errorf("the report is %s", outputs["report"])
	}
}

func TestNothingPrivateLeaves(t *testing.T) {
	s := schemaOf[patient](t)
	healthy, err := profile.Build(s, func(yield func(profile.Row, error) bool) {
		for i := range 4000 {
			values := []profile.Value{profile.Float(float64(i % 80)), profile.String("north"), profile.String("oslo"), profile.String("single"), profile.Float(float64(1000 + i%37))}
			if !yield(profile.Row{ID: secret, Values: values, Outcome: profile.Outcome{Score: float64(i%80) / 100}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, options := range map[string][]monitor.Option{
		"reference": {monitor.WithReference(healthy)},
		"learning":  {monitor.WithLearning(monitor.Learning{Rows: 500, Panes: 3})},
	} {
		t.Run(name, func(t *testing.T) {
			var lines, log bytes.Buffer
			mon, err := monitor.New("hospital", s, append(options, monitor.WithEventTime(), tidemark.Defaults(),
				monitor.WithPanes(monitor.Panes{Rows: 500}), monitor.WithExporter(jsonlines.NewJSONLines(&lines)),
				monitor.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))...)
			if err != nil {
				t.Fatal(err)
			}
			defer mon.Shutdown(t.Context())
			plant(t, mon, 5000)
			all := outputs(t, mon)
			all["JSON lines"], all["log"] = lines.Bytes(), log.Bytes()
			leaks(t, all)
			if len(lines.Bytes()) == 0 || !bytes.Contains(log.Bytes(), []byte("function")) {
				t.Error("the lines or the log are empty")
			}
			if err := mon.AcceptReference(2); err != nil {
				t.Fatal(err)
			}
			leaks(t, outputs(t, mon))
		})
	}
}
