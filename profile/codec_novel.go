package profile

import (
	"encoding/binary"
	"fmt"

	"github.com/tidemark-ml/tidemark/sketch"
)

// encodeNovel writes no labels of sensitive features.
func (p *Profile) encodeNovel(b []byte) (_ []byte, err error) {
	for i := range p.Columns {
		a, f := p.geometry.Axis(i), p.Columns[i].Novel
		switch {
		case a.Numbers():
		case f == nil || a.Feature.Sensitive:
			b = append(b, noSketch)
		case f.Len() == 0:
			b = append(b, emptySketch)
		default:
			if b, err = appendSketch(b, f); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

func (p *Profile) decodeNovel(r *reader) error {
	for i := range p.Columns {
		a := p.geometry.Axis(i)
		if a.Numbers() {
			continue
		}
		data, ok := r.sketchBytes()
		if !ok {
			continue
		}
		if a.Feature.Sensitive {
			r.Fail("%v: it is sensitive and has labels", a.Subject)
			break
		}
		f := sketch.NewFrequent(novelCapacity)
		if data != nil {
			r.nested(a.Subject.String(), f.UnmarshalBinary(data))
			if r.Err() == nil && f.Capacity() != novelCapacity {
				r.Fail("%v: need room for %d labels, have %d", a.Subject, novelCapacity, f.Capacity())
			}
		}
		p.Columns[i].Novel = f
	}
	return r.Close()
}

// decodeDigest refuses a digest of another compression before it allocates.
func decodeDigest(q *sketch.Quantiles, data []byte) error {
	const header = 2 // kind and version
	if len(data) > header {
		if c, _ := binary.Uvarint(data[header:]); c != digestCompression {
			return fmt.Errorf("compression %d, need %d: %w", c, digestCompression, sketch.ErrCorrupt)
		}
	}
	return q.UnmarshalBinary(data)
}
