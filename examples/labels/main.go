// Command labels shows truths that arrive in another process than the one that
// predicts. The serving part answers and writes, beside each answer, a token: the
// cells of the row, its score and the hash of its id, in about a hundred bytes. The
// labelling part never sees a row: it reads the tokens with what turned out to be
// true, labels a monitor of its own that has the same reference, and knows how the
// model does. Two replicas of it share the work, and what they counted adds up to
// what one process counts that labels everything.
//
//	go run ./examples/labels                          both parts, one after the other
//	go run ./examples/labels -dir DIR -part serve     write the files
//	go run ./examples/labels -dir DIR -part label     read them, in another process
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	dir := flag.String("dir", "", "where the reference, the answers and the truths are; empty for a temporary folder")
	part := flag.String("part", "both", "serve, label, or both")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, *part); err != nil {
		fmt.Fprintln(os.Stderr, "labels:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, part string) error {
	switch {
	case part != "serve" && part != "label" && part != "both":
		return fmt.Errorf("-part %s: it is serve, label or both", part)
	case dir == "" && part != "both":
		return fmt.Errorf("-part %s needs -dir: the parts share a folder", part)
	case dir == "":
		temporary, err := os.MkdirTemp("", "labels")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	if part != "label" {
		if err := serve(ctx, dir); err != nil {
			return err
		}
	}
	if part != "serve" {
		return label(ctx, dir)
	}
	return nil
}
