// Package collector tests the library against an OpenTelemetry Collector that
// runs inside the test. It is a module of its own because a collector needs four
// hundred others; it exports nothing.
package collector
