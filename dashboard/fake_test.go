package dashboard

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// fakeSource is a source with a report that may be replaced while it is read.
type fakeSource struct {
	model  report.Model
	report atomic.Pointer[report.Report]
	series []report.Series
	totals []report.Total
}

func (f *fakeSource) Model() report.Model              { return f.model }
func (f *fakeSource) Report() *report.Report           { return f.report.Load() }
func (f *fakeSource) Totals() iter.Seq[report.Total]   { return slices.Values(f.totals) }
func (f *fakeSource) History() iter.Seq[report.Series] { return slices.Values(f.series) }
func (f *fakeSource) with(r report.Report) *fakeSource { f.report.Store(&r); return f }

func subjectsOf(r *report.Report) map[report.Subject]bool {
	set := map[report.Subject]bool{}
	for _, s := range r.Signals {
		set[s.Subject] = true
	}
	return set
}

// fakeFeature says how one feature of the rich source behaves: a drift of size
// sd from pane on.
type fakeFeature struct {
	name      string
	kind      string // "normal", "lognormal", "atom", "labels", "sensitive", "constant"
	labels    []string
	drift     float64
	from      int
	words     string
	component string
	blind     bool
	missing   [2]float64
}

func fakeFeatures() []fakeFeature {
	return []fakeFeature{
		{name: "amount", kind: "lognormal", drift: 1.2, from: 49, words: "mean up 1.2 sd", component: "location"},
		{name: "merchant_category", kind: "labels", drift: .9, from: 51, words: "“gift cards” from 3% to 19%", component: "spike",
			labels: []string{"groceries", "travel", "fuel", "restaurants", "electronics", "gift cards", "pharmacy", "clothing", "streaming", "other"}},
		{name: "device_age_days", kind: "atom", drift: .8, from: 52, words: "share of 0 from 31% to 52%", component: "spike"},
		{name: "minutes_since_login", kind: "lognormal", drift: .12, from: 56, words: "mean up 0.12 sd", component: "location"},
		{name: "account_age", kind: "normal"},
		{name: "age", kind: "normal"},
		{name: "income", kind: "lognormal", missing: [2]float64{.04, .041}},
		{name: "balance", kind: "normal", blind: true},
		{name: "utilisation", kind: "atom", missing: [2]float64{.01, .012}},
		{name: "country", kind: "labels", labels: []string{"DE", "FR", "NL", "BE", "AT", "CH", "IT", "ES", "PT", "PL", "CZ", "DK", "SE", "NO", "FI"}},
		{name: "channel", kind: "labels", labels: []string{"web", "app", "phone"}},
		{name: "hour", kind: "normal"},
		{name: "velocity_1h", kind: "atom"},
		{name: "velocity_24h", kind: "lognormal"},
		{name: "distance_km", kind: "lognormal"},
		{name: "ip_risk", kind: "normal"},
		{name: "sex", kind: "sensitive"},
		{name: "chargebacks_90d", kind: "atom"},
	}
}

const fakePanes = 60

// paneEnd is the end of pane n of the rich source; panes last 15 minutes and the
// last ends at 16:50.
func paneEnd(n int) time.Time {
	return time.Date(2026, 11, 23, 2, 5, 0, 0, time.UTC).Add(time.Duration(n-1) * 15 * time.Minute)
}

func fakeWindow(scale, pane int) report.Window {
	end := paneEnd(pane)
	return report.Window{Start: end.Add(-time.Duration(scale) * 15 * time.Minute), End: end, Scale: scale, Pane: uint64(pane)}
}

// richSource is a card-fraud model at its 60th pane: three features drift, one
// is unusual, a segment of the rest is blind or sensitive.
func richSource() *fakeSource {
	rng := rand.New(rand.NewPCG(7, 11))
	model := report.Model{Name: "card-fraud", Version: "2026-11-01", Reference: "r-8f3ac21e",
		Dataset: "transactions-2026-09", DatasetHash: "sha256:5c1e09…", FeatureCode: "features v14"}
	f := &fakeSource{model: model}
	r := report.Report{Model: model, At: paneEnd(fakePanes), Pane: fakePanes, Rows: 61_482}
	for _, feature := range fakeFeatures() {
		f.feature(&r, feature, rng)
	}
	f.score(&r, rng)
	f.operation(&r, rng)
	fakeOthers(&r)
	r.Incidents = fakeIncidents(&r)
	r.State = report.StateAlert
	for i, subject := range r.Incidents[0].Subjects {
		state := report.StateAlert
		if i == 2 {
			state = report.StateRecovering
		}
		r.States = append(r.States, report.Standing{Subject: subject, State: state, Since: paneEnd(49 + i), Incident: "i-49"})
	}
	r.Digest = fakeDigest(&r)
	r.Events = fakeEvents()
	f.totals = fakeTotals()
	return f.with(r)
}

