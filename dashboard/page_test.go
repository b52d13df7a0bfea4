package dashboard

import (
	"encoding/json"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

func TestPageShows(t *testing.T) {
	body := get(t, Handler(richSource()), "/").Body.String()
	for _, want := range []string{
		"<h1>card-fraud</h1>", "2026-11-01", "r-8f3ac21e", "transactions-2026-09", "features v14", // model and provenance
		"3 features drift. First: amount, mean up 1.2 sd since 14:05.", // state
		"1 feature is insensitive", "balance", "sd in any other numeric feature",
		"Larger amounts from new devices", "high", // incident
		"not shown (sensitive)", "insensitive", "All measures at every scale",
		"Latency p95", "p99", "Throughput", "Errors", "buffer full", "Failures", // operation, totals
		"Out of range", "3.8% → 3.9%", // quality
		"device_age_days joined incident", // timeline
		`href="data.json"`, `href="report.json"`, `lang="en"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if a, b := strings.Index(body, ">amount</a>"), strings.Index(body, ">minutes_since_login</a>"); a < 0 || b < a {
		t.Errorf("what drifted first is not before the rest: %d, %d", a, b)
	}
	if n := strings.Count(body, `class="detail"`); n != 1 {
		t.Errorf("%d subjects opened, want the first", n)
	}
}

func TestWhatLabelsSay(t *testing.T) {
	body := get(t, Handler(richSource(), fakePanel{}, nil, fakePanel{broken: true}), "/").Body.String()
	for _, want := range []string{
		"most of it in tenant=borealis",                                                             // the diagnosis
		"Is it still right?", "ROC AUC", "91%", "82% to 101%", "62% of the labels", "worse by .012", // performance
		"Fairness by group", "Demographic parity", "selected 13 points less often", // fairness
		"Worst slices", "age in [18, 25)", "loses .09 more than the rest", // slices
		"Segments", "amount: mean up 1.1 sd", "?segment=tenant%3Dborealis", // segments
		"Reliability", "Ten bins of equal mass.", `class="band"`, `class="diagonal"`, "Decided against true", "880", "Impact on the score", // charts
		"Canary 2026-11-01 against 2026-10-15", `class="badge warning">continue`, "18,211", "Difference of error rates", // panels
		"What this panel shows panicked",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	for _, unwanted := range []string{"one point is no curve", "an unknown kind", ">NaN", "performance.brier<"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("%q is on the page", unwanted)
		}
	}
	body = get(t, Handler(richSource()), "/?segment="+url.QueryEscape("tenant=borealis")).Body.String()
	if !strings.Contains(body, "Features and predictions in tenant=borealis") || strings.Contains(body, ">account_age<") {
		t.Error("the features of a segment are not listed alone")
	}
	if strings.Count(body, "mean up 1.1 sd") < 2 {
		t.Error("what drifted in the segment is not opened")
	}
}

// TestActing: the page says who has been told, who has it, and what to do.
func TestActing(t *testing.T) {
	body := get(t, Handler(richSource()), "/").Body.String()
	for _, want := range []string{
		`title="where the model stands">alert</span>`, "2 subjects are in alert, 1 subject is in recovery.",
		`<span class="badge breach">alert</span>`, "yes, paged 2 times, reminded 1 time", "<dt>Worsened</dt>", "<dt>Rule</dt><dd>amounts</dd>", "payments on call",
		`<a href="https://runbooks.example/fraud?step=1#amount" target="_blank" rel="noopener noreferrer">`,
		`<span class="id">i-49</span>`, "<dt>Perhaps of one cause with</dt><dd>i-12</dd>", "silenced by ada until 06:00", "ada, 05:05 UTC: the feed is being mended",
		"<dd>javascript:alert(1)</dd>", // shown, and no link
		"Daily digest, 22 Nov 02:05 to 02:05 UTC", "1 other incident has paged", "0.92% of the values", "mean up 3 sd", "3 more are left out",
		"<h3>Labels</h3>", "40,600", "<dt>matched</dt><dd>40,210</dd>", "<dt>late</dt><dd>312</dd>", "<dt>unmatched</dt><dd>57</dd>", "<dt>waiting</dt><dd>21</dd>", "1,004",
		">conversion</th>", "so far 64% of 41%", `58% <span class="insensitive">early`, // performance
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	for _, unwanted := range []string{`href="javascript:`, "ZgotmplZ", "metric recall", "99%", "<dt>conflicting</dt>"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("%q is on the page", unwanted)
		}
	}
}

