// Package fairness measures whom a model treats how: rates by protected group,
// their gaps, and how sure they are.
//
// The kernels are pure functions of counts. A [Confusion] gives the rates of a
// group; [Difference] and [Ratio] compare it with others, with intervals that are
// right for small groups (Newcombe, Katz); [Extremes] are fairlearn's disparities
// (largest less smallest, smallest over largest, distance to all rows), which say
// nothing about chance: the more groups, the larger they are. [Shrink] gives the
// rates of small groups that one should bet on.
//
// # Definitions
//
//   - A rate of 0 of 0 is undefined and left out, not 0: a group without
//     positives has no true positive rate.
//   - Differences are signed, group less others; ratios are group over others.
//   - Equalised odds of a group needs both of its halves.
package fairness
