package integration

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tidemark-ml/tidemark"
	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/monitor"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/rollout"
)

// application is a row of the labelled page's model, with what became of it.
type application struct {
	row   profile.Row
	truth profile.Truth
}

// applications are n of an hour: scores that are right as probabilities, but
// where spoiled, in the south, they say nothing.
func applications(seed uint64, start time.Time, n int, spoiled bool) []application {
	r := rand.New(rand.NewPCG(seed, 9))
	all := make([]application, n)
	for i := range all {
		region, sex := []string{"north", "south"}[r.IntN(2)], []string{"f", "m"}[r.IntN(2)]
		p := r.Float64()
		likely := p
		if spoiled && region == "south" {
			likely = .5
		}
		a := application{truth: profile.Negative(), row: profile.Row{
			ID: fmt.Sprint(seed, "-", i), Time: start.Add(time.Duration(i) * time.Hour / time.Duration(n)),
			Values:  []profile.Value{profile.Float(1000 * p), profile.String(region), profile.String(sex)},
			Outcome: profile.Outcome{Score: p},
		}}
		if r.Float64() < likely {
			a.truth = profile.Positive()
		}
		all[i] = a
	}
	return all
}

// labelledMonitor has seen ten hours, the labels of each an hour later; from the
// seventh hour on the model errs in the south.
func labelledMonitor(t *testing.T) *monitor.Monitor {
	t.Helper()
	schema, err := profile.NewSchema(profile.Binary(.5),
		profile.Feature{Name: "amount", Kind: profile.Numeric},
		profile.Feature{Name: "region", Kind: profile.Categorical, OneOf: []string{"north", "south"}, Segment: true},
		profile.Feature{Name: "sex", Kind: profile.Categorical, OneOf: []string{"f", "m"}, Group: true})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	reference, err := profile.Build(schema, labelledRows(start), profile.BlockRows(1000))
	if err != nil {
		t.Fatal(err)
	}
	m, err := monitor.New("loans", schema, tidemark.Defaults(), monitor.WithVersion("7"), monitor.WithReference(reference), monitor.WithEventTime(),
		monitor.WithPanes(monitor.Panes{Every: time.Hour}), monitor.WithKPIs(monitor.KPI{Name: "conversion", Rate: true}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Shutdown(within(t)); err != nil {
			t.Error(err)
		}
	})
	for hour := range 10 {
		at := start.Add(time.Duration(hour) * time.Hour)
		batch := applications(uint64(100+hour), at, 1500, hour >= 6)
		for _, a := range batch {
			m.Observe(t.Context(), a.row)
		}
		flush(t, m)
		for i, a := range batch {
			m.LabelAt(t.Context(), a.row.ID, a.truth, at.Add(time.Hour))
			m.Record(t.Context(), a.row.ID, "conversion", float64(i%3/2))
		}
	}
	flush(t, m)
	return m
}

// labelledRows are the reference: rows that come with their truth.
func labelledRows(live time.Time) iter.Seq2[profile.Row, error] {
	return func(yield func(profile.Row, error) bool) {
		for hour := range 20 {
			for _, a := range applications(uint64(hour), live.Add(time.Duration(hour-40)*time.Hour), 1000, false) {
				a.row.Truth = a.truth
				if !yield(a.row, nil) {
					return
				}
			}
		}
	}
}

