package golden

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sort"
	"strings"
	"testing"
)

// skipped is the error behind Skip.
type skipped struct{ reason string }

func (s skipped) Error() string { return "golden: skipped: " + s.reason }

// Skip is the error with which a function declines a case. The reason names the
// definition that is not offered; equal reasons are counted together.
func Skip(reason string) error { return skipped{reason} }

// Skipf is Skip with a format.
func Skipf(format string, args ...any) error { return Skip(fmt.Sprintf(format, args...)) }

// Run compares f with every case of a family; see the package comment for what f
// may return. Failures are reported on t with id, got and want. A place without
// the family skips the test.
func Run(t *testing.T, family string, f func(*Case) (any, error)) {
	t.Helper()
	cases, place, err := Load(family)
	if err != nil {
		t.Fatalf("golden: %s: %v", place, err)
	}
	if len(cases) == 0 {
		t.Skipf("golden: no cases of family %q in %s", family, place)
	}
	tally := run(cases, f)
	for _, failure := range tally.failures {
		t.Error(failure)
	}
	if testing.Verbose() {
		tally.print(os.Stdout, family)
	}
}

// tally is the outcome of a run.
type tally struct {
	passed   int
	failures []string
	skips    map[string]int
	omitted  map[string]int
}

func run(cases []*Case, f func(*Case) (any, error)) tally {
	out := tally{skips: map[string]int{}, omitted: map[string]int{}}
	for _, c := range cases {
		got, err := call(c, f)
		var skip skipped
		switch {
		case c.err != nil:
			out.failures = append(out.failures, c.err.Error())
			continue
		case errors.As(err, &skip):
			out.skips[skip.reason]++
			continue
		}
		m := matcher{tolerance: c.Tolerance, omitted: map[string]struct{}{}}
		if err := c.verdict(&m, got, err); err != nil {
			out.failures = append(out.failures, fmt.Sprintf("%s: %s %s (%s): %v", c.ID, c.Function, c.Params, c.Source, err))
			continue
		}
		out.passed++
		for reason := range m.omitted {
			out.omitted["without "+reason]++
		}
		if c.widened != "" {
			out.omitted["with a wider tolerance: "+c.widened]++
		}
	}
	return out
}

// panicked is an error that no rule accepts.
type panicked struct {
	value any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

func call(c *Case, f func(*Case) (any, error)) (got any, err error) {
	defer func() {
		if v := recover(); v != nil {
			got, err = nil, panicked{v, debug.Stack()}
		}
	}()
	return f(c)
}

// verdict is nil when the case passes.
func (c *Case) verdict(m *matcher, got any, err error) error {
	var p panicked
	if errors.As(err, &p) {
		return p
	}
	if peer, raised := c.raised(); raised {
		if err != nil || isUndefined(got) {
			return nil
		}
		return fmt.Errorf("got %v, want an error or undefined (the peer: %s)", short(got), peer)
	}
	if err != nil {
		if undefinedThroughout(c.expected) {
			return nil
		}
		return fmt.Errorf("got error %q, want %s", err, short(c.expected))
	}
	return m.match("", c.expected, got, strings.Contains(c.Source, "p-value"))
}

// raised reports whether the peer raised an error, and which.
func (c *Case) raised() (message string, ok bool) {
	m, ok := c.expected.(map[string]any)
	if !ok || len(m) != 1 {
		return "", false
	}
	message, ok = m["error"].(string)
	return message, ok
}

// undefinedThroughout reports whether every leaf of an expected value is NaN or null.
func undefinedThroughout(want any) bool {
	m, ok := want.(map[string]any)
	if !ok {
		return want == nil || want == "NaN"
	}
	for _, v := range m {
		if !undefinedThroughout(v) {
			return false
		}
	}
	return len(m) > 0
}

func (y tally) print(w io.Writer, family string) {
	skips := 0
	for _, n := range y.skips {
		skips += n
	}
	fmt.Fprintf(w, "%s: %d passed, %d failed, %d skipped\n", family, y.passed, len(y.failures), skips)
	for _, reason := range sortedKeys(y.skips) {
		fmt.Fprintf(w, "    skipped %d: %s\n", y.skips[reason], reason)
	}
	for _, reason := range sortedKeys(y.omitted) {
		fmt.Fprintf(w, "    passed %d %s\n", y.omitted[reason], reason)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
