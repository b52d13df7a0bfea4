// Package stat holds the special functions and two-sample tests that the
// monitoring packages decide with.
//
// Start with the test you need: [KolmogorovSmirnov], [CramerVonMises],
// [AndersonDarling], [MannWhitney], [StudentT] and [WelchT] take two samples;
// [PearsonChiSquare], [GTest], [TwoProportionZ], [FisherExact] and
// [SignedRootDeviance] take counts. Below them lie tail probabilities
// ([NormalSF], [ChiSquareSF], [StudentSF], [FisherFSF], [NoncentralChiSquareSF],
// [BinomialUpper]), intervals ([ClopperPearson], [Wilson], [NewcombeDifference],
// [KatzRatio]) and the adjustment of many p-values ([BenjaminiHochberg]).
//
// What is looked at again and again needs evidence that stays valid: e-processes
// for two proportions ([RateBet]), paired differences ([PairBet], [McNemar]) and
// sample ratios ([SampleRatio]), and a confidence sequence for means
// ([SequenceRadius]).
//
// # Guarantees
//
// Alarms are decided far out in the tail, so every p-value is computed as a
// tail and never as one minus a distribution function near one. Unless a
// function says otherwise its relative error is below 1e-9 as long as the
// value is a normal float64 (above 1e-300).
//
// Functions are pure, keep no state, do not modify their arguments and may be
// called concurrently. None panics. Tests on samples or counts return an error
// that wraps [ErrInput] for unusable input and [ErrUndefined] where the
// statistic is 0/0. Scalar functions follow package math: NaN, and only NaN,
// stands for an argument outside the stated domain.
//
// # Pitfalls
//
// SF means survival function, P(X > x). [BinomialUpper] and [FisherResult]
// include the observed value, as tests on counts must. The samples of
// [KolmogorovSmirnov] must be sorted; the other sample tests sort a copy.
package stat
