// Package sequential detects changes in streams of numbers (errors, losses,
// scores, window figures), one item at a time and in bounded memory.
//
// # Which detector
//
//   - Errors or losses of a model with a reference: [ESR]. It alone states in
//     advance how often it alarms for nothing, and keeps it for any distribution
//     on [0,1]. Unbounded errors become ranks first: [Ranks].
//   - No reference, or a mean that may wander for good reasons: [ADWIN].
//   - One figure per window (AUC, PSI, latency): [CUSUM], with a wanted ARL.
//   - A change in the distribution but not in the mean: [KSWIN].
//   - Comparison with other software or with the literature: [PageHinkley],
//     [DDM], [EDDM], [HDDMA], [HDDMW]. Their false-alarm rates are uncalibrated
//     and move by orders of magnitude with the error rate.
//
// All implement [Detector] and are used the same way:
//
//	d := sequential.ESR{Baseline: 0.10, BaselineSize: 20_000}
//	if err := d.Validate(); err != nil { ... }
//	for x := range errors {
//		if r := d.Add(x); r.State == sequential.Change { ... }
//	}
//
// # Guarantees
//
// Parameters are exported fields, zero values are documented defaults. Nothing
// panics. NaN, ±Inf and magnitudes beyond 1e100 are ignored and counted in
// [Result].Ignored. Add does not allocate in steady state. There is no clock and
// no random number: equal streams give equal results. A state saved with
// MarshalBinary continues exactly where it stopped; bytes that are no state of
// the detector, or of other parameters, are refused with an error.
//
// A detector belongs to one goroutine; it has no lock.
//
// # What an alarm promises
//
// Over an endless stream every detector alarms falsely some day. The honest
// figure is the average run length (ARL), items between false alarms. ESR states
// it: with a reference of 5,000 items and an ARL of 100,000 it makes .2 to .6 false
// alarms in 100,000 items at error rates of 0.02 to 0.3, and at most 1 is promised.
// ADWIN makes less than 0.1; DDM 7.6, 3.3, 1.6 and 0.7 at rates of 0.02, 0.05, 0.1
// and 0.3.
//
// At equal false alarms ESR finds jumps of the rate by 1.5 and 2 in a third to a
// sixth of DDM's time. An ADWIN tuned to one false alarm in 100,000 items takes 1.0
// to 1.5 times as long as ESR; the tuning needs the answer beforehand, and a
// detector that is told both rates would take .45 to .76 of ADWIN's time. With the
// defaults of both, ADWIN takes 1.6 to 6 times as long as ESR. The repository's
// docs/detection.md has the tables and the commands.
//
// All but [ESR] assume items independent of each other, and even ESR needs
// their mean, given the past, to stay at the baseline. Autocorrelated streams
// alarm too often: feed means of batches.
//
// # Replicas and merging
//
// Sequential detectors cannot be merged: their state depends on the order of
// the items, and two replicas' streams have no common order. Run one detector per
// replica: false alarms per item stay what they are, but each replica sees only
// its share of the items, so a change is found later. A CUSUM of window figures
// belongs behind the merged profile, not on each replica.
//
// Evidence can be combined where it is a supermartingale. The [ESR.Evidence] of
// replicas that test the same claim may be added: sum R - (all items) is a
// supermartingale too, so alarming when the sum reaches A, and then resetting
// all of them, has an ARL of at least A items over all replicas, whatever the
// dependence between them. The average likewise keeps its ARL, in items per
// replica. Products are for plain e-processes (no restart at every item) of
// independent streams only; the product of two ESR evidences means nothing. The
// other detectors have nothing to combine. Where windows and not moments matter,
// merge profiles and test those.
package sequential