// feature adds the signals, series and distribution of one feature.
func (f *fakeSource) feature(r *report.Report, x fakeFeature, rng *rand.Rand) {
	subject := report.Subject{Kind: report.KindFeature, Name: x.name}
	for _, scale := range []int{1, 2, 4, 16} {
		threshold := .62 / math.Sqrt(float64(scale))
		if x.blind {
			threshold *= 4
		}
		series := report.Series{Name: "drift.shift", Subject: subject, Scale: scale}
		for pane := max(1, scale); pane <= fakePanes; pane++ {
			part := float64(min(scale, max(0, pane-x.from+1))) / float64(scale)
			value := math.Abs(x.drift*part + rng.NormFloat64()*.07/math.Sqrt(float64(scale)))
			status := report.OK
			switch {
			case x.drift > 0 && value > threshold && x.name != "minutes_since_login":
				status = report.Breach
			case x.drift > 0 && value > threshold*.5:
				status = report.Warn
			}
			series.Points = append(series.Points, report.Point{At: paneEnd(pane), Value: value, Threshold: threshold, Status: status})
		}
		f.series = append(f.series, series)
		last := series.Points[len(series.Points)-1]
		r.Signals = append(r.Signals, shiftSignal(x, subject, scale, last, rng))
		r.Signals = append(r.Signals, measureSignals(subject, scale, last)...)
	}
	r.Signals = append(r.Signals, qualitySignals(x, subject)...)
	if d, ok := fakeDistribution(x, subject, rng); ok {
		r.Distributions = append(r.Distributions, d)
	}
}

func shiftSignal(x fakeFeature, subject report.Subject, scale int, last report.Point, rng *rand.Rand) report.Signal {
	s := report.Signal{
		Name: "drift.shift", Unit: "{score}", Subject: subject, Window: fakeWindow(scale, fakePanes), Value: last.Value,
		Floor: .06, P: .05 + .9*rng.Float64(), HasP: true, Reference: 48_210, Current: uint64(1025 * scale),
		Evidence: report.Drift, Threshold: last.Threshold, HasThreshold: true, Status: last.Status,
		Effect: report.Effect{Detectable: .24 + .05*rng.Float64() + .2/float64(scale), Insensitive: x.blind},
	}
	if x.blind {
		s.Effect.Detectable = 1.9
		s.Warnings = []report.Warning{{Code: report.WarnInsensitive, Text: "the reference wanders by 0.8 sd from pane to pane"}}
	}
	if last.Status >= report.Warn {
		s.P = math.Exp(-9 * last.Value / last.Threshold)
		s.Effect.Component, s.Effect.Words, s.Effect.Size = x.component, x.words, x.drift
		s.Effect.Low, s.Effect.High = x.drift*.88, x.drift*1.12
	}
	return s
}

func measureSignals(subject report.Subject, scale int, last report.Point) []report.Signal {
	v := last.Value
	var list []report.Signal
	for _, m := range []struct {
		name             string
		value, threshold float64
	}{
		{"drift.psi", .24 * v * v, .11}, {"drift.psi_debiased", max(0, .24*v*v-.02), .09}, {"drift.js", .34 * v, .21}, {"drift.ks", .4 * v, .19},
		{"drift.hellinger", .24 * v, .15}, {"drift.tv", .4 * v, .22}, {"drift.wasserstein", v, .5}, {"drift.kl", .12 * v * v, .055},
		{"drift.chi_square", 240 * v * v, 66}, {"drift.energy", .3 * v * v, .12},
	} {
		status := report.OK
		if m.value > m.threshold {
			status = report.Breach
		}
		list = append(list, report.Signal{Name: m.name, Unit: "{score}", Subject: subject, Window: fakeWindow(scale, fakePanes), Value: m.value,
			Floor: m.threshold / 6, Reference: 48_210, Current: uint64(1025 * scale), Threshold: m.threshold, HasThreshold: true, Status: status})
	}
	return list
}

