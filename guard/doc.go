// Package guard stands between callers and a model: it answers with something
// else where the model cannot, refuses what is too uncertain, sheds load, and
// stops calling a model that fails or has an open incident.
//
// [Protect] makes a [Guard] of a predict function and a [Policy]; [Wrap] does it
// for a function that a monitor watches too:
//
//	g, err := guard.Wrap(mon, model.Predict, guard.Policy[Applicant, float64]{
//		Strict:   true,
//		Timeout:  50 * time.Millisecond,
//		Breaker:  guard.Breaker{Failures: 10},
//		Fallback: guard.Value[Applicant](0.5),
//	})
//	score, err := g.Predict(ctx, applicant)
//
// # Order
//
// The guard goes outermost: guard(monitor(model)). So the monitor sees what the
// model answers and how long it takes, and the fallback's answers are not taken
// for the model's. Wrap also shows the monitor the inputs that the guard kept from
// the model, without an outcome: their drift and quality are known while the
// breaker is open. Wrapping Predict by a monitor is the wrong way round: the
// fallback's answers would be monitored as the model's, and an open breaker as a
// model that fails.
//
// A rollout's predict function goes inside as well: guard(rollout(monitor(model))).
// Guards nest: a fallback that is a model deserves its own, so give the Predict of
// one guard as the Fallback of another. Predict is a plain function, so a retry or
// hedge of a resilience library can go around or inside it.
//
// Within a guard a call meets, in this order: the input's rules, the breaker, rate
// and concurrency, the model under its timeout, the rules for uncertain answers.
// The first that objects ends it: with the fallback where FallbackOn names the
// reason, else with an [Error].
//
// # Guarantees
//
// Every finished call is counted once: answered by the model, by the fallback for
// a reason, or returned an error for a reason. With Timeout, every call ends by its
// deadline (plus what the fallback takes) though the model hang, and at most
// Concurrency goroutines are held by calls left behind. Panics of the model pass
// through unchanged unless the fallback covers them. Panics of Valid, Expected, the
// fallback and user functions of the monitor's options are contained. Without
// Timeout a call to which nothing applies costs no allocation; with it, a goroutine
// and a context. A Guard holds no goroutine of its own and needs no closing.
//
// # Pitfalls
//
// A model that ignores its context and hangs is left behind, not stopped: it keeps
// its place among Concurrency, and once all places are held every call is refused
// with [ErrOverloaded]. That is the point; a restart is the cure.
//
// A model that is left behind still reads its input. What a caller changes in
// place after Predict has returned, it changes under the model's hands.
//
// Coverage is only known of predictions that get labels, given to [Guard.Label]. If
// only accepted ones do, what is watched is the coverage among those, which is not
// what was promised.
//
// A breaker, a limit and the counts of a guard are of this process and begin anew with
// it; what labels have shown of a [Conformal], and a review queue's journal, go on.
//
// A breaker that incidents hold open lets a few calls through, since a monitor
// that sees no answers never sees a recovery; their callers get the model's answer.
package guard
