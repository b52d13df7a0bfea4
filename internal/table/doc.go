// Package table reads the rows of a file for commands and examples: CSV, TSV or
// JSON lines, gzipped or not, and whatever format the caller adds. It infers a
// schema and yields profile rows, any number of times.
//
// [Open] reads as much as it needs to know the kind of each column, [Table.Schema]
// makes a schema of them, [Table.Rows] yields the rows under it, and [Table.Use]
// has a file read under the schema of another.
//
// # What a cell is
//
//   - Missing: empty, blank, "?", "NA", "N/A", "NaN", "nan", "null", "NULL", "None".
//   - In a numeric column a number is one as Go writes it; "inf" and what
//     overflows is infinite and so counts as invalid; any other text is kept as
//     text, which a profile counts as a type mismatch.
//   - In a boolean column true, True, TRUE and false; 1 and 0 too where a schema
//     says that the column is boolean.
//   - Anything else is a label, exactly as it stands in the file.
//   - A score that is no number is NaN, hence invalid. A label (truth) or a time
//     that cannot be read is an error that names file, row and column: what the
//     user named deliberately must not be guessed at.
//
// # Guarantees
//
// No content of a file panics. Every record of the file is a row or an error.
// Memory does not grow with the number of rows. A Table is not safe for
// concurrent use with [Table.Use]; otherwise passes are independent.
//
// # Pitfalls
//
// Kinds are inferred from the first 20,000 rows. Codes written as digits look
// like numbers: name them in Options.Categorical, or give a schema. A column
// without a name (the index that pandas writes) is ignored.
package table
