package dashboard

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

//go:embed assets
var assets embed.FS

// policy allows the page its own script, style and data, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const (
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// Handler returns the live page of source and the JSON beside it, to be mounted
// at any path that ends with a slash, stripped of its prefix or not.
//
// It answers GET and HEAD; an answer has an entity tag made of the report's
// identity, so that a poll costs a few bytes until the next pane closes. A nil
// source, one without a report yet, and one that panics each get a page that
// says so. The handler may be used concurrently.
//
// What stands beside a monitor and has something to show, a rollout, a guard or a
// review queue, is given as panels; nil ones are left out. Their blocks are as new
// as the answer, which is one for each pane: a page that is polled shows them anew
// when the next pane closes, one that is loaded at once.
//
// Only one report a day has a digest. The page shows the last one that it has been
// asked for while its report was the newest; whoever must not miss one has it sent.
func Handler(source report.Source, panels ...report.Paneler) http.Handler {
	h := &handler{source: source, panels: panels}
	h.page, h.broken = template.ParseFS(assets, "assets/page.html")
	return h
}

type handler struct {
	source report.Source
	panels []report.Paneler
	page   *template.Template
	broken error // a template that does not parse; a test keeps it nil
	digest lastDigest
}

// answer is a response held in memory, so that an error on the way to it can
// still become a proper status.
type answer struct {
	status int
	kind   string
	etag   string
	body   []byte
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		answer{status: http.StatusMethodNotAllowed, kind: typeText, body: []byte("only GET and HEAD\n")}.send(w, r)
		return
	}
	if r.URL.Path == "" {
		addSlash(w, r)
		return
	}
	h.answer(r).send(w, r)
}

func secure(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
}

// addSlash redirects a path whose prefix was stripped to nothing: the page's
// links are relative to a directory. The target is relative as well, since the
// handler does not know its prefix, and starts with "./" so that no path can
// make it another host.
func addSlash(w http.ResponseWriter, r *http.Request) {
	asked, err := url.ParseRequestURI(r.RequestURI)
	if err != nil || asked.Path == "" || strings.HasSuffix(asked.Path, "/") {
		answer{status: http.StatusNotFound, kind: typeText, body: []byte("mount the page under a path that ends with /\n")}.send(w, r)
		return
	}
	w.Header().Set("Location", "./"+url.PathEscape(path.Base(asked.Path))+"/")
	answer{status: http.StatusPermanentRedirect, kind: typeText}.send(w, r)
}

// answer routes on the last element of the path, so that the prefix does not
// matter. A panic of the source ends here.
func (h *handler) answer(r *http.Request) (a answer) {
	defer func() {
		if cause := recover(); cause != nil {
			a = failure("the source of this page panicked")
		}
	}()
	switch name := path.Base(r.URL.Path); {
	case strings.HasSuffix(r.URL.Path, "/"):
		return h.html(r)
	case name == "data.json":
		return h.json(r, dataOf)
	case name == "report.json":
		return h.json(r, reportOf)
	case name == "app.js":
		return asset("assets/app.js", "text/javascript; charset=utf-8")
	case name == "style.css":
		return asset("assets/style.css", "text/css; charset=utf-8")
	case name == "favicon.svg":
		return asset("assets/favicon.svg", "image/svg+xml")
	}
	return answer{status: http.StatusNotFound, kind: typeText, body: []byte("no such page\n")}
}

func (h *handler) html(r *http.Request) answer {
	if h.broken != nil {
		return failure(h.broken.Error())
	}
	rep := current(h.source)
	tag, digest := etag(rep), h.digest.keep(rep)
	if matches(r, tag) {
		return answer{status: http.StatusNotModified, kind: typeHTML, etag: tag}
	}
	var body bytes.Buffer
	snap := take(h.source, rep)
	snap.panelers = h.panels
	q := queryOf(r.URL.Query())
	page := viewOf(snap, q)
	page.Digest = snap.digestOf(digest, q)
	page.ETag = tag
	if err := h.page.ExecuteTemplate(&body, "page.html", page); err != nil {
		return failure(err.Error())
	}
	return answer{status: http.StatusOK, kind: typeHTML, etag: tag, body: body.Bytes()}
}

// current returns the newest report, and nil where there is none.
func current(source report.Source) *report.Report {
	if source == nil {
		return nil
	}
	return source.Report()
}

func asset(name, kind string) answer {
	body, err := assets.ReadFile(name)
	if err != nil {
		return failure(err.Error())
	}
	return answer{status: http.StatusOK, kind: kind, body: body}
}

func failure(text string) answer {
	return answer{status: http.StatusInternalServerError, kind: typeText, body: fmt.Appendf(nil, "dashboard: %s\n", text)}
}

func (a answer) send(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.kind)
	if a.etag != "" {
		header.Set("ETag", a.etag)
	}
	if a.status != http.StatusNotModified {
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead && a.status != http.StatusNotModified {
		_, _ = io.Copy(w, bytes.NewReader(a.body)) // a reader that left is no error of ours
	}
}
