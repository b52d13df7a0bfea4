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
// figure is the average run length (ARL), items between false alarms. Measured on
// 0/1 errors with a constant rate of 0.02, 0.1 and 0.3, per 100,000 items: ESR
// with ARL 100,000 and a reference of 5,000 rows 0.6, 0.6, 0.7 (promised: at most
// 1); ADWIN 0, 0.05, 0.1; DDM 3.5, 0.8, 0.4. Median items to an alarm after the
// rate is multiplied by 1.5, in the same order of rates: ESR 3274, 670, 174;
// ADWIN never, 1080, 248; DDM 2379, 1378, 716. An ADWIN with Delta tuned to the
// false alarms of ESR at each rate takes 0.9 to 2.3 times as long as ESR over jumps
// by 1.5 and 2 (1.3 in the geometric mean); the tuning needs the answer beforehand.
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
