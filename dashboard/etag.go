package dashboard

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"net/http"
	"strings"

	"github.com/tidemark-ml/tidemark/report"
)

// etag identifies a report. It is weak, for the totals beside the report move on
// while the tag stays, and empty before the first pane, when totals are all
// there is to see.
func etag(r *report.Report) string {
	if r == nil || r.Pane == 0 {
		return ""
	}
	h := fnv.New64a()
	add := func(numbers ...uint64) {
		for _, n := range numbers {
			_ = binary.Write(h, binary.LittleEndian, n) // a hash never fails
		}
	}
	fmt.Fprintf(h, "%q", []string{r.Model.Name, r.Model.Version, r.Model.Reference})
	add(uint64(r.At.UnixNano()), r.Rows, uint64(len(r.Signals)), uint64(len(r.Events)))
	if r.Learning != nil {
		add(uint64(r.Learning.Done), uint64(r.Learning.Need))
	}
	for i := range r.Incidents {
		n := &r.Incidents[i]
		fmt.Fprintf(h, "%q", n.ID)
		add(uint64(n.Updated.UnixNano()), uint64(n.Resolved.UnixNano()))
	}
	return fmt.Sprintf(`W/"%d-%016x"`, r.Pane, h.Sum64())
}

// matches reports whether the request already has what tag identifies, by the
// weak comparison of RFC 9110 §13.1.2.
func matches(r *http.Request, tag string) bool {
	if tag == "" {
		return false
	}
	weak := strings.TrimPrefix(tag, "W/")
	for _, line := range r.Header.Values("If-None-Match") {
		for candidate := range strings.SplitSeq(line, ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == weak {
				return true
			}
		}
	}
	return false
}