func qualitySignals(x fakeFeature, subject report.Subject) []report.Signal {
	one := func(name, unit string, value, threshold float64) report.Signal {
		s := report.Signal{Name: name, Unit: unit, Subject: subject, Window: fakeWindow(1, fakePanes), Value: value, Reference: 48_210,
			Current: 1025, Evidence: report.Quality, Threshold: threshold, HasThreshold: threshold > 0, Status: report.OK}
		if s.HasThreshold && value > threshold {
			s.Status = report.Breach
		}
		return s
	}
	list := []report.Signal{one("quality.missing", "1", x.missing[1], .08), one("quality.invalid", "1", 0, .01), one("quality.distinct", "{value}", 412, 0)}
	if x.kind == "labels" {
		return append(list, one("quality.unseen", "1", .002, .01))
	}
	outside := one("quality.out_of_range", "1", .0004, .01)
	if x.name == "ip_risk" {
		outside.Value, outside.Status = .0092, report.Warn
	}
	return append(list, outside)
}

// fakeDistribution draws a reference of 20,000 and a pane of 1,025 and counts
// them over quantile cells with atoms, as a reference profile would.
func fakeDistribution(x fakeFeature, subject report.Subject, rng *rand.Rand) (report.Distribution, bool) {
	d := report.Distribution{Subject: subject, Missing: [2]uint64{uint64(20_000 * x.missing[0]), uint64(1025 * x.missing[1])}}
	switch x.kind {
	case "sensitive":
		return d, false
	case "labels":
		for i, label := range x.labels {
			n := 9000 / float64(i+1)
			d.Labels = append(d.Labels, label)
			d.Reference = append(d.Reference, uint64(n))
			now := n * (.05 + .004*rng.NormFloat64())
			if label == "gift cards" {
				now *= 7
			}
			d.Current = append(d.Current, uint64(now))
		}
		return d, true
	}
	reference, now := fakeSample(x, 20_000, 0, rng), fakeSample(x, 1025, x.drift, rng)
	sort.Float64s(reference)
	d.Low, d.High = reference[20], reference[19_979]
	for i := 1; i < 40; i++ {
		if e := reference[i*500]; len(d.Edges) == 0 || e > d.Edges[len(d.Edges)-1] {
			d.Edges = append(d.Edges, e)
		}
		if n := len(d.Edges); reference[i*500] == 0 && (n == 1 || d.Edges[n-1] == 0) {
			d.Edges = append(d.Edges, math.Nextafter(0, 1))
		}
	}
	d.Reference, d.Current = fakeCount(d.Edges, reference), fakeCount(d.Edges, now)
	return d, true
}

func fakeSample(x fakeFeature, n int, shift float64, rng *rand.Rand) []float64 {
	values := make([]float64, n)
	for i := range values {
		z := rng.NormFloat64()
		switch x.kind {
		case "lognormal":
			values[i] = 60 * math.Exp(1.1*(z+shift))
		case "atom":
			if rng.Float64() > .31+.26*shift {
				values[i] = math.Abs(12 + 6*z)
			}
		default:
			values[i] = 40 + 12*(z+shift)
		}
	}
	return values
}

func fakeCount(edges, values []float64) []uint64 {
	counts := make([]uint64, len(edges)+1)
	for _, v := range values {
		counts[sort.Search(len(edges), func(i int) bool { return edges[i] > v })]++
	}
	return counts
}

func (f *fakeSource) score(r *report.Report, rng *rand.Rand) {
	x := fakeFeature{name: "score", kind: "normal", drift: .2, from: 99}
	subject := report.Subject{Kind: report.KindPrediction, Name: "score"}
	series := report.Series{Name: "drift.shift", Subject: subject, Scale: 1}
	for pane := 1; pane <= fakePanes; pane++ {
		series.Points = append(series.Points, report.Point{At: paneEnd(pane), Value: math.Abs(.15 * rng.NormFloat64()), Threshold: .6, Status: report.OK})
	}
	f.series = append(f.series, series)
	s := shiftSignal(x, subject, 1, series.Points[fakePanes-1], rng)
	s.Evidence = report.Prediction
	r.Signals = append(r.Signals, s)
	r.Signals = append(r.Signals, measureSignals(subject, 1, series.Points[fakePanes-1])...)
	edges := []float64{.02, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95}
	reference := []uint64{2200, 3100, 3600, 3900, 2400, 1500, 900, 700, 520, 430, 320, 240, 190}
	current := make([]uint64, len(reference))
	for i, n := range reference {
		current[i] = uint64(float64(n) * (.05 + .002*float64(i)))
	}
	r.Distributions = append(r.Distributions, report.Distribution{Subject: subject, Edges: edges, Low: 0, High: 1, Reference: reference, Current: current})
}

