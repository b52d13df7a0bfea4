package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// result is what a run found. Ratios are the other's total CPU over ours.
type result struct {
	Ratios    ratios  `json:"ratios"`
	CPUPerRow float64 `json:"cpu_ns_per_row"`
	Caller    callers `json:"caller_ns"`
	Allocs    float64 `json:"allocs_per_row"`
	SpeedUp2  float64 `json:"speedup_2"`
	// P99 and P999 are quantiles of one call of Observe less those of the empty call.
	P99          float64 `json:"p99_ns"`
	P999         float64 `json:"p999_ns"`
	FeatureBytes float64 `json:"bytes_per_feature"`
	DrainRate    float64 `json:"drain_rows_per_second_per_core"`
	// Sustained is what one caller loses that never rests.
	Sustained []sustained `json:"sustained"`
	Steps     steps       `json:"steps"`
	Rows      []measure   `json:"rows"`
}

type ratios struct {
	Prometheus float64 `json:"naive_prometheus"`
	OTel       float64 `json:"naive_otel"`
	OneMutex   float64 `json:"one_mutex"`
	DDSketch   float64 `json:"ddsketch"`
}

type callers struct {
	Wrap        float64 `json:"wrap"`
	WrapLatency float64 `json:"wrap_latency"`
	Observe     float64 `json:"observe"`
}

// sustained is the share of rows that are dropped when one caller observes at a
// share of the rate that the drainer keeps up on a core of its own.
type sustained struct {
	Rate    float64 `json:"of_drain_rate"`
	Dropped float64 `json:"dropped_share"`
}

func (s sustained) String() string { return fmt.Sprintf("%.0f %%: %.2f %%", 100*s.Rate, 100*s.Dropped) }

// measure is everything known about one subject, in nanoseconds a row.
type measure struct {
	Name         string  `json:"name"`
	CPU          spread  `json:"cpu_ns"`
	Caller       spread  `json:"caller_ns"`
	One          spread  `json:"one_goroutine_ns"`
	Two          spread  `json:"two_goroutines_ns"`
	PairsKept    int     `json:"two_goroutines_samples"`
	SpeedUp      float64 `json:"speedup_2"`
	PerRequest   spread  `json:"goroutine_per_request_ns"`
	Allocs       float64 `json:"allocs_per_row"`
	Tail         *tail   `json:"call_ns,omitempty"`
	Dropped      uint64  `json:"rows_dropped"`
	Instructions float64 `json:"instructions,omitempty"`
}

type spread struct {
	P20    float64 `json:"p20"`
	Median float64 `json:"median"`
}

func spreadOf(v []float64) spread { return spread{quantile(v, .2), quantile(v, .5)} }

func (r *result) measure(name string) *measure {
	for i := range r.Rows {
		if r.Rows[i].Name == name {
			return &r.Rows[i]
		}
	}
	return &measure{}
}

// summarise fills in what the measures say together.
func (r *result) summarise() {
	ours := r.measure(nameObserve)
	r.CPUPerRow = ours.CPU.P20
	ratio := func(name string) float64 { return r.measure(name).CPU.P20 / ours.CPU.P20 }
	r.Ratios = ratios{ratio(nameProm), ratio(nameOTel), ratio(nameMutex), ratio(nameDD)}
	r.Caller = callers{
		Wrap: r.measure(nameWrap).Caller.P20, WrapLatency: r.measure(nameWrapLatency).Caller.P20,
		Observe: ours.Caller.P20,
	}
	r.Allocs, r.SpeedUp2 = ours.Allocs, ours.SpeedUp
	r.DrainRate = 1e9 / (ours.CPU.P20 - ours.Caller.P20)
	if empty := r.measure(nameEmpty); ours.Tail != nil && empty.Tail != nil {
		r.P99, r.P999 = ours.Tail.P99-empty.Tail.P99, ours.Tail.P999-empty.Tail.P999
	}
}

func (r *result) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func (r *result) writeTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "All CPU a row, theirs over ours: naive Prometheus %.1f, naive OpenTelemetry %.1f, one mutex %.1f, DDSketch %.1f\n",
		r.Ratios.Prometheus, r.Ratios.OTel, r.Ratios.OneMutex, r.Ratios.DDSketch)
	fmt.Fprintf(w, "Caller's share: naive Prometheus %.1f × Observe\n", r.measure(nameProm).Caller.P20/r.Caller.Observe)
	fmt.Fprintf(w, "One more numeric feature takes %.0f bytes in all; the drainer sustains %.2f million rows/s on one core; dropped at shares of it: %v\n",
		r.FeatureBytes, r.DrainRate/1e6, r.Sustained)
	fmt.Fprintf(w, "Off the callers' path, p20/median µs: closing a pane %v, of it without the rows still to be drained %v; merging the digests of two panes %v, of two others %v\n",
		r.Steps.Close, r.Steps.Concluding, r.Steps.MergeGrid, r.Steps.MergeAny)
	fmt.Fprintf(w, "Bytes a numeric feature: %.0f in the open pane, digest included, %.0f in a closed one, %.0f in a stripe's batch\n\n",
		r.Steps.OpenBytes, r.Steps.PaneBytes, r.Steps.StripBytes)
	fmt.Fprintln(w, "Costs are less those of the same call without observing.")
	fmt.Fprintln(t, "ns a row, p20/median\tall CPU\tcaller\tgoroutine each\t2 goroutines\tspeed-up\tsamples\tallocs\tp50\tp99\tp99.9\tdropped\tinstructions\t")
	for _, m := range r.Rows {
		var tail tail
		if m.Tail != nil {
			tail = *m.Tail
		}
		fmt.Fprintf(t, "%s\t%v\t%v\t%v\t%v\t%.2f\t%d\t%.3f\t%.0f\t%.0f\t%.0f\t%d\t%.0f\t\n", m.Name, m.CPU, m.Caller, m.PerRequest, m.Two,
			m.SpeedUp, m.PairsKept, m.Allocs, tail.P50, tail.P99, tail.P999, m.Dropped, m.Instructions)
	}
	return t.Flush()
}

func (s spread) String() string { return fmt.Sprintf("%.0f/%.0f", s.P20, s.Median) }
