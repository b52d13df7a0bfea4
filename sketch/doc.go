// Package sketch holds bounded, mergeable, serialisable summaries of streams:
// what a profile is made of.
//
//   - [Quantiles]: any quantile of a numeric stream in 3.3 KB, rank error 0.01 to 0.025 %
//   - [Moments]: count, mean, variance, extremes
//   - [Cells]: exact counts on fixed [Edges], which [QuantileEdges] cuts
//   - [Distinct]: how many different values, within 1.6 %
//   - [Frequent]: the heavy hitters, with a guaranteed error
//
// Start with NewQuantiles(0) and [Quantiles.Add], or, where nanoseconds count,
// turn a batch of floats into ordered keys once and share the sort:
//
//	for i, v := range batch {
//		keys[i] = sketch.Key(v)
//	}
//	sorted := sketch.SortKeys(keys, scratch) // about 6 ns a value, no allocation
//	quantiles.AddSortedKeys(sorted)
//	cells.AddSortedKeys(sorted)
//	moments.Add(batch)
//
// # Guarantees
//
// Merging is commutative and associative: exactly for Cells and Distinct and for
// all counts, to 1e-12 for float sums, within the stated bound for Quantiles and
// Frequent. Merging N replicas is as good as one process that saw everything.
// Memory never grows past what the constructor says. Adding and merging allocate
// nothing, but for a new item of Frequent and its Merge. The same additions in the
// same order give the same state: nothing here reads a clock or draws a random
// number.
//
// Every summary has a binary encoding with a kind and a version byte. Decoders
// take hostile bytes: they return an error wrapping [ErrCorrupt] or [ErrVersion],
// never panic, and allocate no more than they state.
//
// # Pitfalls
//
// NaN and infinities are ignored by Quantiles and Moments, so count them before.
// An undefined result, such as a quantile of nothing, is reported by a false, not
// by a zero. No summary is safe for concurrent use; give each goroutine its own
// and merge. Strings meet Distinct and Frequent as [Hash] values, which is
// deterministic and not secret: a hash does not anonymise.
package sketch
