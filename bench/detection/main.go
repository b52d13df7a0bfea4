package main

import (
	"flag"
	"fmt"
	"os"
"runtime/pprof"
"strings"
	"time"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed")
	only := flag.String("only", "", "")
	cpu := flag.String("cpu", "", "")
	flag.Parse()
	if *cpu != "" { f, _ := os.Create(*cpu); pprof.StartCPUProfile(f); defer pprof.StopCPUProfile() }
	for i, s := range scenarios() {
		if !strings.Contains(s.name, *only) { continue }
		w, err := newWorld(100, s.mixed)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		began := time.Now()
		m, err := s.run(w, *seed*1000+uint64(i))
		fmt.Println(s.name, m.incidents, m.evaluated, time.Since(began), err)
		for _, c := range m.causes { fmt.Println("   ", c) }
	}
}
