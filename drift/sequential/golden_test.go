package sequential

import (
	"strings"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/golden"
)

// watch is a detector with what the golden values say of it after the stream.
type watch struct {
	Detector
	final func() map[string]any // may be nil
	count Direction             // changes and warnings that the peer reports: Unknown for all
}

func TestGoldenOnlineDetectors(t *testing.T) { runGolden(t, "online_detectors") }

func TestGoldenOnlineDetectorsMOA(t *testing.T) { runGolden(t, "online_detectors_moa") }

func runGolden(t *testing.T, family string) {
	golden.Run(t, family, func(c *golden.Case) (any, error) {
		w, err := offered(c)
		if err != nil {
			return nil, err
		}
		if err := w.Validate(); err != nil {
			return nil, err
		}
		got := w.replay(c.Floats("stream"))
		if w.final != nil {
			for k, v := range w.final() {
				got[k] = v
			}
		}
		return got, nil
	})
}

// replay runs the stream and returns indices in the form of the golden values.
func (w watch) replay(stream []float64) map[string]any {
	changes, runs, warnings, last := []int{}, [][]int{}, 0, -2
	for i, x := range stream {
		r := w.Add(x)
		if w.count != Unknown && r.Direction != w.count {
			continue
		}
		switch r.State {
		case Change:
			changes = append(changes, i)
		case Warning:
			warnings++
			if i > last+1 {
				runs = append(runs, []int{i, i})
			}
			runs[len(runs)-1][1] = i
			last = i
		}
	}
	return map[string]any{
		"drift_indices": changes, "n_warnings": warnings, "warning_runs_first20": runs[:min(len(runs), 20)],
	}
}

// offered turns a case into our detector, or skips a definition we do not offer.
func offered(c *golden.Case) (watch, error) {
	peer, _, _ := strings.Cut(c.Source, " ")
	switch c.Function {
	case "adwin":
		return adwinOf(c.Params, peer)
	case "page_hinkley":
		return pageHinkleyOf(c.Params, peer)
	case "cusum":
		return cusumOf(c.Params, peer)
	case "kswin":
		return kswinOf(c.Params)
	case "ddm":
		return ddmOf(c.Params, peer)
	case "eddm":
		return eddmOf(c.Params, peer)
	case "hddm_a":
		return hddmaOf(c.Params, peer)
	case "hddm_w":
		return hddmwOf(c.Params, peer)
	}
	return watch{}, golden.Skipf("detector not offered: %s", c.Function)
}

func float(p golden.Params, keys ...string) float64 {
	for _, k := range keys {
		if v, ok := p.Float(k); ok {
			if v == 0 {
				return -1 // our way to write an explicit zero
			}
			return v
		}
	}
	return 0
}

func whole(p golden.Params, keys ...string) int { return int(float(p, keys...)) }

func adwinOf(p golden.Params, peer string) (watch, error) {
	d := &ADWIN{
		Delta: float(p, "delta"), Clock: whole(p, "clock"), MaxBuckets: whole(p, "max_buckets"),
		MinWindow: whole(p, "min_window_length"), Grace: whole(p, "grace_period"),
		RiverCompatible: peer == "river",
	}
	return watch{Detector: d, final: func() map[string]any {
		mean, _ := d.Mean()
		variance, _ := d.Variance()
		width := float64(d.Width())
		changes := 0
		if d.state == Change {
			changes = 1
		}
		return map[string]any{
			"width": width, "total": mean * width, "estimation": mean, "mean": mean,
			"variance_times_width": variance * width, "variance_population": variance,
			"n_detections_since_reset": changes,
		}
	}}, nil
}

