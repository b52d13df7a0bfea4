package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

// The exit statuses.
const (
	statusOK     = 0
	statusFailed = 1
	statusBreach = 2 // compare -fail-on
)

// errBreach is what a comparison ends with that has found what -fail-on asks for.
var errBreach = errors.New("breach")

// environment is what the command has of the world.
type environment struct {
	stdout, stderr io.Writer
	now            func() time.Time
}

// note tells people something that is no part of the answer.
func (e *environment) note(format string, args ...any) {
	fmt.Fprintf(e.stderr, "tidemark: note: "+format+"\n", args...)
}

// command is one subcommand.
type command struct {
	name, arguments, short, long string
	// declare declares the flags and returns what runs once they are parsed.
	declare func(*flag.FlagSet) runner
}

type runner func(ctx context.Context, e *environment, files []string) error

func commands() []command {
	return []command{profileCommand(), compareCommand(), replayCommand(), mergeCommand(), showCommand(), rulesCommand()}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	e := &environment{stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	status := e.run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// run runs one command line and returns the exit status.
func (e *environment) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		e.usage(e.stderr)
		return statusFailed
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		e.usage(e.stdout)
		return statusOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return e.status(c.name, e.subcommand(ctx, c, args[1:]))
		}
	}
	fmt.Fprintf(e.stderr, "tidemark: there is no subcommand %q; `tidemark help` lists them\n", args[0])
	return statusFailed
}

func (e *environment) status(name string, err error) int {
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, errBreach):
		return statusBreach
	}
	fmt.Fprintf(e.stderr, "tidemark %s: %v\n", name, err)
	return statusFailed
}

func (e *environment) usage(w io.Writer) {
	fmt.Fprint(w, "tidemark tells whether the data of a machine-learning model have changed.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  tidemark %-8s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\n`tidemark SUBCOMMAND -h` explains a subcommand. Files may be CSV, TSV, JSON lines\n"+
		"(.jsonl, .ndjson), each also gzipped (.gz), or Parquet (.parquet).\n")
}

// subcommand parses the flags, which may stand after the files as well.
func (e *environment) subcommand(ctx context.Context, c command, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	run := c.declare(fs)
	var files []string
	for {
		err := fs.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			e.help(c, fs)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w; `tidemark %s -h` lists the flags", err, c.name)
		}
		if fs.NArg() == 0 {
			return run(ctx, e, files)
		}
		files = append(files, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

func (e *environment) help(c command, fs *flag.FlagSet) {
	fmt.Fprintf(e.stdout, "tidemark %s %s\n\n%s\n\nFlags:\n", c.name, c.arguments, strings.TrimSpace(c.long))
	fs.SetOutput(e.stdout)
	fs.PrintDefaults()
}