func TestRunbookLinks(t *testing.T) {
	for address, linked := range map[string]bool{
		"https://wiki.example/a b": true, "http://wiki.example": true, "HTTPS://wiki.example/": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//wiki.example/": false, "/runbook": false, "https:": false,
		"https://ada:secret@wiki.example/": false, "see the wiki": false, "http://[": false, "": false,
	} {
		if got := followed(address); (got != "") != linked {
			t.Errorf("%q is linked as %q", address, got)
		}
	}
}

// TestDigestStays: only one report a day has a digest; the page keeps the last.
func TestDigestStays(t *testing.T) {
	source := richSource()
	h := Handler(source)
	if !strings.Contains(get(t, h, "/").Body.String(), "Daily digest") {
		t.Fatal("no digest")
	}
	r := *source.Report()
	r.Pane++
	r.Digest = nil
	source.with(r)
	if !strings.Contains(get(t, h, "/").Body.String(), "Daily digest") {
		t.Error("the digest is gone with the next pane")
	}
	if strings.Contains(get(t, Handler(source), "/").Body.String(), "Daily digest") {
		t.Error("a digest that no page has come by is shown")
	}
}

func TestOpenedAndFiltered(t *testing.T) {
	h := Handler(richSource())
	page := func(query string) string { return get(t, h, "/?"+query).Body.String() }
	if body := page("feature=channel"); !strings.Contains(body, `<table class="bars">`) || strings.Count(body, `class="detail"`) != 1 {
		t.Error("feature=channel does not open the bars of channel")
	}
	if strings.Contains(page("feature="), `class="detail"`) {
		t.Error("an empty feature= still opens one")
	}
	if strings.Contains(page("feature=nothing"), `class="detail"`) {
		t.Error("an unknown feature opens one")
	}
	if body := page("feature=" + url.QueryEscape("prediction score")); !strings.Contains(body, `class="detail"`) {
		t.Error("the score cannot be opened")
	}
	if body := page("feature=sex"); !strings.Contains(body, "Distribution not shown (sensitive).") {
		t.Error("a sensitive feature does not say why it is not drawn")
	}
	body := page("q=VELOCITY")
	if n := strings.Count(body, `data-nav id="a`); n != 2 || !strings.Contains(body, "2 of 19 match") {
		t.Errorf("q=VELOCITY shows %d subjects, want 2", n)
	}
	if !strings.Contains(page("q=nosuch"), "No subject matches") {
		t.Error("an empty search says nothing")
	}
}

