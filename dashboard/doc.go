// Package dashboard draws a live page of what a model's monitor has concluded,
// mounted like net/http/pprof:
//
//	http.Handle("/debug/model/", dashboard.Handler(mon))
//
// [Handler] is the entry point and the only exported name. Below the path it is
// mounted at it answers
//
//	(the path itself)  the page, drawn on the server; a script refreshes it
//	data.json          what the page shows: verdict, report, series, totals
//	report.json        the report as package report defines it
//
// All three take q=TEXT (subjects whose name contains the text), page=N and
// feature=NAME: the page opens that feature, the JSON answers hold it alone.
//
// The page shows the newest [report.Report] and the totals and series of its
// [report.Source]. It recomputes no statistic: verdicts, thresholds and effects
// are those of the report. Shares and densities are drawn from its counts.
//
// Guarantees:
//   - Only GET and HEAD. Nothing a browser sends changes the monitor.
//   - A request never waits for an evaluation, and a source that panics costs
//     that request, not the process.
//   - An answer is bounded whatever the number of features: the page shows
//     50 subjects at a time, those that drifted first at the top.
//   - No request leaves the page's own origin; its policy forbids inline script
//     and style. Names and labels are escaped, control characters replaced.
//   - Nothing is shown that the report does not hold: no row, no id. A sensitive
//     feature has no distribution in the report and the page says so.
//   - The handler may be used concurrently and under any prefix.
//
// Pitfalls: the page has no authentication of its own. Feature names and the
// volume of traffic are on it, so mount it where the other debug pages are, or
// behind the service's own middleware. Mount it with a trailing slash: its links
// are relative.
package dashboard
