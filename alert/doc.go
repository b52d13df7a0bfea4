// Package alert decides: it turns the signals of a report into verdicts, and
// verdicts into incidents that people can act on.
//
// The entry point is [Policy], whose zero value is ready: at most one false
// incident per model and month. It is the decider of a monitor (its method
// [Policy.Decide]) and the only place of the library that sets a status or a
// threshold. [Transitions] tells notifiers and exporters what changed.
//
// # The budget
//
// The one knob is how often a healthy model may raise a false incident: once
// per [Policy.Budget], a month, which is T panes of the length seen. All signals
// with the same [report.Evidence] and window scale s are one family and may
// spend, each time they are evaluated,
//
//	α = share · w_s · step_s / (T · replicas)
//
// with the share of the kind of evidence ([DefaultShares]) and the weights and
// steps of [report.Scales]. Kinds that bring no signals leave their share to the
// others. Within a family the p-values are adjusted by Benjamini–Hochberg, or by
// Holm where [Policy.Strict]. An adjusted p-value of at most α is a breach, of at
// most 3α a warning. The union bound over panes, scales and kinds gives the
// promise; it rests on the p-values being honest, natural variability included.
//
// Subjects with an open incident are left out of the family that may open
// another. Benjamini–Hochberg makes each rejection easier the more there are; a
// drift of half of the features that stays would otherwise go on raising false
// incidents in the other half.
//
// # What a signal needs
//
//	evidence, HasP           decides, see above; Threshold is the critical value
//	                         at the p-value that would have been a breach
//	evidence, P = 0          a declared rule is broken (closed domain, required
//	                         value): breach by definition; P = 1 while it is kept
//	evidence, no P           describes; there is no probability to spend
//	no evidence              describes: Threshold is the critical value at α over
//	                         the number of subjects; beyond it a breach that opens
//	                         no incident; without critical values always OK
//	Undefined, not finite,
//	failed, P outside [0,1]  insufficient
//	report learning, or
//	no-variability warning   learning
//	small-sample warning     insufficient
//
// A status follows the p-value. As a p-value may rest on more than one value's
// tail, a value can be beyond its threshold and yet no breach, or the reverse.
//
// # Incidents
//
//	           alarm of a subject that is in no incident
//	(nothing) ───────────────────────────────────────────┐
//	                                                     ▼
//	    ┌──────────────────────────────────────────▶ [ open ] ◀─┐ its subjects alarm: extend
//	    │ one of its subjects alarms                  │     └───┘ others alarm ≤ 2 panes after
//	    │ ≤ 24 panes later: reopen, no page           │           it opened: join
//	    │                                             │
//	    │            6 quiet panes of every subject,  │
//	    │            at every scale that alarmed      ▼
//	    └──────────────────────────────────────── [ resolved ] ──▶ remembered, then forgotten
//	                                                  ▲
//	               Accept: resolved for good ─────────┘
//
// A pane is quiet where it was looked at. Scale 64 is evaluated every 16 panes,
// so an incident that only it sees stays open from one look to the next; windows
// overlap, so one that ended stays open while large windows still contain it.
// What is insufficient is not quiet: an incident that can no longer be looked at
// is resolved, and says so, after 24 panes or four steps of its scale.
//
// What alarms within three panes is one incident. That is all the grouping there
// is: one cause that moves features weeks apart opens several incidents, and two
// causes of the same hour share one. An id is a hash of model, version,
// reference, pane and opening subject, so replicas that count panes alike agree.
//
// # Guarantees
//
//   - No clock, no randomness: the same reports give the same verdicts, and a
//     policy restored with [Policy.UnmarshalBinary] goes on as the one that was
//     marshalled would.
//   - Memory is bounded whatever comes in; [Policy.Capped] counts what hit a
//     bound. Evidence is kept of the most telling 32 subjects of an incident.
//   - What a report shows is not changed by later ones.
//
// # Pitfalls
//
// One Policy serves one monitor. A report compared only once has no time over
// which to spend a budget: set [Policy.Level]. A quiet monitor is only as good as
// the smallest effect it could have seen: read [report.Effect.Detectable].
package alert
