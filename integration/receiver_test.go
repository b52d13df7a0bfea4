package integration

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// receiver is an OTLP receiver of metrics: the service of the protocol, over
// gRPC or HTTP, that keeps what it is sent.
type receiver struct {
	collector.UnimplementedMetricsServiceServer
	mu       sync.Mutex
	requests []*collector.ExportMetricsServiceRequest
}

// Export implements the service.
func (r *receiver) Export(_ context.Context, q *collector.ExportMetricsServiceRequest) (*collector.ExportMetricsServiceResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, q)
	return &collector.ExportMetricsServiceResponse{}, nil
}

// listenGRPC serves the receiver until the test ends and returns its address.
func (r *receiver) listenGRPC(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	collector.RegisterMetricsServiceServer(server, r)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// listenHTTP serves the receiver until the test ends and returns its URL.
func (r *receiver) listenHTTP(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/v1/metrics" || q.Header.Get("Content-Type") != "application/x-protobuf" {
			http.Error(w, "not OTLP: "+q.URL.Path, http.StatusNotFound)
			return
		}
		answer, err := r.take(q)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (r *receiver) take(q *http.Request) ([]byte, error) {
	body := io.Reader(q.Body)
	if q.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(q.Body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	var request collector.ExportMetricsServiceRequest
	if err := proto.Unmarshal(data, &request); err != nil {
		return nil, err
	}
	response, err := r.Export(q.Context(), &request)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(response)
}

// newest returns the metrics of the last request by name, and its resource.
func (r *receiver) newest(t *testing.T) (byName map[string]*metrics.Metric, resource map[string]string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.requests) == 0 {
		t.Fatal("nothing was received")
	}
	byName, resource = map[string]*metrics.Metric{}, map[string]string{}
	for _, rm := range r.requests[len(r.requests)-1].ResourceMetrics {
		for _, a := range rm.Resource.Attributes {
			resource[a.Key] = a.Value.GetStringValue()
		}
		for _, scope := range rm.ScopeMetrics {
			for _, m := range scope.Metrics {
				if byName[m.Name] != nil {
					t.Errorf("%s was received twice", m.Name)
				}
				byName[m.Name] = m
			}
		}
	}
	return byName, resource
}
