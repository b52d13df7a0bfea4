// Package drift decides whether data have drifted from a reference, and measures
// how far: one file and one struct per measure, with its formula, its noise
// floor, its critical value and, where it has one, its p-value.
//
// # Deciding
//
// [Shift] is the decider: the calibrated component test. It judges every input
// and outcome column of a window against a reference, names what changed
// (location, scale, shape, a spike, missing, range, new categories), and gives a
// p-value that the reference's own wandering is accounted for in, so that a
// budget of false incidents can be kept. A monitor runs it by default:
//
//	signals := drift.Shift{}.Evaluate(comparison)           // a stream of windows
//	signals := drift.Shift{Once: true}.Evaluate(comparison) // two files
//
// [Shift.Detectable] tells beforehand how small a shift could be found.
//
// # Measuring
//
// All other measures describe; they decide nothing by themselves.
// A measure is a struct whose fields are its parameters and whose zero value is
// the definition to use. It has one method per kind of input:
//
//	Counts(reference, current []uint64)   counts in the same cells
//	Sorted(reference, current []float64)  raw samples in increasing order
//	CDFs(reference, current CDF, …)       piecewise linear distribution functions
//
// Each returns a [Result]: Value, Floor, P, and Critical at any level.
//
//	measure              input                 range
//	PSI                  counts                [0, ∞)
//	JS                   counts                [0, 1] (distance, base 2)
//	Hellinger            counts                [0, 1]
//	KLCurrentReference   counts                [0, ∞]
//	KLReferenceCurrent   counts                [0, ∞]
//	TV, LInf             counts                [0, 1]
//	ChiSquare, G         counts                [0, ∞), tests
//	CramersV             counts                [0, 1]
//	KS                   counts, samples, CDFs [0, 1]
//	CvM                  counts, samples       [0, ∞), a test
//	Wasserstein, Energy  samples, CDFs         [0, ∞)
//	AndersonDarling, MannWhitney, T            tests on samples
//	Fisher, Proportions                        tests on two cells
//	Entropy              one count vector      [0, ln B]
//
// Package binning turns raw samples into counts the way other tools do.
//
// # How to read a value
//
// A distance between two samples is never zero, even where nothing has changed:
// with n current and m reference rows and V = 1/n + 1/m, PSI on B cells is
// about V(B-1). That is Floor. Critical(alpha) is what chance exceeds with
// probability alpha. A fixed limit, such as .1 or .2 for PSI, alarms on every
// window of a hundred rows and on nothing small in a window of a million; so
// compare with Critical, and let the size of the effect decide what matters.
//
// # Guarantees
//
// Methods are pure, deterministic and safe for concurrent use, and do not keep
// or modify their arguments. Nothing panics. A result that does not exist is an
// error that wraps [ErrUndefined], never a zero or NaN. Cells empty on both
// sides are not cells: they change nothing. The distances are symmetric in
// reference and current, except the KL pair and the norm of Wasserstein.
//
// # Pitfalls
//
// Floors, critical values and p-values assume independent rows from one
// distribution. Real features wander from day to day; at a hundred thousand
// rows everything is significant. The cells must come from the reference alone:
// cells fitted to both samples move with every batch. Distances of
// the χ² family (PSI, JS, Hellinger, KL) are one test with several names:
// counting several of them as separate evidence counts it twice.
package drift
