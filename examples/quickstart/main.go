// Command quickstart is the main job of Tidemark in one process: a small credit
// service wraps its model, is healthy for a while, and then goes wrong in six named
// ways, an hour of its time in a moment of yours. What became of a loan is known
// hours to days later; sex is watched as a group, the channel as a segment, the
// accepted amount as a business figure. It prints what the monitor finds as it
// finds it, serves the live page meanwhile, and closes with how the model has done,
// with labels and without, whom it treated how, and what became of the labels.
//
//	go run ./examples/quickstart                 watch, then look at the page
//	go run ./examples/quickstart -exit           end with the stream
//	go run ./examples/quickstart -data rows.csv  replay a file of your own
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
	"time"

	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/monitor"
)

// flags are the command line.
type flags struct {
	listen    string
	exit      bool
	pace      time.Duration
	seed      uint64
	data      string
	reference int
	rows      int
	ignore    string
}

func main() {
	var f flags
	flag.StringVar(&f.listen, "listen", "127.0.0.1:8080", "where to serve the live page; empty for nowhere")
	flag.BoolVar(&f.exit, "exit", false, "end when the stream ends")
	flag.DurationVar(&f.pace, "pace", 75*time.Millisecond, "how long an hour of the credit service takes at least")
	flag.Uint64Var(&f.seed, "seed", 1, "seed of the credit service's applicants")
	flag.StringVar(&f.data, "data", "", "replay this CSV or JSON-lines file (.gz too) instead")
	flag.IntVar(&f.reference, "reference", 10_000, "rows of -data that are the reference; half of a shorter file")
	flag.IntVar(&f.rows, "rows", 0, "rows of -data per pane; 0 for a thirtieth of the reference, at least 50")
	flag.StringVar(&f.ignore, "ignore", "class,label,target,y", "columns of -data that are no features")
	flag.Parse()
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(f flags) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var s stream
	var err error
	if f.data != "" {
		s, err = newReplay(f)
	} else {
		s, err = newCreditService(f)
	}
	if err != nil {
		return err
	}
	mon := s.monitor()
	page, err := servePage(f.listen, mon)
	if err != nil {
		return err
	}
	err = s.run(ctx)
	if err == nil && !f.exit && page != "" {
		fmt.Printf("\nThe stream has ended; the page stays at %s until you press Ctrl-C.\n", page)
		<-ctx.Done()
	}
	return errors.Join(err, mon.Shutdown(context.WithoutCancel(ctx)))
}

// stream is something that feeds a monitor until it ends.
type stream interface {
	monitor() *monitor.Monitor
	run(context.Context) error
}

// servePage serves the live page and returns its address; another program on
// the same port is no reason not to run.
func servePage(address string, mon *monitor.Monitor) (string, error) {
	if address == "" {
		return "", nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", err
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/model/", dashboard.Handler(mon))
	mux.Handle("/", http.RedirectHandler("/debug/model/", http.StatusFound))
	go http.Serve(listener, mux)
	page := "http://" + listener.Addr().String() + "/debug/model/"
	fmt.Printf("Live page: %s\n\n", page)
	return page, nil
}
