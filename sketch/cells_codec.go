package sketch

import (
	"encoding/binary"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

const (
	cellsVersion = 1
	maxEdges     = 1 << 16
)

// AppendBinary appends the encoding to b; it never fails. Header 'C', 1; the
// number of edges; the edges as float64; the counts as variable length integers.
func (c *Cells) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(appendHeader(b, kindCells, cellsVersion), uint64(len(c.edges)))
	for _, e := range c.edges {
		b = wire.AppendFloat(b, e)
	}
	for _, k := range c.Counts() {
		b = binary.AppendUvarint(b, k)
	}
	return b, nil
}

// MarshalBinary implements [encoding.BinaryMarshaler]; it never fails.
func (c *Cells) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// UnmarshalBinary replaces c by the encoded cells, at most 65,536 edges and three
// times the memory of data. Errors wrap [ErrCorrupt] or [ErrVersion] and leave c
// unchanged.
func (c *Cells) UnmarshalBinary(data []byte) error {
	r := newReader("cells", kindCells, cellsVersion, data)
	edges := make(Edges, r.Length(maxEdges, 9))
	for i := range edges {
		edges[i] = r.Finite()
	}
	counts := make([]uint64, len(edges)+1)
	for i := range counts {
		counts[i] = r.Uvarint()
	}
	if err := edges.Validate(); err != nil {
		r.Fail("%v", err)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*c = Cells{edges, edges.Keys(), counts}
	return nil
}
