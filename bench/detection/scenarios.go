package main

import "math/rand/v2"

// scenarios are the ways of wandering that the rule has to bear: those that it
// was tuned on and those that it was not. The hard ones combine heavy-tailed or
// clustered shocks with memory; there three false incidents a month are allowed.
func scenarios() []scenario {
	independent := of(func(*rand.Rand) wobbleOf { return each(0, quiet, mean) })
	t3 := func(size float64) wobble {
		return of(func(r *rand.Rand) wobbleOf { return each(size, constantly(student(r, 3)), mean) })
	}
	t2 := of(func(r *rand.Rand) wobbleOf { return each(.03, constantly(student(r, 2)), mean) })
	out := []scenario{
		{name: "iid", rows: 1000, blocks: 72, wobble: independent},
		{name: "iid mixed n=200", rows: 200, blocks: 336, mixed: true, wobble: independent},
		{name: "iid mixed n=100 m=2000", rows: 100, blocks: 20, mixed: true, wobble: independent},
		{name: "t3 location", rows: 1000, blocks: 72, wobble: t3(.03)},
		{name: "t3 location, two weeks", rows: 1000, blocks: 336, wobble: t3(.03)},
		{name: "t3 location n=5000", rows: 5000, blocks: 72, wobble: t3(.03)},
		{name: "t3 location mixed n=5000", rows: 5000, blocks: 336, mixed: true, wobble: t3(.03)},
		{name: "t3 common to all", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return common(.03, constantly(student(r, 3)), mean)
		})},
		{name: "t3 in one feature", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return first(1, each(.03, constantly(student(r, 3)), mean))
		})},
		{name: "t3 m=2000", rows: 100, blocks: 20, wobble: t3(.03)},
		{name: "t3 m=2000 learned live", rows: 100, blocks: 20, learn: 72, wobble: t3(.03)},
		{name: "t2 location", rows: 1000, blocks: 72, wobble: t2},
		{name: "t2 location, two weeks", rows: 1000, blocks: 336, wobble: t2},
	}
	out = append(out, lasting()...)
	return append(append(out, unusual()...), operational()...)
}

// operational are scenarios beyond those of the design study.
func operational() []scenario {
	return []scenario{
		{name: "daily traffic, iid", rows: 1000, blocks: 336, mixed: true, traffic: true, wobble: of(func(*rand.Rand) wobbleOf {
			return each(0, quiet, mean)
		})},
		{name: "daily traffic, t3 location", rows: 1000, blocks: 336, traffic: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.03, constantly(student(r, 3)), mean)
		})},
		{name: "season and t3 mixed", rows: 1000, blocks: 336, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return both(each(.1, season(r, 0), mean), each(.03, constantly(student(r, 3)), mean))
		})},
		{name: "season and AR(.9) n=300", rows: 300, blocks: 504, traffic: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return both(each(.2, season(r, 0), mean), each(.05, autoregressive(.9, r.NormFloat64, true), mean))
		})},
		{name: "season, office hours mixed", rows: 1000, blocks: 336, mixed: true, traffic: true, wobble: of(func(*rand.Rand) wobbleOf {
			return each(.5, office, mean)
		})},
		{name: "missing rate t3·.5 %", rows: 1000, blocks: 336, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.005, constantly(student(r, 3)), gaps)
		})},
	}
}

// lasting are wobbles with memory, and of mixtures.
func lasting() []scenario {
	normal := func(r *rand.Rand) func() float64 { return r.NormFloat64 }
	seasons := of(func(r *rand.Rand) wobbleOf { return each(.1, season(r, .5), mean) })
	return []scenario{
		{name: "subpopulation ±2 %", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.02, constantly(normal(r)), share)
		})},
		{name: "subpopulation t3·2 %", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.02, constantly(student(r, 3)), share)
		})},
		{name: "AR(.9)", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.05, autoregressive(.9, normal(r), true), mean)
		})},
		{name: "AR(.9) common", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return common(.05, autoregressive(.9, normal(r), true), mean)
		})},
		{name: "AR(.98)", rows: 1000, blocks: 336, hard: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.05, autoregressive(.98, normal(r), true), mean)
		})},
		{name: "season", rows: 1000, blocks: 336, wobble: seasons},
		{name: "season mixed", rows: 1000, blocks: 336, mixed: true, wobble: seasons},
		{name: "season mixed, no times", rows: 1000, blocks: 336, mixed: true, timeless: true, wobble: seasons},
		{name: "season, three days known", rows: 1000, blocks: 72, wobble: seasons},
		{name: "four kinds, mixed", rows: 1000, blocks: 336, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return quarters(
				each(.03, constantly(student(r, 3)), mean), each(.05, autoregressive(.9, normal(r), true), mean),
				each(.1, season(r, .5), mean), each(.02, constantly(student(r, 3)), share))
		})},
	}
}

// unusual are wobbles that the rule was not tuned on, and the hard ones.
func unusual() []scenario {
	normal := func(r *rand.Rand) func() float64 { return r.NormFloat64 }
	return []scenario{
		{name: "skewed exponential", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.05, constantly(skewed(r)), mean)
		})},
		{name: "spread t3·3 % mixed", rows: 1000, blocks: 336, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.03, constantly(student(r, 3)), spread)
		})},
		{name: "t3 0 to .08 mixed", rows: 1000, blocks: 336, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return heterogeneous(r, .08, constantly(student(r, 3)), mean)
		})},
		{name: "clustered rows", rows: 1000, blocks: 336, wobble: of(func(*rand.Rand) wobbleOf { return clustered })},
		{name: "one factor", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return both(common(.021, constantly(student(r, 3)), mean), each(.021, constantly(student(r, 3)), mean))
		})},
		{name: "two regimes", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.1, regimes(r), mean)
		})},
		{name: "AR(.7) exponential", rows: 1000, blocks: 336, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.05, autoregressive(.7, skewed(r), true), mean)
		})},
		{name: "AR and t3 mixed", rows: 1000, blocks: 168, mixed: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return both(each(.05, autoregressive(.9, normal(r), true), mean), each(.03, constantly(student(r, 3)), mean))
		})},
		{name: "bursts", rows: 1000, blocks: 336, hard: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return first(5, common(.3, bursts(r), mean))
		})},
		{name: "GARCH", rows: 1000, blocks: 336, hard: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.03, garch(r), mean)
		})},
		{name: "AR(.5) t3 shocks", rows: 1000, blocks: 336, hard: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.03, autoregressive(.5, student(r, 3), false), mean)
		})},
		{name: "log-sd AR(.5) t3 shocks", rows: 1000, blocks: 336, hard: true, wobble: of(func(r *rand.Rand) wobbleOf {
			return each(.03, autoregressive(.5, student(r, 3), false), spread)
		})},
	}
}
