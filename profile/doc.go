// Package profile holds everything that is observed of a model: what it takes and
// answers (Schema), single predictions (Row, Value), their bounded and mergeable
// summary (Profile), and what later ones are compared with (Reference).
//
// # Life cycle
//
// A [Schema] comes from struct tags ([SchemaOf]) or from a list ([NewSchema]).
// [Build] ranges twice over rows of a healthy stretch and makes a [Reference]: the
// [Geometry] (how each column is cut into cells), the profile of all rows, and
// time blocks, from which natural variability is learned
// ([Reference.Variation]). [Reference.Save] and [Load] keep it in a file;
// [Reference.Rebind] fits one that was made from a file to a schema of a program.
//
// Live rows take the way of [Batch] (encoded, nothing allocated) and [Filler]
// (a column at a time) into a [Profile]; package monitor does that, and
// [Geometry.Fill] does it with rows that are at hand. Closed
// stretches are kept as counts ([Pane]), and an evaluator sees a [Comparison] of
// a window with the reference. A [Binding] reads rows out of structs without
// reflection; [ValueOf] converts what a map holds.
//
// Beside its columns a profile keeps what features do together ([Joint]): sums
// of products of pairs, and cells of measures of embeddings, as the geometry's
// [JointPlan] says. It is on for 2 to 50 numeric features ([NoPairs],
// [WithPairs]) and for embeddings of references that were built from vectors.
//
// # What is guaranteed
//
//   - No input fails, panics or is lost: each value observed is counted once, as
//     missing, invalid, mismatched, unseen or in a cell. See [Tally].
//   - [Profile.Merge] commutes and associates: counts exactly, moments to 1e-12,
//     sketches within their error. Profiles of replicas with the same
//     [Geometry.ID], merged, are the profile of one that saw it all.
//   - Memory is bounded by the schema, not by what comes in.
//   - The same rows give the same reference, byte for byte.
//   - Decoders take any bytes: an error that wraps [ErrCorrupt] or [ErrVersion],
//     no panic, no allocation beyond a stated bound.
//   - Nothing of a row outlives the call that observes it, and a profile holds
//     no row and no id. Of a sensitive feature it holds no extreme, no quantile,
//     no value as an edge and no undeclared label; its mean and spread it does.
//
// # Pitfalls
//
//   - A profile is complete only after [Filler.Flush].
//   - Build reads rows in time order and judges natural variability by its time
//     blocks: shuffled rows without times look calmer than the world is.
//   - Labels of fewer than ten rows, and those beyond the hundred most frequent,
//     share the cell of the others. Declare what matters with OneOf.
//   - A float64 for a categorical feature (what encoding/json makes of 3) is a
//     type mismatch; decode with UseNumber, or convert it.
//   - Hashes of categories without a cell are part of a reference. They are not
//     keyed: whoever can guess a category can tell whether it occurred.
//
// Schema, Geometry, Reference and Pane are immutable and safe for concurrent
// use; Profile, Batch and Filler belong to one goroutine at a time.
package profile
