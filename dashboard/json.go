package dashboard

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"

	"github.com/tidemark-ml/tidemark/report"
)

// page says which part of a report an answer holds: it has the signals and
// distributions of one page of the report's subjects.
type page struct {
	Subjects int `json:"subjects"` // features and predictions that match
	Number   int `json:"number"`   // of this page, from 1
	Pages    int `json:"pages"`
	// Truncated is set where even the page had too many signals.
	Truncated bool `json:"truncated,omitempty"`
}

// reportBody is report.json.
type reportBody struct {
	report.Report
	Page page `json:"page"`
}

// dataBody is data.json.
type dataBody struct {
	State  stateBody       `json:"state"`
	Report reportBody      `json:"report"`
	Series []report.Series `json:"series"`
	Totals totalsBody      `json:"totals"`
}

type stateBody struct {
	Status   string   `json:"status"`
	Sentence string   `json:"sentence"`
	Rest     []string `json:"rest,omitempty"`
}

type totalsBody struct {
	Predictions float64            `json:"predictions"`
	Dropped     map[string]float64 `json:"dropped"`
	Failures    map[string]float64 `json:"failures"`
}

// json answers with what body makes of the snapshot.
func (h *handler) json(r *http.Request, body func(*snapshot, query) any) answer {
	rep := current(h.source)
	tag := etag(rep)
	if matches(r, tag) {
		return answer{status: http.StatusNotModified, kind: typeJSON, etag: tag}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	if err := encoder.Encode(body(take(h.source, rep), queryOf(r.URL.Query()))); err != nil {
		return failure(err.Error())
	}
	return answer{status: http.StatusOK, kind: typeJSON, etag: tag, body: b.Bytes()}
}

func reportOf(s *snapshot, q query) any {
	body, _ := s.part(q, reportSize)
	return body
}

func dataOf(s *snapshot, q query) any {
	body, groups := s.part(q, pageSize)
	state := s.state()
	data := dataBody{
		State:  stateBody{state.Status.Name, state.Sentence, state.Rest},
		Report: body,
		Series: []report.Series{},
		Totals: totalsBody{s.totals.predictions, reasonMap(s.totals.dropped), reasonMap(s.totals.failures)},
	}
	for _, g := range groups {
		for _, series := range g.series {
			if len(data.Series) < maxPerAnswer/10 {
				series.Points = drawable(series.Points)
				data.Series = append(data.Series, series)
			}
		}
	}
	return data
}

// part returns the report with one page of its subjects, and their groups.
func (s *snapshot) part(q query, size int) (reportBody, []*group) {
	groups, p := s.chosen(q, size)
	body := reportBody{Report: *s.report, Page: p}
	body.Signals, body.Distributions = []report.Signal{}, nil
	for _, g := range groups {
		if len(body.Signals)+len(g.signals) > maxPerAnswer {
			body.Page.Truncated = true
			break
		}
		for _, signal := range sortedSignals(g.signals) {
			body.Signals = append(body.Signals, *signal)
		}
		if g.dist != nil && finite(g.dist.Edges) {
			body.Distributions = append(body.Distributions, *g.dist)
		}
	}
	body.Incidents = sanitised(s.report.Incidents)
	return body, groups
}

// chosen returns the groups asked for: one feature, or a page of features and
// predictions, of all rows or of the segment asked for, and, on the first page of
// an unfiltered answer, everything else.
func (s *snapshot) chosen(q query, size int) ([]*group, page) {
	if q.feature != "" {
		for _, groups := range [...][]*group{s.inputs, s.segmented, s.others} {
			for _, g := range groups {
				if key(g.subject) == q.feature {
					return []*group{g}, page{Subjects: 1, Number: 1, Pages: 1}
				}
			}
		}
		return nil, page{Number: 1, Pages: 1}
	}
	kept := q.filter(s.listed(q))
	from, to, number, pages := slice(len(kept), q.page, size)
	groups := kept[from:to:to]
	if number == 0 {
		groups = append(groups, q.filter(s.others)...)
		if q.segment == "" {
			groups = append(groups, q.filter(s.segmented)...)
		}
	}
	return groups, page{Subjects: len(kept), Number: number + 1, Pages: pages}
}

// sanitised copies incidents with every number of their evidence finite: the
// report promises it, but a page must not fail where a source breaks that.
func sanitised(incidents []report.Incident) []report.Incident {
	list := make([]report.Incident, min(len(incidents), maxPerAnswer/100))
	for i := range list {
		list[i] = incidents[i]
		list[i].Evidence = make([]report.Signal, len(incidents[i].Evidence))
		for k, e := range incidents[i].Evidence {
			list[i].Evidence[k] = e.Sanitised()
		}
	}
	return list
}

func finite(values []float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

func reasonMap(reasons []reason) map[string]float64 {
	m := make(map[string]float64, len(reasons))
	for _, r := range reasons {
		if len(m) < maxTotals && !math.IsNaN(r.n) && !math.IsInf(r.n, 0) {
			m[clean(r.Name, 80)] += r.n
		}
	}
	return m
}
