// Package multivariate measures drift of several features together: what no
// feature shows by itself. Income and age may each look as they always did while
// their correlation has gone, because a join upstream mixes up rows.
//
// # Evaluators
//
//	evaluator    sees                                   needs in the reference
//	Pairs        the correlation of two features        2 to 50 numeric features (more: profile.WithPairs)
//	Projections  the spread of all features together    the same, up to 50
//	Embedding    vectors: axes, norm, direction         vectors; rows from Build
//
// Each is a struct whose zero value is the rule to use, and an Evaluator of
// package monitor. They read [profile.Joint], sums that a profile keeps beside
// its columns: one of two or three numbers per pair, whole numbers that merge
// exactly over panes and replicas. Package profile looks at the first 1024 rows of
// a pane and at 1 row in k of the others, k being chosen so that the cost per row
// does not grow with the number of features. [profile.NoPairs] switches it off.
//
// P-values hold at the stated level for windows of 50 rows and more: they reckon
// with the number of tests, with the natural variability between time blocks of
// the reference, and, on the side of the components, with having been fitted.
// What was fitted on one half of the reference is compared with the other half;
// without that the same tests false-alarm in 30 to 90 % of windows of 30
// features. On 10,000 reference rows a change of one correlation from .3 to −.3
// is found in a window of 200 rows with probability 1 (TestPower prints the
// table).
//
// # Kernels
//
// For small batches of raw rows, where there are some:
//
//	MMD                maximum mean discrepancy, unbiased, Gaussian kernel
//	FeatureKS          Kolmogorov–Smirnov by feature, Bonferroni or FDR
//	PCA                reconstruction error
//	SlicedWasserstein  mean Wasserstein-1 distance over random directions
//
// They are pure, deterministic (seeds are parameters) and safe for concurrent
// use. Results that do not exist are errors that wrap [ErrUndefined].
//
// # Pitfalls
//
// Pairs of features see changes of second order. A dependence that leaves every
// correlation alone (x and x² of a symmetric x) is not seen; MMD on a sample of
// rows sees it. A sample of 1 in k rows of a small pane may be few: Current says
// how many. Where many panes are merged the sample is large again.
package multivariate
