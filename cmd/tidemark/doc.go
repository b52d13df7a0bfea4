// Command tidemark makes, compares and replays what the library monitors, from
// files: CSV, TSV, JSON lines (each gzipped or not) and Parquet.
//
//	tidemark profile -score p -out credit.profile train.csv   a reference of healthy data
//	tidemark compare credit.profile today.csv                 has anything changed?
//	tidemark replay -reference credit.profile log.csv         when would an alarm have come?
//	tidemark merge -out all.profile a.profile b.profile       replicas become one
//	tidemark show credit.profile                              what is in a profile
//	tidemark rules                                            fleet-wide drift and performance for Prometheus
//
// Each subcommand explains itself with -h and answers in JSON with -o json.
//
// The command is a module of its own: it needs a Parquet reader, and whoever
// embeds the library does not.
package main
