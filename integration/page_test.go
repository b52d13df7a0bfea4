package integration

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screenshotVariable set to 1 makes TestPage write the picture of the README.
const screenshotVariable = "TIDEMARK_SCREENSHOT"

const screenshotFile = "../docs/images/page.png"

const pageWidth, pageHeight = 1400, 1000

// quickstart builds and starts the example, and returns its page.
func quickstart(ctx context.Context, t *testing.T) (p *process, page string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "quickstart")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./examples/quickstart")
	build.Dir = ".."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	p = start(t, binary, "-listen", "127.0.0.1:0", "-pace", "1ms")
	return p, p.await(ctx, t, `Live page: (http://127\.0\.0\.1:\d+/\S*)`)[1]
}

// namedInIncidents is true once the open incidents of the page name a subject.
func namedInIncidents(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('#live-incidents .incident:not(.resolved) .evidence a, `+
		`#live-incidents .incident:not(.resolved) .evidence b')].some((e) => e.textContent === %q)`, name)
}

// TestPage opens the live page in a real browser while the quickstart runs, and
// waits until the page, by its own refreshing, names the faults of its inputs and the
// group that is hurt.
func TestPage(t *testing.T) {
	program(t, "chromium")
	ctx := lasting(t)
	p, page := quickstart(ctx, t)
	tab, seen := browse(ctx, t)
	light := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	err := chromedp.Do(tab, chromedp.EmulateViewport(pageWidth, pageHeight), media(light), chromedp.Navigate(page))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"age", "purpose", "income", "duration", "group sex=f"} {
		if err := poll(tab, namedInIncidents(name)); err != nil {
			t.Fatalf("the page does not name %s: %v", name, err)
		}
		if !strings.Contains(p.said(), strings.TrimPrefix(name, "group ")+": ") {
			t.Errorf("the page names %s before it is injected", name)
		}
	}
	p.await(ctx, t, `The stream has ended`)
	checkDrawn(tab, t)
	checkOpened(tab, t)
	seen.check(t, strings.TrimSuffix(page, "/debug/model/"))
	picture(tab, t, page)
}

// checkDrawn looks for what a page has that is drawn and not only written.
func checkDrawn(tab context.Context, t *testing.T) {
	t.Helper()
	for what, expression := range map[string]string{
		"model in the heading":     `document.querySelector("h1").textContent === "credit-risk"`,
		"sentence of the state":    `document.querySelector("#live-state .sentence").textContent.includes("drift")`,
		"curve of a distribution":  `document.querySelector("#live-list svg.plot path").getBoundingClientRect().height > 4`,
		"style":                    `getComputedStyle(document.querySelector(".rows")).listStyleType === "none"`,
		"light background":         `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).every((c) => c > 200)`,
		"no sideways scrolling":    `document.documentElement.scrollWidth <= innerWidth`,
		"no message of being late": `document.getElementById("offline").hidden`,
	} {
		if err := poll(tab, expression); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// checkOpened opens a feature as a reader does, by its link and without a reload.
func checkOpened(tab context.Context, t *testing.T) {
	t.Helper()
	link := `[...document.querySelectorAll(".rows .name a")].find((a) => a.textContent === "purpose")`
	_, err := chromedp.Run(tab, chromedp.Evaluate[bool](`window.stayed = true; `+link+`.click(); true`))
	if err == nil {
		err = poll(tab, `window.stayed && new URL(location).searchParams.get("feature") === "purpose" &&
			document.querySelector(".rows .opened .bars").textContent.includes("study")`)
	}
	if err != nil {
		t.Errorf("the bars of purpose: %v", err)
	}
}

// poll waits until an expression of the page is true, half a minute at most. An
// expression that throws is not true yet.
func poll(tab context.Context, expression string) error {
	guarded := "(() => { try { return " + expression + " } catch { return false } })()"
	_, err := chromedp.Run(tab, chromedp.Poll[bool](guarded, chromedp.WithPollingInterval(100*time.Millisecond),
		chromedp.WithPollingTimeout(30*time.Second)))
	return err
}

// picture writes the page as it first appears, down to the distribution of what
// drifted first, where it is asked for.
func picture(tab context.Context, t *testing.T, page string) {
	t.Helper()
	if os.Getenv(screenshotVariable) != "1" {
		return
	}
	if err := chromedp.Do(tab, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	if err := poll(tab, namedInIncidents("duration")); err != nil {
		t.Fatal(err)
	}
	end, err := chromedp.Run(tab, chromedp.Evaluate[float64](
		`scrollY + document.querySelector(".rows .detail .columns").getBoundingClientRect().bottom + 12`))
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(pageWidth, int64(end))); err != nil {
		t.Fatal(err)
	}
	png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(screenshotFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(screenshotFile, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
