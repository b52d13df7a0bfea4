// Package integration tests the library against real counterparts. It is a
// module of its own, so that what the tests need stays out of the go.sum of
// users; it exports nothing.
package integration
