package integration

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browse starts a browser with one tab, and a watch on all that the tab does.
func browse(ctx context.Context, t *testing.T) (context.Context, *watch) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profileFolder(t)),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
	)
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	w := &watch{}
	tab, cancel := chromedp.NewContext(allocator, chromedp.WithListener(w.see))
	t.Cleanup(cancel)
	if err := chromedp.Do(tab); err != nil {
		t.Fatal(err)
	}
	return tab, w
}

// profileFolder is a folder for the browser's profile. The browser's children
// may write into it for a moment after the browser has ended.
func profileFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "tidemark-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		eventually(ctx, t, func() error { return os.RemoveAll(folder) })
	})
	return folder
}

// media makes an action of the command that sets the colour scheme.
func media(p emulation.SetEmulatedMediaParams) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, p)
		return err
	})
}

// watch notes the addresses a tab asks for, and all that its console says:
// errors, exceptions and violations of the content security policy.
type watch struct {
	mu      sync.Mutex
	asked   []string
	console []string
}

// see takes an event of the browser; it must return at once.
func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.asked = append(w.asked, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		text := string(e.Type)
		for _, a := range e.Args {
			text += fmt.Sprintf(" %s%s", a.Value, a.Description)
		}
		w.console = append(w.console, text)
	case *runtime.EventExceptionThrown:
		w.console = append(w.console, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		w.console = append(w.console, string(e.Entry.Source)+": "+e.Entry.Text)
	}
}

// faults are the console's messages, and the requests to anything but origin.
func (w *watch) faults(origin string) (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all = append(all, w.console...)
	for _, url := range w.asked {
		if !strings.HasPrefix(url, origin+"/") {
			all = append(all, "request to "+url)
		}
	}
	return all
}

func (w *watch) check(t *testing.T, origin string) {
	t.Helper()
	for _, fault := range w.faults(origin) {
		t.Error(fault)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.asked) < 3 { // the page, its style and its script
		t.Errorf("requests %v", w.asked)
	}
}

// TestWatch makes sure that the watch sees what TestPage says is not there.
func TestWatch(t *testing.T) {
	program(t, "chromium")
	ctx := lasting(t)
	bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'nonce-a'; img-src *")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<script>inline()</script><script nonce="a">console.log("said"); missing()</script>`+
			`<img src="http://127.0.0.1:1/elsewhere.png"><p id="end">end</p>`)
	}))
	defer bad.Close()
	tab, w := browse(ctx, t)
	if err := chromedp.Do(tab, chromedp.Navigate(bad.URL+"/")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"inline script", "log \"said\"", "exception: ", "request to http://127.0.0.1:1/elsewhere.png"} {
		eventually(ctx, t, func() error {
			if all := strings.Join(w.faults(bad.URL), "\n"); !strings.Contains(all, want) {
				return fmt.Errorf("the watch has not seen %q, only:\n%s", want, all)
			}
			return nil
		})
	}
}
