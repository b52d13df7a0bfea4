// Package tidemark tells a service, from inside its own process, whether its
// machine-learning model is still right.
//
// A service describes its model's inputs once (package profile), wraps its
// predict call (package monitor), and from then on every prediction is counted
// into bounded, mergeable sketches. When a pane of time closes it is compared
// with a reference: data drift, prediction drift, data quality, operation. Labels
// that come late are joined to their predictions, and tell how right the model is
// (package performance), for whom (fairness) and why not (explain). One policy
// (package alert) turns the comparisons into incidents under one budget, by default
// at most one false incident per model and month. Packages exporter and notify send
// it out, package dashboard shows it on a page, and packages rollout and guard act
// on it: canaries and shadows, fallbacks and reviews.
//
// This package only assembles: [Defaults] is what most services should start
// with.
//
//	schema, err := profile.SchemaOf[Applicant](profile.Binary(0.5))
//	reference, err := profile.Load("credit.profile")
//	mon, err := monitor.New("credit-risk", schema,
//		tidemark.Defaults(),
//		monitor.WithReference(reference),
//		monitor.WithExporter(exporter.New(otel.GetMeterProvider())),
//	)
//	defer mon.Shutdown(context.WithoutCancel(ctx))
//	predict, err := monitor.Wrap(mon, model.Predict)
//	mon.Label(ctx, applicant.ID, profile.Positive()) // hours later
//
// Two nouns and one verb carry the library. Everything observed is a
// profile.Profile, everything concluded a report.Signal; an evaluator turns one
// into the other, and a user's own evaluator is as good as ours.
package tidemark
