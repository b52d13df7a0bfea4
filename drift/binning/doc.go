// Package binning chooses histogram cells for raw samples: the equal-width rules
// of numpy ([Sturges], [Doane], [FreedmanDiaconis], [Scott], [Auto], or a fixed
// number), type-7 quantiles, and the cell layouts with which other monitoring
// tools compare a reference with a current sample ([Evidently], [NannyML]).
//
// It serves the sample route only, for comparison with figures of other tools.
// A monitor counts in cells cut at the quantiles of its reference, because
//
//   - equal-width cells lose their resolution to one outlier, and
//   - cells that depend on the current sample move with every batch, so that
//     scores of two batches are not comparable.
//
// The entry points are [Rule.Edges] and [Histogram] for one sample, [Evidently]
// and [NannyML] for two samples, [Labels] for raw categories. Their counts go
// into the Counts methods of package drift.
//
// All functions are pure, take samples in any order, and never modify them. NaN
// and infinities are an error ([ErrSample]): drop or count them first.
package binning
