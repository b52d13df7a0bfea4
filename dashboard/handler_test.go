package dashboard

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func get(t *testing.T, h http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	return w
}

func TestTemplateParses(t *testing.T) {
	h, ok := Handler(nil).(*handler)
	if !ok || h.broken != nil {
		t.Fatalf("template: %v", h.broken)
	}
}

func TestRoutes(t *testing.T) {
	h := Handler(richSource())
	for _, c := range []struct {
		target string
		status int
		kind   string
	}{
		{"/", 200, typeHTML},
		{"/debug/model/", 200, typeHTML},
		{"/debug/model/data.json", 200, typeJSON},
		{"/debug/model/report.json", 200, typeJSON},
		{"/debug/model/app.js", 200, "text/javascript; charset=utf-8"},
		{"/debug/model/style.css", 200, "text/css; charset=utf-8"},
		{"/debug/model/favicon.svg", 200, "image/svg+xml"},
		{"/debug/model/page.html", 404, typeText},
		{"/debug/model/nothing", 404, typeText},
	} {
		w := get(t, h, c.target)
		if w.Code != c.status || w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s: %d %q, want %d %q", c.target, w.Code, w.Header().Get("Content-Type"), c.status, c.kind)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": policy} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", c.target, name, got)
			}
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q lets more in than the page's own files", policy)
	}
}

func TestMethods(t *testing.T) {
	h := Handler(richSource())
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
	if w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d, %d bytes, Content-Length %s", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

// withoutRunbooks leaves out the one kind of link that may lead elsewhere.
func withoutRunbooks(body string) string {
	return regexp.MustCompile(`<dt>Runbook</dt><dd>.*?</dd>`).ReplaceAllString(body, "")
}

func TestMountedAnywhere(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/debug/model/", Handler(richSource()))
	mux.Handle("/ops/", http.StripPrefix("/ops", Handler(richSource())))
	mux.Handle("/bare", http.StripPrefix("/bare", Handler(richSource())))
	for _, target := range []string{"/debug/model/", "/ops/"} {
		body := withoutRunbooks(get(t, mux, target).Body.String())
		for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			link, err := url.Parse(m[1])
			if err != nil || link.IsAbs() || link.Host != "" || strings.HasPrefix(link.Path, "/") || strings.Contains(link.Path, "..") {
				t.Fatalf("%s links to %q, which is not relative to it", target, m[1])
			}
		}
	}
	for target, want := range map[string]string{"/bare": "./bare/", "/bare?q=x": "./bare/"} {
		if w := get(t, mux, target); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", target, w.Code, w.Header().Get("Location"), want)
		}
	}
}

