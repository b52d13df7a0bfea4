package alert

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/tidemark-ml/tidemark/report"
)

// identify returns the id of an incident that opens now: a hash of model,
// version, reference, pane, rule and the subject that opened it. Nothing of the
// process is in it, so that replicas agree; an id that is taken (the panes were
// counted anew) is hashed again.
func (s *state) identify(r *report.Report, rule string, subject report.Subject) string {
	var b []byte
	for _, part := range []string{
		r.Model.Name, r.Model.Version, r.Model.Reference,
		string(subject.Kind), subject.Name, subject.Segment,
	} {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	b = binary.LittleEndian.AppendUint64(b, r.Pane)
	b = append(b, rule...)
	for {
		sum := sha256.Sum256(b)
		id := hex.EncodeToString(sum[:8])
		if !slices.ContainsFunc(s.incidents, func(in *incident) bool { return in.view.ID == id }) {
			return id
		}
		b = append(b, 1)
	}
}