// trial is a rollout whose candidate errs more often, 3,000 requests on.
func trial(t *testing.T) *rollout.Trial {
	t.Helper()
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	x, err := rollout.NewTrial(rollout.Plan{
		Name: "march", Base: "7", Candidate: "8", Target: profile.Binary(.5), Steps: []rollout.Step{{Share: .5}},
		Now: func() time.Time { now = now.Add(time.Second); return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(8, 8))
	for i := range 3000 {
		id := fmt.Sprint("request-", i)
		a := x.Assign(id)
		x.Observe(rollout.Result{Assignment: a, ID: id, Outcome: profile.Outcome{Score: r.Float64()}, Latency: time.Millisecond})
		truth := profile.Negative()
		if r.IntN(2) == 0 {
			truth = profile.Positive()
		}
		x.Label(id, truth)
	}
	return x
}

// TestLabelledPage opens the page of a monitor with labels, groups, segments and a
// rollout beside it in a real browser, and wants all of it to be drawn, within the
// page's policy.
func TestLabelledPage(t *testing.T) {
	program(t, "chromium")
	ctx := lasting(t)
	mux := http.NewServeMux()
	mux.Handle("/model/", dashboard.Handler(labelledMonitor(t), trial(t)))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab, seen := browse(ctx, t)
	if err := chromedp.Do(tab, chromedp.EmulateViewport(pageWidth, pageHeight), chromedp.Navigate(server.URL+"/model/")); err != nil {
		t.Fatal(err)
	}
	for what, expression := range map[string]string{
		"realised measure with interval": rowWith("live-performance", "ROC AUC", `/\d+% to \d+%/`),
		"estimate beside it":             `document.querySelector("#live-performance tbody tr td:nth-child(6)") && ` + rowWith("live-performance", "Accuracy", `/\(\d+% to \d+%\)/`),
		"business figure by its name":    rowWith("live-performance", "conversion", `/0\.3\d+ to 0\.3\d+/`),
		"groups":                         `["sex=f", "sex=m"].every((g) => [...document.querySelectorAll("#live-fairness th[scope=row]")].some((h) => h.textContent === g))`,
		"measure of fairness":            `document.querySelector("#live-fairness thead").textContent.includes("Equal opportunity")`,
		"segments":                       `document.querySelectorAll("#live-segments tbody tr").length === 2`,
		"the segment that went wrong":    `document.querySelector("#live-segments tbody tr th a").textContent === "region=south"`,
		"reliability curve":              `document.querySelector("#live-figures svg.plot path.value").getBoundingClientRect().height > 20`,
		"labels by their fate":           `[...document.querySelectorAll(".tile.wide")].some((e) => /Labels/.test(e.textContent) && /matched/.test(e.textContent))`,
		"incident":                       `document.querySelector("#live-incidents .incident .badge.breach").textContent === "alert"`,
		"rollout":                        `/8/.test(document.querySelector("#live-panels h2").textContent) && document.querySelectorAll("#live-panels dd").length > 2`,
		"confidence sequence":            `document.querySelector("#live-panels svg.plot path.band").getBoundingClientRect().height > 4`,
		"no sideways scrolling":          `document.documentElement.scrollWidth <= innerWidth`,
	} {
		if err := poll(tab, expression); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	checkSegmentOpened(tab, t)
	checkNarrow(tab, t)
	seen.check(t, server.URL)
	keepPicture(tab, t)
}

// rowWith is true where a row of a part that has this text also matches.
func rowWith(part, text, pattern string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("#%s tbody tr")].some((r) => r.textContent.includes(%q) && %s.test(r.textContent))`, part, text, pattern)
}

// checkSegmentOpened follows the link of a segment, without a reload.
func checkSegmentOpened(tab context.Context, t *testing.T) {
	t.Helper()
	_, err := chromedp.Run(tab, chromedp.Evaluate[bool](`window.stayed = true; document.querySelector("#live-segments tbody tr th a").click(); true`))
	if err == nil {
		err = poll(tab, `window.stayed && new URL(location).searchParams.get("segment") === "region=south" &&
			document.querySelector("#live-segments tr.chosen") && document.querySelectorAll("#live-list .rows > li").length > 0`)
	}
	if err != nil {
		t.Errorf("the features of region=south: %v", err)
	}
}

// checkNarrow wants tables to scroll within themselves on a narrow and dark
// screen, and not the page.
func checkNarrow(tab context.Context, t *testing.T) {
	t.Helper()
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	err := chromedp.Do(tab, chromedp.EmulateViewport(420, 900), media(dark))
	if err == nil {
		err = poll(tab, `document.documentElement.scrollWidth <= 420 &&
			getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every((c) => c < 60)`)
	}
	if err != nil {
		t.Errorf("420 pixels, dark: %v", err)
	}
}

// keepPicture writes what the tab shows to the file that the environment names,
// for whoever wants to look at it.
func keepPicture(tab context.Context, t *testing.T) {
	t.Helper()
	file := os.Getenv("TIDEMARK_LABELLED_PICTURE")
	if file == "" {
		return
	}
	light := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(pageWidth, 4200), media(light)); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, png, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