func (f *fakeSource) operation(r *report.Report, rng *rand.Rand) {
	subject := report.Subject{Kind: report.KindModel}
	for _, m := range []struct {
		name, unit              string
		value, noise, threshold float64
	}{
		{"operation.throughput", "{prediction}/s", 1.14, .05, 0}, {"operation.latency_p50", "s", .0021, .0001, .005},
		{"operation.latency_p95", "s", .0068, .0005, .012}, {"operation.latency_p99", "s", .0149, .002, .03},
		{"operation.error_rate", "1", .0012, .0004, .01}, {"quality.volume", "{row}/s", 1.14, .05, 1.9}, {"quality.freshness", "s", 2.4, .8, 60},
	} {
		series := report.Series{Name: m.name, Subject: subject, Scale: 1}
		for pane := 1; pane <= fakePanes; pane++ {
			v := max(0, m.value*(1+.12*math.Sin(float64(pane)/7))+m.noise*rng.NormFloat64())
			series.Points = append(series.Points, report.Point{At: paneEnd(pane), Value: v, Threshold: m.threshold, Status: report.OK})
		}
		f.series = append(f.series, series)
		r.Signals = append(r.Signals, report.Signal{Name: m.name, Unit: m.unit, Subject: subject, Window: fakeWindow(1, fakePanes),
			Value: series.Points[fakePanes-1].Value, Threshold: m.threshold, HasThreshold: m.threshold > 0, Status: report.OK,
			Evidence: report.Operational, Current: 1025})
	}
}

func fakeOthers(r *report.Report) {
	for _, m := range []struct {
		kind             report.Kind
		subject, name    string
		value, threshold float64
		status           report.Status
		words            string
	}{
		{report.KindModel, "", "performance.roc_auc", .914, .88, report.OK, "as in the reference"},
		{report.KindModel, "", "estimated.roc_auc", .909, 0, report.OK, ""},
		{report.KindModel, "", "performance.brier", .081, .08, report.Warn, "worse by .012"},
		{report.KindModel, "", "labels.maturity", .62, 0, report.OK, ""},
		{report.KindMetric, "recall", "performance.recall", .71, .6, report.OK, ""},
		{report.KindMetric, "conversion", "kpi.rate", .31, .28, report.OK, ""},
		{report.KindGroup, "sex=f", "fairness.demographic_parity", .131, .08, report.Warn, "selected 13 points less often"},
		{report.KindGroup, "sex=m", "fairness.demographic_parity", .131, .08, report.OK, ""},
		{report.KindGroup, "sex=f", "fairness.selection_rate", .22, 0, report.OK, ""},
		{report.KindSlice, "age in [18, 25)", "explain.slice", .09, .05, report.Warn, "loses .09 more than the rest"},
		{report.KindPair, "amount×hour", "drift.shift", .21, .5, report.OK, ""},
	} {
		r.Signals = append(r.Signals, report.Signal{Name: m.name, Subject: report.Subject{Kind: m.kind, Name: m.subject}, Window: fakeWindow(4, fakePanes),
			Value: m.value, Threshold: m.threshold, HasThreshold: m.threshold > 0, Status: m.status, Evidence: report.Performance, Current: 4100,
			Unit: "1", Effect: report.Effect{Words: m.words, Low: .9 * m.value, High: 1.1 * m.value}})
	}
	for _, s := range []report.Signal{{Name: "performance.recall", Value: .64}, {Name: "performance.recall_unweighted", Value: .99}, {Name: "performance.precision", Value: .58}} {
		s.Subject, s.Window, s.Unit, s.Current = report.Subject{Kind: report.KindMetric, Name: s.Name[len("performance."):]}, fakeWindow(4, fakePanes), "1", 1700
		s.Window.Maturity = .41
		s.Warnings = []report.Warning{{Code: report.WarnEarly, Text: "41 % of the labels have come"}}
		r.Signals = append(r.Signals, s)
	}
	for i, tenant := range []string{"tenant=acme", "tenant=borealis", "tenant=(other)"} {
		s := report.Signal{Name: "drift.shift", Subject: report.Subject{Kind: report.KindFeature, Name: "amount", Segment: tenant}, Window: fakeWindow(1, fakePanes),
			Value: .1, Threshold: .5, HasThreshold: true, Status: report.OK, Evidence: report.Drift, Current: uint64(400 - 100*i)}
		if i == 1 {
			s.Value, s.Status, s.Effect.Words = 1.1, report.Breach, "mean up 1.1 sd"
		}
		r.Signals = append(r.Signals, s)
	}
	r.Summary = "The inputs drifted: amount and merchant_category, most of it in tenant=borealis; errors are up where they did."
	r.Charts = fakeCharts()
}

