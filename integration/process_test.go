package integration

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// requireVariable set to "require" makes a missing program a failure, as in CI.
const requireVariable = "TIDEMARK_E2E"

// program returns the path of a program of the machine. A test whose program is
// absent is skipped, or fails where TIDEMARK_E2E=require.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv(requireVariable) == "require" {
		t.Fatalf("%s is not installed, and %s=require", name, requireVariable)
	}
	t.Skipf("%s is not installed (%v); install it, or see docs/testing.md", name, err)
	return ""
}

// process is a program that runs beside the test and ends with it.
type process struct {
	name    string
	command *exec.Cmd
	done    chan struct{}

	mu      sync.Mutex
	output  bytes.Buffer
	changed chan struct{} // closed by the next output
}

// start runs a program until the test ends: it is asked to stop, and after a
// while made to, by its own id.
func start(t *testing.T, path string, arguments ...string) *process {
	t.Helper()
	command := exec.Command(path, arguments...)
	p := &process{name: path, command: command, done: make(chan struct{}), changed: make(chan struct{})}
	command.Stdout, command.Stderr = p, p
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = command.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.said())
		}
	})
	return p
}

// stop asks the program to end, and after a while makes it.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGINT)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		_ = p.command.Process.Kill()
		<-p.done
	}
}

// Write implements io.Writer for the program's output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
	return p.output.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// await waits until the program has said something and returns the groups of
// the pattern.
func (p *process) await(ctx context.Context, t *testing.T, pattern string) []string {
	t.Helper()
	expression := regexp.MustCompile(pattern)
	for ended := false; ; {
		p.mu.Lock()
		match, changed := expression.FindStringSubmatch(p.output.String()), p.changed
		p.mu.Unlock()
		switch {
		case match != nil:
			return match
		case ended:
			t.Fatalf("%s ended without saying %q", p.name, pattern)
		}
		select {
		case <-changed:
		case <-p.done:
			ended = true
		case <-ctx.Done():
			t.Fatalf("%s has not said %q: %v", p.name, pattern, ctx.Err())
		}
	}
}

// eventually asks until there is no error, ten times a second and no longer
// than the context allows.
func eventually(ctx context.Context, t *testing.T, ask func() error) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%v: %v", ctx.Err(), err)
		}
	}
}

// lasting is a context of a minute or two, which is for ever on this scale.
func lasting(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}
