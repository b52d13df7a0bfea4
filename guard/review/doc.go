// Package review chooses predictions for people to look at, shows them what they
// may see, and takes their verdicts back as labels.
//
// [New] makes a [Queue] under a [Policy]. [Queue.Offer] makes predictions
// candidates; a guard with the queue in its policy does so with every answer of
// its model, and a shadow or a service of its own can. [Queue.Release] ends a
// period: what was sampled in it becomes open items, which go to the sinks. Give
// the queue to monitor.WithExporter and each pane is a period. [Queue.Verdict]
// takes what a reviewer says; a resolved item's truth goes to Policy.Label, which
// is a monitor's Label method.
//
// # Which cases
//
// Each reason has a quota and a reservoir of its own, a simple random sample of the
// period's candidates of that reason: of N candidates each is taken with
// probability min(1, quota/N). Reservoirs are drawn independently, so that a case
// with reasons r is chosen with probability 1 − Π(1 − π_r), which is recorded on
// the item. Weighting by its inverse turns what reviewers say about chosen cases
// into an estimate about all cases: [Stats].All. It needs a quota for Random, which
// gives every case a chance; without it the estimate is about cases with a reason.
//
// # What leaves
//
// Nothing, unless there is a queue: it is opt-in. An item has numbers, truth
// values, and labels that the schema lists. Sensitive features never leave, labels
// that are not listed neither, nor embeddings. A prediction's id leaves as a keyed
// hash only; a Token leaves as it is, if the caller gives one.
//
// # Guarantees
//
// Memory is bounded by the quotas and Capacity. Everything is counted: candidates,
// chosen, released, resolved, expired, displaced, repeated; verdicts taken and not.
// With a [Journal] items, verdicts and sums survive a restart; a crash loses the
// period that was being sampled, and of the file at most a torn last line. Sinks
// and functions that panic are contained.
//
// # Pitfalls
//
// Verdicts on cases chosen for being uncertain or outlying say little about the
// model at large, unless they are weighted. Items that expire unseen bias even the
// weighted estimate if hard ones expire more often: watch the ages. Labels that
// come from here reach the monitor like any other, so its performance figures are
// those of reviewed cases if nothing else is labelled. Reviewers who see the
// model's answer tend to agree with it.
package review
