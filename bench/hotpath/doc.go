// Command hotpath measures what observing costs: Tidemark through its public
// entries, side by side with what a service would otherwise do by hand.
//
//	go run ./hotpath [-json] [-quick]
//	go run ./hotpath -instructions     # instructions a row, by callgrind
//
// All subjects run in one process on the same rows, in short samples that take
// turns, so that a busy machine disturbs them alike; p20 is the sample that was
// mostly left alone. A row is 16 features, a score, a latency and 4 categories.
// The ratios are what to judge by; nanoseconds are those of the machine at hand.
package main
