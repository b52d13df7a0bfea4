package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// runOne observes n rows with one subject and lets the background keep up.
func runOne(name string, n int, base bool) error {
	found, err := subjects(name)
	if err != nil {
		return err
	}
	s, rows := found[0], makeRows(1)
	observe := s.observe
	if base {
		observe = s.base
	}
	for i := range n {
		observe(&rows[i%rowsHeld])
		if i%1024 == 1023 && s.dropped != nil {
			runtime.Gosched()
			time.Sleep(20 * rest) // callgrind makes draining 50 times slower
		}
	}
	if s.dropped != nil && s.dropped() > 0 {
		return fmt.Errorf("%s: %d of %d rows dropped", name, s.dropped(), n)
	}
	return nil
}

// hasValgrind reports whether instructions can be counted.
func hasValgrind() bool {
	_, err := exec.LookPath("valgrind")
	return err == nil
}

// countInstructions runs this program four times under callgrind for each subject:
// the difference of two lengths is free of what starting costs, and that of
// observing and all but observing free of what making rows does.
func countInstructions() (map[string]float64, error) {
	const few, many = 16 << 10, 48 << 10
	counts := map[string]float64{}
	for _, name := range []string{nameObserve, nameObserveID, nameWrap, nameWrapLatency, nameProm, nameOTel, nameMutex, nameDD} {
		var total [2]float64 // observing, and all but observing
		for i, base := range []bool{false, true} {
			a, err := callgrind(name, few, base)
			if err != nil {
				return nil, err
			}
			b, err := callgrind(name, many, base)
			if err != nil {
				return nil, err
			}
			total[i] = float64(b-a) / (many - few)
		}
		counts[name] = total[0] - total[1]
	}
	return counts, nil
}

// printInstructions counts and prints them.
func printInstructions(w io.Writer, asJSON bool) error {
	if !hasValgrind() {
		return errors.New("instruction counts need valgrind, which is not on the path")
	}
	counts, err := countInstructions()
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(counts)
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%-28s %8.0f instructions a row\n", name, counts[name])
	}
	return nil
}

var collected = regexp.MustCompile(`Collected *: *([0-9]+)`)

func callgrind(name string, rows int, base bool) (instructions uint64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", self, "-run", name, "-rows", strconv.Itoa(rows),
		"-base="+strconv.FormatBool(base))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("callgrind of %s: %w\n%s", name, err, out)
	}
	m := collected.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("callgrind of %s: no count in\n%s", name, out)
	}
	return strconv.ParseUint(string(m[1]), 10, 64)
}
