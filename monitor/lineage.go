package monitor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// lineage puts on the timeline what is other than when the model of this name last
// ran with the same checkpoint directory: its version, its reference, the data that
// was made from, the code that computes the features. A monitor is one version, so
// that a change comes with a restart.
func (m *Monitor) lineage() {
	c, k := m.config.checkpoint, m.keeper
	if c == nil {
		return
	}
	now := k.identity()
	path := filepath.Join(c.dir, fmt.Sprintf("tidemark-%016x.lineage", profile.HashID(now.Name)))
	body, err := c.read(path)
	var before report.Model
	if err == nil {
		err = json.Unmarshal(body, &before)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		k.fail("checkpoint", err)
	case before == now:
		return
	default:
		at := m.config.clock.Now().UTC()
		if m.config.eventTime {
			at = time.Time{} // what happens in event time happens before the first row
		}
		k.event(at, "lineage", changes(before, now))
	}
	body, err = json.Marshal(now)
	k.store(path, body, err)
}

// changes says what differs between two identities of a model.
func changes(before, now report.Model) string {
	var parts []string
	for _, p := range [...]struct{ what, before, now string }{
		{"version", before.Version, now.Version}, {"reference", before.Reference, now.Reference},
		{"data", before.Dataset, now.Dataset}, {"hash of the data", before.DatasetHash, now.DatasetHash},
		{"feature code", before.FeatureCode, now.FeatureCode},
	} {
		if p.before != p.now {
			parts = append(parts, fmt.Sprintf("%s %s → %s", p.what, either(p.before, "none"), either(p.now, "none")))
		}
	}
	return strings.Join(parts, ", ")
}
