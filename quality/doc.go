// Package quality measures whether the data that reach a model are the kind of
// data it was built for: how much is missing, out of range, or of a category
// never seen before, and how the values are summarised.
//
// The kernels are pure functions of one batch. [Missing] takes a mask of missing
// values, [Range] numbers and their bounds, [Known] labels and the categories of
// the reference, [Summarise] numbers. Shares are a [Rate], a count out of a
// total, so that batches add up and nobody has to guess the denominator: it is
// all rows of the batch, missing ones included.
//
// # Definitions
//
//   - A missing value is never out of range and never unseen: one fault, one
//     alarm. (NannyML counts it as unseen where the reference has none missing.)
//   - NaN is missing. An infinity is out of every finite range.
//   - A rate of nothing (0 of 0) is undefined, and so are the standard deviation
//     of one value with divisor n-1 and the skewness of a constant.
//
// Functions do not keep or modify their arguments and may be called
// concurrently. Split a series into batches with slices.Chunk, whose last batch
// may be short.
package quality
