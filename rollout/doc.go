// Package rollout changes the model: it puts a new version in place without
// losing a request, tries it beside the old one, and says on evidence whether it
// may stay.
//
// From careful to final:
//
//   - [Shadow] runs a candidate on live requests whose answers nobody sees;
//   - [Gate] holds a challenger against the champion, on a frozen labelled set and
//     on what a shadow saw, and writes a verdict that a person can sign;
//   - [Canary] gives a growing share of keys to the candidate and rolls back,
//     promotes or gives up; [Trial] is the same where the routing is done
//     elsewhere;
//   - [Switch] exchanges the model for all requests;
//   - [Triggers] reads a monitor's reports and says when it is time for a new one.
//
// A monitor is one version of a model. Wrap each version by a monitor of its own
// and give the wrapped functions to this package; promotion is a swap, then the
// old model is drained and its monitor shut down.
//
// # Guarantees
//
// What is decided while requests come in stays valid however often it is looked
// at. Rates are decided by an exact two-sample e-process, paired losses by an
// exact betting e-process, means by an asymptotic confidence sequence of values
// cut off at bounds. A candidate that is no worse in any metric is rolled back
// with probability Alpha at most over the whole trial, one that is worse by a
// margin promoted with probability Alpha at most. Each is a simulation among the
// tests.
//
// [Trial], [Canary] and [Shadow] marshal their evidence, labels that are waited for
// included, so that a deploy of the service restarts neither a trial nor its error
// probabilities: give them to monitor.Keep of a monitor with a checkpoint, or save
// MarshalBinary's bytes yourself. A killed process loses what came since the last
// checkpoint; evidence stays valid, as what is lost does not depend on what it was.
// A [Gate] remembers nothing, and a [Switch] starts with the model it is given: which
// version serves is for the deployment to remember.
//
// Everything that could not be counted is counted by reason, memory is bounded
// whatever comes in, and a panic of a user's function is caught unless it is that
// of the model whose answer the caller gets.
//
// # Pitfalls
//
// The error probabilities hold for requests that are independent given their arm.
// Requests of one key are not: a trial keyed by ten large customers has ten
// observations, whatever the number of its requests. It counts distinct keys, and
// the panel shows them beside the requests.
//
// Every process decides for itself about the requests it sees. Replicas give a key
// the same arm, but each has its own evidence and its own Alpha; let one verdict
// act for all by OnDecision and [Trial.Kill], or feed one Trial centrally.
//
// Labels that come sooner for one kind of truth than for another do so in both
// arms, which harms no comparison, but what is compared are then the cases whose
// labels are quick. Set [Plan.Maturity].
package rollout