func fakeCharts() []report.Chart {
	w := fakeWindow(1, fakePanes)
	curve := report.Chart{Kind: report.Curve, Name: "calibration.reliability", Title: "Reliability", Window: w, Diagonal: true,
		XLabel: "score", YLabel: "share of positives", Notes: []string{"Ten bins of equal mass."}}
	for i := range 10 {
		x := (float64(i) + .5) / 10
		curve.Points = append(curve.Points, report.ChartPoint{X: x, Y: x * x, Low: x*x - .05, High: x*x + .05, N: 100})
	}
	return []report.Chart{
		curve,
		{Kind: report.Matrix, Name: "performance.confusion", Title: "Decided against true", Window: w, Labels: []string{"negative", "positive"},
			Columns: []string{"negative", "positive"}, Counts: [][]uint64{{880, 40}, {22, 83}}},
		{Kind: report.Bars, Name: "explain.impact", Title: "Impact on the score", Window: w, Labels: []string{"amount", "age"},
			Points: []report.ChartPoint{{Y: .12, Low: .1, High: .14}, {Y: -.02, Low: -.03, High: -.01}}},
		{Kind: report.Curve, Title: "one point is no curve", Points: []report.ChartPoint{{X: 1}}},
		{Kind: "pie", Title: "an unknown kind"},
	}
}

// fakePanel is what a rollout would show.
type fakePanel struct{ broken bool }

func (f fakePanel) Panel() report.Panel {
	if f.broken {
		panic("no panel")
	}
	p := report.Panel{
		Title: "Canary 2026-11-01 against 2026-10-15", State: "continue", Status: report.Warn, Text: "Nothing is decided yet.",
		Facts:  []report.Fact{{Name: "Share", Value: "5 %"}, {Name: "Errors", Value: "3 against 1", Status: report.Warn}},
		Tables: []report.Table{{Title: "Arms", Columns: []string{"arm", "requests"}, Rows: [][]string{{"base", "18,211"}, {"candidate"}}}},
	}
	c := report.Chart{Kind: report.Curve, Title: "Difference of error rates", XLabel: "requests", YLabel: "difference"}
	for i := range 50 {
		x := float64(100 * (i + 1))
		c.Points = append(c.Points, report.ChartPoint{X: x, Y: .01, Low: .01 - 1/math.Sqrt(x), High: .01 + 1/math.Sqrt(x)})
	}
	p.Charts = []report.Chart{c}
	return p
}

