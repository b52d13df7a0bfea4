// Package alert decides: it turns the signals of a report into verdicts, and
// verdicts into incidents that people can act on.
//
// The entry point is [Policy], whose zero value is ready: at most one false
// incident per model and month. It is the decider of a monitor (its method
// [Policy.Decide]) and the only place of the library that sets a status or a
// threshold. [Transitions] tells what changed; packages notify and exporter tell
// it to others.
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
// An id is a hash of model, version, reference, pane and opening subject, so
// replicas that count panes alike agree.
//
// # One cause, one incident
//
// An alarm of a subject that is in no incident joins an open one that
//
//   - opened, or worsened, at most two panes ago, or within the alarm's own window;
//   - has a member of its kin: the same feature or metric in another segment, a
//     pair, group or slice of a feature;
//   - began when it began: the single panes of the alarm's subject have shown its
//     effect ever since, and not before. Ten features that move by a quarter of a
//     standard deviation are found over twenty panes, and are one incident.
//
// An incident worsens where a member moves again at least twice as far as ever:
// what alarms with it has the same cause. That is news even where it was
// acknowledged, as is more severity. What only may share a cause is listed as
// [report.Incident.Related]. All of this makes incidents fewer, never more, so the
// budget holds. Two causes of the same hour still share one incident.
//
// # States
//
// Of each subject, and of the model as the gravest of them (see [report.State]):
//
//	learning ─▶ ok ◀─────────────────────────┐
//	             │ ▲ three looks without      │ resolved
//	  a warning  ▼ │                          │
//	          warning ───▶ alert ◀──▶ recovering
//	                an alarm       quiet; larger windows may still contain it
//
// # Who is woken
//
// [Pages] says which incidents are grave enough, by impact. Of those, one is
// [report.Incident.Page] unless it is silenced ([Policy.Silence]), acknowledged
// ([Policy.Acknowledge]) or rests on windows that overlap a [Maintenance] only. An
// incident that stays open pages again every [Policy.Repeat], a day, until
// somebody acknowledges it. All others wait for the [report.Digest], once a day of
// event time, in [report.Report.Digest]. None of this changes what is decided.
// [Policy.Contacts] puts an owner and a runbook on each.
//
// # Rules
//
// A [Rule] is a threshold of the user's own on any signal: a value, or how far it
// is from the reference. Rules are outside the budget, and each has incidents of
// its own; the statistics do not know of them. [Policy.Validate], which a monitor
// asks when it is made, tells what makes one impossible.
//
// # Guarantees
//
//   - No clock, no randomness: the same reports give the same verdicts, and a
//     policy restored with [Policy.UnmarshalBinary] goes on as the one that was
//     marshalled would.
//   - Memory is bounded whatever comes in; [Policy.Capped] counts what hit a
//     bound. Evidence is kept of the most telling 32 subjects of an incident, and
//     the single panes of 1024 subjects; others are grouped without them.
//   - State that an older version wrote is read; one of a newer version is an
//     error that says so.
//   - What a report shows is not changed by later ones.
//
// # Pitfalls
//
// One Policy serves one monitor. A report compared only once has no time over
// which to spend a budget: set [Policy.Level]. A quiet monitor is only as good as
// the smallest effect it could have seen: read [report.Effect.Detectable].
package alert
