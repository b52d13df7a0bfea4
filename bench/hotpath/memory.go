package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
)

// bytesPerFeature is by how much one more numeric feature makes a running
// monitor grow, buffers of all stripes included.
func bytesPerFeature() (float64, error) {
	const few, many = 8, 72
	a, err := heapOf(few)
	if err != nil {
		return 0, err
	}
	b, err := heapOf(many)
	return float64(b-a) / (many - few), err
}

// heapOf returns the heap that a monitor of this many features uses when it has
// seen some rows.
func heapOf(n int) (int64, error) {
	names := make([]profile.Feature, n)
	for i := range names {
		names[i] = profile.Feature{Name: fmt.Sprint("f", i), Kind: profile.Numeric}
	}
	schema, err := profile.NewSchema(profile.Regression(), names...)
	if err != nil {
		return 0, err
	}
	rows := wideRows(n)
	reference, err := profile.Build(schema, profile.Rows(rows))
	if err != nil {
		return 0, err
	}
	before := heapInUse()
	m, err := monitor.New("memory", schema, monitor.WithReference(reference))
	if err != nil {
		return 0, err
	}
	m.ObserveRows(context.Background(), rows)
	used := heapInUse() - before
	runtime.KeepAlive(rows)
	runtime.KeepAlive(reference)
	m.Shutdown(context.Background())
	return used, nil
}

func wideRows(n int) []profile.Row {
	narrow := makeRows(7)
	rows := make([]profile.Row, len(narrow))
	for i := range rows {
		values := make([]profile.Value, n)
		for f := range values {
			values[f] = profile.Float(narrow[(i+f)%rowsHeld].number[f%numbers])
		}
		rows[i] = profile.Row{Values: values, Outcome: profile.Outcome{Score: narrow[i].number[features]}}
	}
	return rows
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
