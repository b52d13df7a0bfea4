// Command rollout shows how a model is changed without losing a request and without
// believing in it. A served model stands behind a switch and a guard: whatever it
// does, callers get an answer. Version 2 is first a shadow, whose answers nobody
// gets, then a canary for a growing share of the users; it is proven to be better
// and promoted. Version 3 is bad and is rolled back. Each decision is printed with
// how sure it is, and stands on the live page beside the monitor.
//
//	go run ./examples/rollout         watch, then look at the page
//	go run ./examples/rollout -exit   end when all is decided
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/report"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "where to serve the live page; empty for nowhere")
	exit := flag.Bool("exit", false, "end when all is decided")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen, *exit); err != nil {
		fmt.Fprintln(os.Stderr, "rollout:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen string, exit bool) error {
	s, err := newService()
	if err != nil {
		return err
	}
	address, err := s.page.serve(listen)
	if err != nil {
		return err
	}
	err = s.rollOut(ctx)
	if err == nil && !exit && address != "" {
		fmt.Printf("\nAll is decided; the page stays at %s until you press Ctrl-C.\n", address)
		<-ctx.Done()
	}
	return errors.Join(err, s.current.monitor.Shutdown(context.WithoutCancel(ctx)))
}

// page is the live page: of the monitor in place, with a panel for whatever stands
// beside it at the time.
type page struct{ now atomic.Pointer[http.Handler] }

func (p *page) show(mon *monitor.Monitor, panels ...report.Paneler) {
	h := dashboard.Handler(mon, panels...)
	p.now.Store(&h)
}

// ServeHTTP implements [http.Handler].
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*p.now.Load()).ServeHTTP(w, r) }

// serve serves the page and returns its address; another program on the same port
// is no reason not to run.
func (p *page) serve(listen string) (string, error) {
	if listen == "" {
		return "", nil
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", err
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/model/", p)
	mux.Handle("/", http.RedirectHandler("/debug/model/", http.StatusFound))
	go http.Serve(listener, mux)
	address := "http://" + listener.Addr().String() + "/debug/model/"
	fmt.Printf("Live page: %s\n\n", address)
	return address, nil
}
