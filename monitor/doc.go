// Package monitor watches a model from inside the process that serves it.
//
// [New] makes a [Monitor]; [Wrap] puts it around a predict function, or
// [Monitor.Observe] takes rows one by one. Rows are copied into striped buffers
// and drained in the background into the open pane, a bounded profile. When a
// pane closes it is merged with the ones before into windows of 1, 2, 4, 16 and
// 64 panes, evaluators compare each window with the reference, the decider gives
// the whole its verdict, and exporters send the report on.
//
// # Life cycle
//
// A monitor is one model version and one reference. Without a reference it
// learns one from its first panes and says so in every report. Close it with
// [Monitor.Shutdown]; observing afterwards is a counted no-op.
//
// # Guarantees
//
// Observe, ObserveRows and wrapped functions never block on the network, on
// evaluation or on a collector, never panic of themselves (a panic of the model
// passes through unchanged and is counted) and never fail a prediction. What
// cannot be taken in is dropped and counted by reason. A panic of an evaluator,
// decider, exporter or user function is caught, counted (ml.monitor.failures) and
// reported: by an undefined signal monitor.evaluator or monitor.decider, and in the
// log the 1st, 2nd, 4th, 8th … time. What was panicked with is shown nowhere, as it
// may be data. A nil *Monitor is a no-op, so monitoring can be switched off
// without an if.
//
// Counters never decrease, and every row is in one pane or dropped for one
// reason. No number of a report, total or series is NaN or infinite.
//
// # Labels
//
// [Monitor.Label] says, minutes or weeks later, what turned out to be right about
// the row with an id. Rows with an id are followed in bounded memory ([Labels]);
// where there are too many, ids are sampled by their hash, labelled or not, so that
// what is kept is like the whole. Panes become cohorts by the time of prediction.
// When enough labels of a cohort have come, or it is so old that no more are waited
// for, evaluators that are [OutcomeEvaluator] see it once, in windows of 1, 2, 4, 16
// and 64 cohorts; until then they see it as early. Their signals stay in the reports
// until newer ones replace them, and are judged once. Without a labelled reference
// the first mature cohorts make one. Rows that come with their truth need no id.
//
// A [Follower] sees labelled rows in the order of their labels; [Monitor.Record]
// adds business figures; [Monitor.Token] lets another process label; [WithFrozen]
// needs no labels at all.
//
// # Restarts
//
// [WithCheckpoint] carries it all over a restart: what was observed and waits for
// labels, what was learned, the newest report with its incidents, and the state of
// every evaluator, follower, decider and exporter that is [Stateful]; [Monitor.Keep]
// that of a rollout or a guard. A killed process loses what came since the last
// checkpoint, at most a minute of rows by default, but no incident that anybody was
// told of.
//
// # Pitfalls
//
// An id that is given to several predictions within the time a label may take
// stands for the first of them; the others are counted (ml.labels.unfollowed). Give
// each prediction an id of its own.
//
// With [WithEventTime] the rows' own times drive the panes, everything happens
// on the caller's goroutine, and the same rows give the same reports byte for
// byte: use it for replay and tests, not for serving.
//
// A wrapped model's input is read after the model has answered; see [Wrap]. The
// rows from which a first reference is learned are held, at most 50,000, and
// count in the totals once there are cells. Accepting a reference forgets the
// panes before the accepted ones.
//
// The package knows no measure, policy or exporter by name; package tidemark
// has defaults, and a user's own are first-class.
package monitor
