package tidemark_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tidemark-ml/tidemark"

// rule says what a package of ours may import of ours, and why.
type rule struct {
	may []string
	why string
}

// layers is the architecture: everything not listed here may not be imported.
// A test file may import anything.
var layers = map[string]rule{
	"report":             {nil, "the vocabulary everybody speaks depends on nobody"},
	"internal/stat":      {nil, "mathematics depends on nothing of ours"},
	"internal/stripe":    {nil, "a lock pattern depends on nothing of ours"},
	"internal/ring":      {nil, "a container depends on nothing of ours"},
	"internal/table":     {[]string{"profile"}, "a file becomes rows"},
	"internal/golden":    {nil, "test support depends on nothing of ours"},
	"internal/durable":   {nil, "files depend on nothing of ours"},
	"internal/wire":      {nil, "bytes depend on nothing of ours"},
	"internal/phrase":    {[]string{"report"}, "figures are said the same everywhere"},
	"sketch":             {[]string{"internal/stat", "internal/wire"}, "a sketch knows numbers, not models"},
	"profile":            {[]string{"sketch", "report", "internal/wire", "internal/durable"}, "a profile is sketches under a schema"},
	"drift":              {[]string{"profile", "sketch", "report", "internal/stat", "drift/binning", "internal/phrase"}, "a measure reads profiles and writes signals"},
	"drift/multivariate": {[]string{"drift", "profile", "sketch", "report", "internal/stat"}, "a measure reads profiles and writes signals"},
	"drift/binning":      {nil, "rules for samples know no profile"},
	"drift/sequential":   {[]string{"internal/stat", "internal/wire"}, "a detector sees a stream of numbers"},
	"quality":            {[]string{"profile", "sketch", "report", "internal/stat"}, "a measure reads profiles and writes signals"},
	"performance":        {[]string{"profile", "sketch", "report", "internal/stat", "drift/sequential", "internal/wire"}, "a measure reads profiles and writes signals"},
	"fairness":           {[]string{"profile", "sketch", "report", "internal/stat", "internal/phrase"}, "a measure reads profiles and writes signals"},
	"explain":            {[]string{"profile", "sketch", "report", "internal/stat", "internal/phrase"}, "a measure reads profiles and writes signals"},
	"internal/join":      {[]string{"internal/wire"}, "a bounded table of hashes depends on nothing of ours"},
	"rollout":            {[]string{"monitor", "profile", "report", "internal/stat", "internal/wire"}, "changing the model reads reports, nothing else of alert"},
	"guard/review":       {[]string{"profile", "report", "internal/stat", "internal/durable"}, "a queue for people knows cases and verdicts, not who guards"},
	"guard":              {[]string{"guard/review", "monitor", "profile", "report", "internal/stat", "internal/wire"}, "protecting the caller reads reports, nothing else of alert"},
	"alert":              {[]string{"report", "internal/stat", "internal/wire", "internal/phrase"}, "a policy judges signals, whoever made them"},
	"exporter":           {[]string{"report"}, "an exporter reads a Source; it must not know who it is"},
	"notify":             {[]string{"report", "internal/wire", "internal/durable"}, "a notifier passes on what reports say; severity and paging are the policy's"},
	"monitor":            {[]string{"profile", "report", "internal/stripe", "internal/ring", "internal/join", "internal/wire", "internal/durable"}, "the monitor knows no measure, policy or exporter by name"},
	"dashboard":          {[]string{"report"}, "a page shows reports and recomputes nothing"},
	"":                   {[]string{"monitor", "profile", "report", "drift", "drift/multivariate", "quality", "alert", "exporter", "notify", "dashboard", "performance", "fairness", "explain"}, "assembly of public packages"},
	"cmd/tidemark":       {[]string{"", "monitor", "profile", "report", "drift", "drift/multivariate", "quality", "alert", "exporter", "notify", "dashboard", "sketch", "internal/table", "performance", "fairness", "explain"}, "a command uses what users use"},
	"examples/":          {[]string{"", "monitor", "profile", "report", "drift", "drift/multivariate", "drift/sequential", "quality", "alert", "exporter", "notify", "dashboard", "sketch", "internal/table", "performance", "fairness", "explain", "rollout", "guard", "guard/review"}, "an example uses what users use"},
}

// heavy modules must not be needed by the library itself.
var heavy = map[string]string{
	"testing":                             "test code must not be compiled into services",
	"google.golang.org/grpc":              "transports are the user's choice",
	"github.com/prometheus/client_golang": "OpenTelemetry is the way out",
	"go.opentelemetry.io/otel/exporters/": "transports are the user's choice",
	"go.opentelemetry.io/otel/sdk/metric": "only package exporter brings a provider",
	"net/http/pprof":                      "it registers itself",
	"github.com/parquet-go/parquet-go":    "files are the command's business",
}

func TestLayers(t *testing.T) {
	walk(t, func(dir, file string, imports []string) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		r, name := ruleOf(dir)
		if r == nil {
			t.Errorf("%s: package %q is not in the layers; say in layers_test.go what it may import and why", file, dir)
			return
		}
		for _, path := range imports {
			if path != module && !strings.HasPrefix(path, module+"/") {
				continue
			}
			if target := strings.TrimPrefix(strings.TrimPrefix(path, module), "/"); !slices.Contains(r.may, target) {
				t.Errorf("%s imports %s: %s may import %v, because %s", file, target, name, r.may, r.why)
			}
		}
	})
}

func TestNoHeavyDependencies(t *testing.T) {
	walk(t, func(dir, file string, imports []string) {
		if strings.HasSuffix(file, "_test.go") || dir == "internal/golden" {
			return
		}
		for _, path := range imports {
			for module, why := range heavy {
				if strings.HasPrefix(path, module) && (path == module || strings.HasSuffix(module, "/") || path[len(module)] == '/') &&
					!(dir == "exporter" && strings.HasPrefix(path, "go.opentelemetry.io/otel/sdk/metric")) {
					t.Errorf("%s imports %s: %s", file, path, why)
				}
			}
		}
	})
}

func ruleOf(dir string) (*rule, string) {
	if r, ok := layers[dir]; ok {
		return &r, "package " + dir
	}
	for prefix, r := range layers {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(dir, prefix) {
			return &r, prefix
		}
	}
	return nil, ""
}

// walk parses the imports of every Go file of this module in process: a test
// that asked the go command would be served stale from the test cache.
func walk(t *testing.T, visit func(dir, file string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return enter(path, entry)
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if dir == "." {
			dir = ""
		}
		visit(dir, filepath.ToSlash(path), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// enter skips hidden folders, test data and nested modules.
func enter(path string, entry fs.DirEntry) error {
	if path == "." {
		return nil
	}
	if strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" {
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}