func pageHinkleyOf(p golden.Params, peer string) (watch, error) {
	d := &PageHinkley{
		Delta: float(p, "delta"), Threshold: float(p, "threshold"),
		Alpha: float(p, "alpha"), MinItems: whole(p, "min_instances"),
	}
	switch {
	case peer != "river":
		return watch{}, golden.Skip("Page-Hinkley in the max(0, ...) form of MOA with forgetting; ours is river's")
	case p.Text("mode") == "both" || !p.Has("mode"): // river's default
		d.Side = Both
	case p.Text("mode") == "down":
		d.Side = Decrease
	}
	return watch{Detector: d, final: func() map[string]any {
		mean, _ := d.Mean()
		return map[string]any{"x_mean": mean, "sum_increase": d.up, "sum_decrease": d.down}
	}}, nil
}

// earlier is one item less, keeping the convention that 0 means the default.
func earlier(items int) int {
	if items <= 1 {
		return -1
	}
	return items - 1
}

// cusumOf: the self-centring CUSUM is Page-Hinkley without forgetting.
func cusumOf(p golden.Params, peer string) (watch, error) {
	d := &PageHinkley{
		Delta: float(p, "delta"), Threshold: float(p, "lambda", "lambda_"),
		MinItems: whole(p, "min_instances", "min_num_instances"), Alpha: 1,
	}
	if peer == "MOA" { // counts from 1: its verdicts begin one item earlier
		d.MinItems = earlier(d.MinItems)
	}
	return watch{Detector: d}, nil
}

func kswinOf(p golden.Params) (watch, error) {
	d := &KSWIN{Alpha: float(p, "alpha"), WindowSize: whole(p, "window_size"), StatSize: whole(p, "stat_size")}
	if d.WindowSize != 2*d.StatSize {
		return watch{}, golden.Skip("KSWIN: random draw from the old items; ours compares with all of them")
	}
	return watch{Detector: d}, nil
}

func ddmOf(p golden.Params, peer string) (watch, error) {
	if peer != "river" {
		return watch{}, golden.Skipf("DDM by %s's start-up rule; ours is river's", peer)
	}
	return watch{Detector: &DDM{
		WarmStart:    whole(p, "warm_start"),
		WarningLevel: float(p, "warning_threshold"), ChangeLevel: float(p, "drift_threshold"),
	}}, nil
}

func eddmOf(p golden.Params, peer string) (watch, error) {
	if peer != "MOA" {
		return watch{}, golden.Skipf("EDDM with the sample deviation and start-up rule of %s; ours is MOA's", peer)
	}
	return watch{Detector: &EDDM{
		MinErrors: whole(p, "min_errors"), WarningLevel: float(p, "warning"), ChangeLevel: float(p, "out_control"),
	}}, nil
}

func hddmaOf(p golden.Params, peer string) (watch, error) {
	if peer == "frouros" {
		return watch{}, golden.Skip("HDDM_A with frouros's ln(1/alpha); ours is ln(2/alpha) as in river and MOA")
	}
	d := &HDDMA{Confidence: float(p, "drift_confidence"), WarningConfidence: float(p, "warning_confidence")}
	w := watch{Detector: d}
	if two, _ := p.Bool("two_sided_test"); two {
		d.Side = Both
		if peer == "MOA" { // resets on a decrease without a word
			w.count = Up
		}
	}
	return w, nil
}

func hddmwOf(p golden.Params, peer string) (watch, error) {
	switch peer {
	case "frouros":
		return watch{}, golden.Skip("HDDM_W with frouros's start of the bound sum; ours starts at 1 with the first value, as MOA")
	case "river":
		return watch{}, golden.Skip("HDDM_W with river's mean that restarts at zero; ours is the standard one, as MOA")
	}
	d := &HDDMW{
		Confidence: float(p, "drift_confidence", "alpha_d"), WarningConfidence: float(p, "warning_confidence", "alpha_w"),
		Lambda: float(p, "lambda", "lambda_", "lambda_val"),
	}
	w := watch{Detector: d}
	if two, _ := p.Bool("two_sided_test"); two {
		if peer == "MOA" {
			return watch{}, golden.Skip("two-sided HDDM_W of MOA: its bound for decreases starts at 0, ours at -Inf")
		}
		d.Side = Both
	}
	return w, nil
}
