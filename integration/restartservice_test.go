package integration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/notify"
	"github.com/tidemark-ml/tidemark/profile"
)

// TestMain runs the tests, or, as a process that TestRestart starts and kills, the
// service: the test's own binary, so that there is nothing to build.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == serveCommand {
		if err := serve(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const serveCommand = "serve-a-model"

// request is what the service's model is asked about. Its age is of no consequence.
type request struct {
	ID     string  `monitor:",id" json:"id"`
	Amount float64 `monitor:"amount" json:"amount"`
	Age    float64 `monitor:"age" json:"age"`
}

func risk(_ context.Context, r request) (float64, error) { return 1 / (1 + math.Exp(-r.Amount)), nil }

// serve answers, watched by a monitor that has a directory, a webhook and an
// Alertmanager, until it is asked to stop.
func serve(folder, hook, alerts string) error {
	m, err := watched(folder, hook, alerts)
	if err != nil {
		return err
	}
	predict, err := monitor.Wrap(m, risk)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/model/", dashboard.Handler(m))
	mux.HandleFunc("POST /predict", func(w http.ResponseWriter, q *http.Request) {
		var all []request
		if err := json.NewDecoder(q.Body).Decode(&all); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		scores := make([]float64, len(all))
		for i, r := range all {
			scores[i], _ = predict(q.Context(), r)
		}
		_ = json.NewEncoder(w).Encode(scores)
	})
	mux.HandleFunc("POST /label", func(w http.ResponseWriter, q *http.Request) {
		var truths map[string]bool
		if err := json.NewDecoder(q.Body).Decode(&truths); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for id, positive := range truths {
			truth := profile.Negative()
			if positive {
				truth = profile.Positive()
			}
			m.Label(q.Context(), id, truth)
		}
	})
	mux.HandleFunc("GET /totals", func(w http.ResponseWriter, q *http.Request) {
		for t := range m.Totals() {
			fmt.Fprint(w, t.Name)
			for _, a := range t.Attributes {
				fmt.Fprintf(w, " %s=%s", a.Key, a.Value)
			}
			fmt.Fprintf(w, " %v\n", t.Value)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	fmt.Printf("serving at http://%s\n", listener.Addr())
	asked, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-asked.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return m.Shutdown(ctx)
}

func watched(folder, hook, alerts string) (*monitor.Monitor, error) {
	schema, err := profile.SchemaOf[request](profile.Binary(.5))
	if err != nil {
		return nil, err
	}
	reference, err := profile.Build(schema, knownRows(), profile.BlockRows(600))
	if err != nil {
		return nil, err
	}
	backoff := notify.Backoff{First: 20 * time.Millisecond, Max: 100 * time.Millisecond}
	return monitor.New("loans", schema, tidemark.Defaults(), monitor.WithVersion("7"), monitor.WithReference(reference),
		monitor.WithPanes(monitor.Panes{Every: 320 * time.Millisecond}),
		monitor.WithLabels(monitor.Labels{MaxDelay: 20 * time.Second, Maturity: 1}), // 63 panes: each is a cohort
		monitor.WithCheckpoint(folder, 100*time.Millisecond),
		monitor.WithExporter(&notify.Webhook{URL: hook, Path: filepath.Join(folder, "webhook"), Backoff: backoff}),
		monitor.WithExporter(&notify.Alertmanager{URLs: strings.Fields(alerts), Path: filepath.Join(folder, "alerts"), Resend: 200 * time.Millisecond, Backoff: backoff}))
}

// knownRows are the reference.
func knownRows() iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		rng := rand.New(rand.NewPCG(7, 1))
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		for range 30 * 600 {
			r := request{Amount: rng.NormFloat64(), Age: 40 + 10*rng.NormFloat64()}
			p, _ := risk(context.Background(), r)
			row := profile.Row{Time: at, Values: []profile.Value{profile.Float(r.Amount), profile.Float(r.Age)}, Outcome: profile.Outcome{Score: p}, Truth: profile.Negative()}
			if rng.Float64() < p {
				row.Truth = profile.Positive()
			}
			if at = at.Add(time.Second); !yield(row, nil) {
				return
			}
		}
	}
}
