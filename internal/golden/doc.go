// Package golden runs statistics of this module against values that other
// people's software produced. It is test support: only _test.go files import it.
//
// A golden file is one JSON object {family, part, description, cases}; a case
// names a function, its parameters (the definition), an input, the expected
// value, its source and a tolerance. Several files may share a family. The
// entry point is [Run]:
//
//	func TestGoldenDriftCounts(t *testing.T) {
//		golden.Run(t, "drift_counts", func(c *golden.Case) (any, error) {
//			ref, cur := c.Counts("reference_counts"), c.Counts("current_counts")
//			switch c.Function {
//			case "total_variation":
//				r, err := drift.TV{}.Counts(ref, cur)
//				return r.Value, err
//			}
//			return nil, golden.Skip("function not offered: " + c.Function)
//		})
//	}
//
// # What the function returns
//
//   - A value in the shape of the expected one: a number, string, bool, slice,
//     or map[string]any for an object. Only the expected keys are compared.
//   - Go integers, bools and strings are compared exactly; floats pass when
//     |got-want| <= abs + rel*|want|. Return an index or a count as an int, not
//     as a float, or it will be compared with the tolerance of the case.
//   - [P] marks a p-value: it also passes when both sides are below 1e-12. Keys
//     that contain "p_value", and bare values whose source says "p-value", are
//     marked without it.
//   - [Undefined] (or NaN) where our definition has no value. It matches an
//     expected "NaN", null, or {"error": …}.
//   - [NotOffered] for one field of an object that we do not compute; the field
//     is listed with its reason, the rest of the object is still compared.
//   - An error, for a result that is undefined as a whole. It passes where the
//     peer raised or where every expected number is NaN or null, and fails
//     everywhere else. A plain number fails where the peer raised.
//   - [Skip] as the error, when the parameters name a definition that is not
//     offered. Give the definition in the reason: it is printed with its count.
//
// [Case.Widen] is for expected values that are known to be wrong in their last
// digits; its reason is printed too.
//
// A panic of the function fails its case with a stack and the run goes on.
//
// # Inputs
//
// [Case.Floats], [Case.Labels], [Case.Counts], [Case.Ints] and [Case.Columns]
// resolve literals and generated inputs alike (SplitMix64, see [Generator]).
// Their errors are sticky: a missing or malformed input yields nil and fails the
// case, so the function need not check. [Case.Has] asks for optional inputs.
// Missing (null) numbers are NaN in Floats; Labels returns them as a mask.
//
// # Output
//
// With -v each run prints exactly one line to standard output
//
//	drift_counts: 120 passed, 0 failed, 70 skipped
//
// followed by one indented line for each distinct skip reason with its count.
//
// # Other directories
//
// The files in testdata are embedded. TIDEMARK_GOLDEN names another directory
// of the same format; a relative path is taken from the module root, because go
// test runs each package in its own folder. A directory without the family
// skips the test. The test cache does not notice changed files outside the
// module: add -count=1.
package golden