// fakeIncidents are one open on the three features that drift and one resolved.
func fakeIncidents(r *report.Report) []report.Incident {
	open := report.Incident{ID: "i-49", Model: r.Model, Severity: report.High, State: report.StateAlert, Page: true, Paged: 2, Reminded: 1, Worsened: 1,
		Rule: "amounts", Owner: "payments on call", Runbook: "https://runbooks.example/fraud?step=1#amount", Related: []string{"i-12"}, Opened: paneEnd(49), Pane: 49, Window: fakeWindow(1, 49), Updated: r.At,
		Cause: "Larger amounts from new devices, mostly gift cards: three features moved together within 45 minutes."}
	for _, name := range []string{"amount", "merchant_category", "device_age_days"} {
		subject := report.Subject{Kind: report.KindFeature, Name: name}
		open.Subjects = append(open.Subjects, subject)
		var strongest report.Signal
		for _, s := range r.Signals {
			if s.Subject == subject && s.Name == "drift.shift" && s.Value/max(s.Threshold, 1e-9) > strongest.Value/max(strongest.Threshold, 1e-9) {
				strongest = s
			}
		}
		open.Evidence = append(open.Evidence, strongest)
	}
	old := report.Incident{ID: "i-12", Model: r.Model, Severity: report.Low, Opened: paneEnd(12), Pane: 12, Updated: paneEnd(19), Resolved: paneEnd(19),
		Runbook: "javascript:alert(1)", Muted: "silenced by ada until 06:00",
		Acknowledged: &report.Acknowledgement{By: "ada", At: paneEnd(13), Comment: "the feed is being mended"},
		Cause:        "income missing in 11% of rows, 4% in the reference.", Subjects: []report.Subject{{Kind: report.KindFeature, Name: "income"}}}
	return []report.Incident{open, old}
}

func fakeDigest(r *report.Report) *report.Digest {
	return &report.Digest{
		Model: r.Model, From: paneEnd(1).AddDate(0, 0, -1), To: paneEnd(1), State: report.StateWarning, Paged: 1, More: 3,
		Incidents: []report.Incident{r.Incidents[1]},
		Warnings: []report.Note{{Subject: report.Subject{Kind: report.KindFeature, Name: "ip_risk"}, Signal: "quality.out_of_range",
			Words: "0.92% of the values", Panes: 3, Last: paneEnd(1)}},
		Transients: []report.Note{{Subject: report.Subject{Kind: report.KindFeature, Name: "hour"}, Signal: "drift.shift", Words: "mean up 3 sd", Panes: 1, Last: paneEnd(1)}},
	}
}

func fakeEvents() []report.Event {
	return []report.Event{
		{At: paneEnd(52), Kind: "incident", Text: "device_age_days joined incident i-49."},
		{At: paneEnd(51), Kind: "incident", Text: "merchant_category joined incident i-49."},
		{At: paneEnd(49), Kind: "incident", Text: "Opened i-49 (high): amount, mean up 1.2 sd."},
		{At: paneEnd(19), Kind: "incident", Text: "Resolved i-12 after 6 quiet panes."},
		{At: paneEnd(12), Kind: "incident", Text: "Opened i-12 (low): income missing in 11% of rows."},
		{At: paneEnd(1), Kind: "version", Text: "Version 2026-11-01 started with reference r-8f3ac21e."},
	}
}

func fakeTotals() []report.Total {
	why := func(reason string) []report.Attribute {
		return []report.Attribute{{Key: report.AttrReason, Value: reason}}
	}
	fate := func(name string) []report.Attribute {
		return []report.Attribute{{Key: report.AttrFate, Value: name}}
	}
	return []report.Total{
		{Name: report.TotalPredictions, Value: 61_482},
		{Name: report.TotalDropped, Attributes: why("buffer full"), Value: 12},
		{Name: report.TotalDropped, Attributes: why("late"), Value: 3},
		{Name: report.TotalFailures, Attributes: why("evaluator panicked"), Value: 0},
		{Name: report.TotalLabels, Attributes: fate("matched"), Value: 40_210},
		{Name: report.TotalLabels, Attributes: fate("late"), Value: 312},
		{Name: report.TotalLabels, Attributes: fate("unmatched"), Value: 57},
		{Name: report.TotalLabels, Attributes: fate("conflicting"), Value: 0},
		{Name: report.TotalLabelsWaiting, Kind: report.Gauge, Value: 21},
		{Name: report.TotalUnfollowed, Attributes: why("sampled"), Value: 1_004},
	}
}

// wideSource has n features, every seventh of which drifts.
func wideSource(n int) *fakeSource {
	rng := rand.New(rand.NewPCG(1, 2))
	f := &fakeSource{model: report.Model{Name: "wide"}}
	r := report.Report{Model: f.model, At: paneEnd(fakePanes), Pane: fakePanes, Rows: 1}
	for i := range n {
		x := fakeFeature{name: fmt.Sprintf("feature_%04d", i), kind: "labels", labels: []string{"a", "b", "c"}}
		if i%7 == 0 {
			x.drift, x.from, x.words = 1, 50+i%5, "mean up 1 sd"
		}
		f.feature(&r, x, rng)
	}
	return f.with(r)
}
