// Command hotpath measures what observing costs: Tidemark through its public
// entries, side by side with what a service would otherwise do by hand.
//
//	go run ./hotpath [-json] [-quick]  # with instructions a row where valgrind is, but not -quick
//	go run ./hotpath -instructions     # nothing but these
//
// All subjects run in one process on the same rows, in short samples that take
// turns, so that a busy machine disturbs them alike; p20 is the sample that was
// mostly left alone. A row is 16 features, a score, a latency and 4 categories; it is
// counted with all defaults, products of pairs included, and "with an id" also kept
// for its label.
// The ratios are what to judge by; nanoseconds are those of the machine at hand.
package main
