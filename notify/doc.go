// Package notify tells people and machines what happens to incidents.
//
// Each notifier is a [report.Exporter], given to a monitor with
// monitor.WithExporter: [Callback] calls a function, [Webhook] posts signed JSON,
// [Alertmanager] speaks the v2 API of Prometheus Alertmanager. Logs are in package
// exporter: slog and OpenTelemetry log events. None of them knows the monitor or
// the policy; they read the incidents of reports.
//
// # What is told
//
// A [report.Transition]: an incident opened, reopened, escalated, worsened, was
// repeated, or resolved. Its Page says whether somebody should be woken. The
// policy decides that, with severity, silences, acknowledgements and maintenance;
// a notifier passes it on and adds nothing. Route on it.
//
// # Guarantees
//
//   - Nothing here waits for the network in Export: what is to be told is taken
//     in, written to the file where there is one, and sent by a goroutine of the
//     notifier's own. A receiver that hangs delays no pane and no other exporter.
//   - At least once, in order, and under the same key: with a Path what is
//     pending survives a restart, a crash and an outage of the receiver. The
//     pending messages and the memory of what has been told are written together,
//     so a transition is neither lost nor taken for a new one. What was on its way
//     during a crash is sent again; a receiver that drops keys it has seen gets
//     each transition exactly once.
//   - Memory is bounded: what finds no room is dropped, counted in Stats, and an
//     error of Export, which the monitor counts and logs.
//   - A torn file is put aside, and what is open is told again.
//
// # Pitfalls
//
// One notifier serves one monitor, and one Path one notifier: two that share a
// file overwrite each other. Replicas of a service see the same cause under the
// same incident id, so their messages have the same keys; the receiver drops what
// it has seen. The file holds what reports hold: names, counts and cell edges,
// never rows. Its mode is 0600.
package notify