func TestManyFeatures(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	h := Handler(wideSource(2000))
	for target, limit := range map[string]int{"/": 400_000, "/?page=7": 400_000, "/?page=999999": 400_000, "/data.json": 3_000_000, "/report.json": 6_000_000} {
		w := get(t, h, target)
		if w.Code != 200 || w.Body.Len() > limit {
			t.Errorf("%s: status %d, %d bytes, limit %d", target, w.Code, w.Body.Len(), limit)
		}
	}
	body := get(t, h, "/?page=2").Body.String()
	if !strings.Contains(body, "51–100 of 2000, page 2 of 40") || !strings.Contains(body, `rel="next" href="./?page=3"`) || !strings.Contains(body, `rel="prev" href="./"`) {
		t.Error("page 2 does not say where it is")
	}
	if body := get(t, h, "/?feature=feature_1999").Body.String(); !strings.Contains(body, ">feature_1999</a>") {
		t.Error("a feature far down the list cannot be opened")
	}
	seen := map[string]bool{}
	for _, target := range []string{"/report.json", "/report.json?page=2", "/report.json?page=10"} {
		var got reportBody
		if err := json.Unmarshal(get(t, h, target).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		for subject := range subjectsOf(&got.Report) {
			if seen[subject.Name] {
				t.Fatalf("%s repeats %s", target, subject)
			}
			seen[subject.Name] = true
		}
		if got.Page.Subjects != 2000 || got.Page.Pages != 10 {
			t.Fatalf("%s: page %+v", target, got.Page)
		}
	}
	if len(seen) != 3*reportSize {
		t.Errorf("three pages hold %d subjects", len(seen))
	}
}

func TestReportJSON(t *testing.T) {
	source := richSource()
	h := Handler(source)
	var whole reportBody
	if err := json.Unmarshal(get(t, h, "/report.json").Body.Bytes(), &whole); err != nil {
		t.Fatal(err)
	}
	if len(whole.Signals) != len(source.Report().Signals) || whole.Pane != fakePanes || len(whole.Incidents) != 2 || len(whole.Distributions) != 18 {
		t.Errorf("%d signals of %d, pane %d, %d incidents, %d distributions", len(whole.Signals), len(source.Report().Signals), whole.Pane, len(whole.Incidents), len(whole.Distributions))
	}
	var one dataBody
	if err := json.Unmarshal(get(t, h, "/data.json?feature=amount").Body.Bytes(), &one); err != nil {
		t.Fatal(err)
	}
	if len(one.Series) != 4 || len(one.Report.Distributions) != 1 || len(subjectsOf(&one.Report.Report)) != 1 || one.State.Status != "breach" || one.Totals.Dropped["buffer full"] != 12 {
		t.Errorf("data.json?feature=amount: %d series, %d distributions, state %+v, totals %+v", len(one.Series), len(one.Report.Distributions), one.State, one.Totals)
	}
	if body := get(t, h, "/data.json?feature=nothing").Body.String(); !strings.Contains(body, `"signals":[]`) {
		t.Error("an unknown feature has signals")
	}
}

// TestBrokenNumbers: the contract of a source forbids them; the page has to
// survive them all the same.
func TestBrokenNumbers(t *testing.T) {
	source := richSource()
	r := *source.Report()
	nan, inf := math.NaN(), math.Inf(1)
	subject := report.Subject{Kind: report.KindFeature, Name: "broken"}
	r.Signals = append(r.Signals, report.Signal{Name: "drift.shift", Subject: subject, Value: nan, Threshold: inf, HasThreshold: true, Status: report.Breach, Evidence: report.Drift})
	for _, d := range []report.Distribution{
		{Edges: []float64{1, nan}, Reference: []uint64{1, 1, 1}, Current: []uint64{1, 1, 1}},
		{Edges: []float64{2, 1}, Reference: []uint64{1, 1, 1}, Current: []uint64{1, 1, 1}},
		{Edges: []float64{1}, Reference: []uint64{1}, Current: nil},
		{Edges: []float64{1, 2}, Reference: []uint64{0, 0, 0}, Current: []uint64{0, 0, 0}},
		{Edges: []float64{-inf, inf}, Reference: []uint64{1, 1, 1}, Current: []uint64{1, 1, 1}},
		{Edges: []float64{5}, Reference: []uint64{3, 4}, Current: []uint64{1, 1}},
		{Edges: []float64{1, 2}, Low: nan, High: nan, Reference: []uint64{1, 1, 1}, Current: []uint64{1, 1, 1}},
		{Labels: []string{"a"}, Reference: []uint64{1, 2}, Current: []uint64{1}},
		{},
	} {
		d.Subject = subject
		r.Distributions = append(r.Distributions[:18:18], d)
		source.series = append(source.series[:10:10], report.Series{Name: "drift.shift", Subject: subject, Scale: 1,
			Points: []report.Point{{At: r.At.Add(-time.Hour), Value: nan}, {At: r.At, Value: inf, Threshold: nan}, {At: r.At.Add(time.Hour), Value: 1}, {At: r.At.Add(2 * time.Hour), Value: 1, Threshold: nan}}})
		h := Handler(source.with(r))
		for _, target := range []string{"/?feature=broken", "/data.json", "/report.json"} {
			w := get(t, h, target)
			if w.Code != 200 || strings.Contains(w.Body.String(), "NaN") || strings.Contains(w.Body.String(), "+Inf") {
				t.Errorf("%+v %s: status %d, or a number that is none", d, target, w.Code)
			}
		}
	}
}