func TestEntityTag(t *testing.T) {
	source := richSource()
	h := Handler(source)
	for _, target := range []string{"/", "/data.json", "/report.json"} {
		tag := get(t, h, target).Header().Get("ETag")
		if tag == "" {
			t.Fatalf("%s has no ETag", target)
		}
		for header, want := range map[string]int{tag: 304, `"x", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, "*": 304, `W/"59-0"`: 200} {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			r.Header.Set("If-None-Match", header)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want || want == 304 && w.Body.Len() > 0 {
				t.Errorf("%s If-None-Match %s: %d with %d bytes, want %d", target, header, w.Code, w.Body.Len(), want)
			}
		}
	}
	old := etag(source.Report())
	next := *source.Report()
	next.Pane++
	if etag(&next) == old {
		t.Error("the tag does not change with the pane")
	}
	resolved := *source.Report()
	resolved.Incidents = append([]report.Incident(nil), resolved.Incidents...)
	resolved.Incidents[0].Resolved = resolved.At
	if etag(&resolved) == old {
		t.Error("the tag does not change with an incident")
	}
}

// hollow answers with what a test gives it.
type hollow struct {
	fakeSource
	none, panics bool
}

func (h *hollow) Report() *report.Report {
	if h.panics {
		panic("broken source")
	}
	if h.none {
		return nil
	}
	return &report.Report{}
}

func TestWithoutReport(t *testing.T) {
	for _, c := range []struct {
		name   string
		source report.Source
		status int
		want   string
	}{
		{"nil", nil, 200, "Monitoring is switched off."},
		{"no report", &hollow{none: true}, 200, "Waiting for the first pane"},
		{"empty report", &hollow{}, 200, "Waiting for the first pane"},
		{"panics", &hollow{panics: true}, 500, "the source of this page panicked"},
	} {
		for _, target := range []string{"/", "/data.json", "/report.json"} {
			w := get(t, Handler(c.source), target)
			if w.Code != c.status {
				t.Errorf("%s %s: status %d, want %d", c.name, target, w.Code, c.status)
			}
			if target != "/report.json" && !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%s %s: no %q in\n%s", c.name, target, c.want, w.Body)
			}
		}
	}
}

func TestHostileText(t *testing.T) {
	const script = `<script>alert("x")</script>`
	source := richSource()
	r := *source.Report()
	bad := report.Subject{Kind: report.KindFeature, Name: script + "\xff\u202Eend\x00", Segment: `a"onload="x`}
	r.Signals = append([]report.Signal{{Name: script, Subject: bad, Value: 1, Status: report.Breach, Evidence: report.Drift,
		Effect: report.Effect{Words: script}, Warnings: []report.Warning{{Text: script}}}}, r.Signals...)
	r.Distributions = append(r.Distributions, report.Distribution{Subject: bad, Labels: []string{script, "javascript:alert(1)"}, Reference: []uint64{1, 2}, Current: []uint64{3, 4}})
	r.Incidents = append([]report.Incident{{ID: script, Cause: script, Subjects: []report.Subject{bad}}}, r.Incidents...)
	r.Events = append(r.Events, report.Event{Kind: script, Text: script})
	r.Model = report.Model{Name: script, Version: script, Dataset: script}
	source.series = append(source.series, report.Series{Name: script, Subject: bad, Points: source.series[0].Points})
	source.totals = append(source.totals, report.Total{Name: report.TotalDropped, Value: 1, Attributes: []report.Attribute{{Key: report.AttrReason, Value: script}}})
	h := Handler(source.with(r))
	for _, target := range []string{"/", "/?q=" + url.QueryEscape(script), "/?feature=" + url.QueryEscape(key(bad)), "/?feature=" + url.QueryEscape(script)} {
		w := get(t, h, target)
		body := w.Body.String()
		if w.Code != 200 || strings.Contains(body, "<script>") || strings.Contains(body, `"onload=`) || strings.ContainsAny(body, "\x00\u202E") || strings.ToValidUTF8(body, "") != body {
			t.Errorf("%s: status %d, or hostile text came through", target, w.Code)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: the template met a context it could not escape", target)
		}
	}
	if body := get(t, h, "/?feature="+url.QueryEscape(key(bad))).Body.String(); !strings.Contains(body, "&lt;script&gt;") || !strings.Contains(body, "javascript:alert(1)</th>") {
		t.Error("the hostile feature is not shown as text")
	}
	for _, target := range []string{"/data.json", "/report.json"} {
		if w := get(t, h, target); !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), "<script>") {
			t.Errorf("%s is not JSON, or could be read as HTML", target)
		}
	}
}

func TestNoInlineCode(t *testing.T) {
	body := withoutRunbooks(get(t, Handler(richSource()), "/").Body.String())
	if m := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]`).FindString(body); m != "" {
		t.Errorf("the policy would block %q", m)
	}
	if m := regexp.MustCompile(`(?i)https?://[^"< ]*`).FindString(body); m != "" {
		t.Errorf("the page refers to %q", m)
	}
}

func TestConcurrentSafe(t *testing.T) {
	source := richSource()
	first := *source.Report()
	h := Handler(source)
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 40 {
			next := first
			next.Pane += uint64(i)
			source.with(next)
		}
	})
	for _, target := range []string{"/", "/data.json", "/report.json", "/?q=a&page=2"} {
		group.Go(func() {
			for range 4 {
				if w := get(t, h, target); w.Code != 200 {
					t.Errorf("%s: %d", target, w.Code)
				}
			}
		})
	}
	group.Wait()
}
