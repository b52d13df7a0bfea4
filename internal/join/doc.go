// Package join keeps what waits for a label, in bounded memory: rows whose truth
// is not known yet, and labels whose row has not come yet. It knows ids as 64-bit
// hashes and rows as bytes of a fixed width.
//
// # Groups
//
// Rows are kept in groups, which follow each other: [Table.Open] begins one,
// [Table.Rows] yields what a group holds with the truths that have come, and
// [Table.Close] ends it. Rows stay until then, those with a truth too, so that
// whatever has to be left out can be left out of both. Of a closed group the ids
// are remembered for a while: a label that comes too late is told from one for an
// id never seen.
//
// # Sampling
//
// Where there is no room, ids of closed groups are forgotten, oldest first. Where
// that is not enough, the limit on the hash is halved and every row above it
// dropped and counted, labelled or not. Whether a row is followed then depends on
// its id alone, never on its age: dropping the oldest would keep the rows whose
// labels come fast, and those are not like the others. As a group begins and the
// table is nearly empty, the limit doubles again.
//
// # Guarantees
//
// Every label given to [Table.Label] has one [Fate]; see [Table.Fates]. Nothing is
// allocated once the table has grown to its capacity. The same calls lead to the
// same state. A Table is not safe for concurrent use.
package join
