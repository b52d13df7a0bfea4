package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/tidemark-ml/tidemark/dashboard"
	"github.com/tidemark-ml/tidemark/report"
)

// frozen is a source that never changes: one report.
type frozen struct{ report *report.Report }

func (f frozen) Model() report.Model              { return f.report.Model }
func (f frozen) Report() *report.Report           { return f.report }
func (f frozen) Totals() iter.Seq[report.Total]   { return slices.Values([]report.Total(nil)) }
func (f frozen) History() iter.Seq[report.Series] { return slices.Values([]report.Series(nil)) }

// writePage writes the page of the comparison as one file that refers to
// nothing outside itself.
func writePage(w io.Writer, c *comparison) error {
	still := *c.Report
	if still.Model.Name == "" {
		still.Model.Name = c.Reference.File + " → " + c.Current.File
	}
	handler := dashboard.Handler(frozen{&still})
	page, err := fetch(handler, "/")
	if err != nil {
		return err
	}
	style, err := fetch(handler, "/style.css")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, selfContained(page, style, signalTable(c)))
	return err
}

// recorder holds an answer of a handler in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header               { return r.header }
func (r *recorder) WriteHeader(status int)            { r.status = status }
func (r *recorder) Write(content []byte) (int, error) { return r.body.Write(content) }

func fetch(h http.Handler, path string) (string, error) {
	request, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return "", err
	}
	r := &recorder{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(r, request)
	if r.status != http.StatusOK {
		return "", fmt.Errorf("page %s: status %d: %s", path, r.status, strings.TrimSpace(r.body.String()))
	}
	return r.body.String(), nil
}

// selfContained puts the style into the page, takes out what needs a server
// (script, icon, search, links) and adds a section at its end.
func selfContained(page, style, section string) string {
	for _, needless := range []string{
		`<link rel="icon"[^>]*>`, `<script[^>]*></script>`, `(?s)<form role="search".*?</form>`, `(?s)<nav class="pages".*?</nav>`,
		`<a href="[^"]*\.json[^"]*">[^<]*</a>`, ` href="[^#"][^"]*"`,
	} {
		page = regexp.MustCompile(needless).ReplaceAllLiteralString(page, "")
	}
	page = strings.Replace(page, `<link rel="stylesheet">`, "<style>\n"+style+"\n</style>", 1)
	return strings.Replace(page, "</main>", section+"</main>", 1)
}

// signalTable is every signal, most telling first.
func signalTable(c *comparison) string {
	var b strings.Builder
	g := c.others(true)
	b.WriteString(`<section><h2>Every signal</h2><div class="scroll"><table class="data"><thead><tr>`)
	for _, h := range g.heading {
		fmt.Fprintf(&b, "<th>%s</th>", html.EscapeString(strings.TrimSpace(h)))
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, row := range g.rows {
		b.WriteString("<tr>")
		for i, cell := range row {
			class := ""
			if strings.HasPrefix(g.heading[i], " ") {
				class = ` class="n"`
			}
			fmt.Fprintf(&b, "<td%s>%s</td>", class, html.EscapeString(cell))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></div></section>\n")
	return b.String()
}
