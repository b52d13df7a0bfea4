package monitor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tidemark-ml/tidemark/internal/durable"
	"github.com/tidemark-ml/tidemark/internal/wire"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// WithCheckpoint saves what the monitor knows to a file in a directory of its own
// process, so that a restart goes on where it was: the open pane, windows,
// references that were learned or accepted, predictions that wait for labels, the
// newest report with its incidents, the timeline and the history, and the state of
// every part that is [Stateful] or kept ([Monitor.Keep]). Totals but those of labels
// count anew, as counters of a process do; frozen sets are run again, and must answer
// as they did. It is saved every so often (0 means a minute; in event time at the ends
// of panes), before exporters are told of an incident that has changed, and at
// Shutdown, off the callers' path. What comes between the last time and a crash is
// lost, and so are rows from which cells are still to be cut; an incident that somebody
// was told of is not.
//
// Two generations are kept, each written beside the old one and synced before it
// takes its place; where the newer is damaged the older is used. One of another
// model, version, schema or reference is left alone and the monitor starts afresh.
// Either way the timeline says so, and also what of version, reference, data and
// feature code is other than when the model last ran with this directory.
func WithCheckpoint(dir string, every time.Duration) Option {
	return option(func(c *config) {
		if every == 0 {
			every = time.Minute
		}
		if dir == "" || every < 0 {
			c.mistakes = append(c.mistakes, fmt.Errorf("monitor: checkpoint: directory %q every %v; both are needed, and 0 means a minute", dir, every))
		}
		c.checkpoint = &checkpoint{dir: dir, every: every}
	})
}

// checkpoint is where and when the state is saved.
type checkpoint struct {
	dir   string
	every time.Duration
	saved time.Time // in event time
	told  report.Ledger
}

const (
	checkpointMagic   = "TMCK"
	checkpointVersion = 2
	maxCheckpoint     = 1<<31 - 1
)

var errCheckpoint = errors.New("monitor: not a checkpoint")

// path is that of the newest generation; the one before has a suffix.
func (c *checkpoint) path(model, version string) string {
	return filepath.Join(c.dir, fmt.Sprintf("tidemark-%016x.checkpoint", profile.HashID(model+"\x00"+version)))
}

const olderSuffix = ".1"

// write makes body the newest generation, and that which was so the older one.
func (c *checkpoint) write(path string, body []byte) error {
	f, err := os.CreateTemp(c.dir, ".tidemark-*")
	if err == nil {
		err = durable.Replace(path, f, sealed(body), func() error {
			err := os.Rename(path, path+olderSuffix)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("monitor: checkpoint: %w", err)
	}
	return nil
}

func checkpointFormat() wire.Format {
	return wire.Format{Magic: checkpointMagic, Newest: checkpointVersion, Corrupt: errCheckpoint, Unknown: errCheckpoint}
}

func sealed(body []byte) []byte { return wire.Seal(append(checkpointFormat().Begin(nil), body...)) }

// read returns the body of a generation.
func (c *checkpoint) read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxCheckpoint {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are possible", errCheckpoint, info.Size(), maxCheckpoint)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	_, body, err := checkpointFormat().Open(b)
	return body, err
}

// restore puts the monitor where it was, if it can, and says so on the timeline.
func (m *Monitor) restore() {
	c := m.config.checkpoint
	if c == nil {
		return
	}
	m.lineage()
	k, adopted := m.keeper, false
	path := c.path(k.identity().Name, m.config.version)
	var reasons []error
	for _, path := range [...]string{path, path + olderSuffix} {
		body, err := c.read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var s *savedState
		if err == nil {
			s, err = k.decodeState(body)
		}
		if err == nil {
			k.adopt(s)
			adopted = true
			k.event(m.now().UTC(), "restored", fmt.Sprintf("restarted: pane %d restored, as it was saved at %s", k.pane, s.shown.at.Format(time.RFC3339)))
			break
		}
		reasons = append(reasons, err)
		k.event(m.now().UTC(), "restored", fmt.Sprintf("a checkpoint was not used: %v", err))
	}
	for _, err := range reasons {
		k.fail("checkpoint", err)
	}
	switch {
	case adopted:
		r := *k.newest() // which notifiers compare the next one with
		r.Rows, r.Events = k.intake.rows.Load(), append(r.Events[:len(r.Events):len(r.Events)], k.takeEvents()...)
		k.publish(&r)
	case len(reasons) > 0:
		k.publish(k.blank(m.now().UTC()))
	}
}

// save writes the state. It takes the mutex only while the state is encoded.
func (m *Monitor) save() {
	c := m.config.checkpoint
	if c == nil {
		return
	}
	m.saving.Lock()
	defer m.saving.Unlock()
	m.mu.Lock()
	body, err := m.keeper.encodeState()
	path := c.path(m.keeper.identity().Name, m.config.version)
	m.mu.Unlock()
	m.keeper.store(path, body, err)
}

func (k *keeper) store(path string, body []byte, err error) {
	if err == nil && body != nil {
		err = k.config.checkpoint.write(path, body)
	}
	if err != nil {
		k.fail("checkpoint", err)
	}
}

// saveDue saves in event time, where a pane has ended and it is time to, or there is
// news.
func (k *keeper) saveDue(now time.Time) {
	c := k.config.checkpoint
	if c == nil || !k.config.eventTime {
		return
	}
	if news := c.news(k.newest()); !news && now.Sub(c.saved) < c.every {
		return
	}
	c.saved = now
	body, err := k.encodeState()
	k.store(c.path(k.identity().Name, k.config.version), body, err)
}

// news reports whether an incident has changed since it was asked last. What
// somebody is told must be known after a crash, or it is told again as another one.
func (c *checkpoint) news(r *report.Report) bool { return len(c.told.Take(r)) > 0 }

// saveLoop saves until done is closed.
func (m *Monitor) saveLoop() {
	for {
		select {
		case <-m.done:
			return
		case <-m.config.clock.After(m.config.checkpoint.every):
			m.save()
		}
	}
}
