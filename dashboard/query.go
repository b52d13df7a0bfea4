package dashboard

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

const (
	pageSize     = 50     // subjects drawn on a page, and held by data.json
	reportSize   = 200    // subjects held by report.json
	maxPerAnswer = 25_000 // signals in one JSON answer
	maxQuery     = 200    // bytes of a search text
)

// query is what a request asks to see.
type query struct {
	text    string // part of a name
	page    int    // from 0
	feature string // key of the opened subject
	chosen  bool   // whether feature was given, if only as "none"
	segment string // the segment whose features are listed; empty for all rows
}

func queryOf(values url.Values) query {
	q := query{text: strings.TrimSpace(values.Get("q")), feature: values.Get("feature"), chosen: values.Has("feature")}
	if len(q.text) > maxQuery {
		q.text = q.text[:maxQuery]
	}
	q.text = strings.ToValidUTF8(q.text, "")
	if q.segment = values.Get("segment"); len(q.segment) > maxQuery {
		q.segment = ""
	}
	if n, err := strconv.Atoi(values.Get("page")); err == nil && n > 1 {
		q.page = min(n, 1_000_000) - 1
	}
	return q
}

// link returns the relative address of the same view with another page or
// feature. Page 0 and an unchosen feature are left out.
func (q query) link(page int, feature string, chosen bool) string {
	values := url.Values{}
	if q.text != "" {
		values.Set("q", q.text)
	}
	if q.segment != "" {
		values.Set("segment", q.segment)
	}
	if page > 0 {
		values.Set("page", strconv.Itoa(page+1))
	}
	if chosen {
		values.Set("feature", feature)
	}
	if len(values) == 0 {
		return "./"
	}
	return "./?" + values.Encode()
}

// filter returns the groups whose subject contains the search text.
func (q query) filter(groups []*group) []*group {
	if q.text == "" {
		return groups
	}
	wanted := strings.ToLower(q.text)
	var kept []*group
	for _, g := range groups {
		if strings.Contains(strings.ToLower(g.subject.String()), wanted) {
			kept = append(kept, g)
		}
	}
	return kept
}

// slice returns one page of n items as bounds, and the number of pages (at
// least one). A page beyond the last is the last.
func slice(n, page, size int) (from, to, shown, pages int) {
	pages = max(1, (n+size-1)/size)
	shown = min(page, pages-1)
	from = shown * size
	return from, min(n, from+size), shown, pages
}

// key is how a subject is named in an address: a feature by its name, any other
// by its kind and name.
func key(s report.Subject) string {
	text := s.String()
	if s.Kind == report.KindFeature && s.Segment == "" {
		text = s.Name
	}
	if len(text) > maxQuery {
		return "~" + digest(text)
	}
	return text
}
