package exporter

import "errors"

// The errors of this package; they come wrapped with what was wrong.
var (
	// ErrNoProvider says that New was given a nil MeterProvider.
	ErrNoProvider = errors.New("exporter: no MeterProvider: pass otel.GetMeterProvider() or a *Provider of NewProvider")
	// ErrNoSource says that Start was given a nil source.
	ErrNoSource = errors.New("exporter: no source to export")
	// ErrStarted says that Start was called twice: an exporter serves one source.
	ErrStarted = errors.New("exporter: already started: make one exporter for each monitor")
	// ErrNoReader says that NewProvider has nothing to send its metrics through.
	ErrNoReader = errors.New("exporter: no reader: pass Periodic(exporter, interval) or a ReaderFunc")
	// ErrNoWriter says that NewJSONLines was given a nil writer.
	ErrNoWriter = errors.New("exporter: no writer for JSON lines")
	// ErrNoLogs says that Logs has no LoggerProvider, or was not started.
	ErrNoLogs = errors.New("exporter: no LoggerProvider: pass global.GetLoggerProvider() of otel/log to NewLogs, and call Start before Export")
	// ErrSlow says that a writer did not take a line in time.
	ErrSlow = errors.New("exporter: the writer is too slow")
	// ErrLine says that a line is not one that this package wrote.
	ErrLine = errors.New("exporter: not a line of JSON lines")
	// ErrPanicked says that the source panicked while it was read.
	ErrPanicked = errors.New("exporter: the source panicked")
)
