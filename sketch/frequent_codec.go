package sketch

import (
	"encoding/binary"
	"fmt"

	"github.com/tidemark-ml/tidemark/internal/wire"
)

const frequentVersion = 1

// AppendBinary appends the encoding to b; it never fails. Header 'F', 1;
// [HashID]; then as variable length integers the capacity, the total and the
// number of items; for each item, heaviest first, its hash (8 bytes), count,
// error, and its label with the length before it. Equal states encode equally.
func (f *Frequent) AppendBinary(b []byte) ([]byte, error) {
	b = append(appendHeader(b, kindFrequent, frequentVersion), HashID)
	b = binary.AppendUvarint(b, uint64(f.Capacity()))
	b = binary.AppendUvarint(b, f.total)
	b = binary.AppendUvarint(b, uint64(len(f.items)))
	for it := range f.All() {
		b = binary.LittleEndian.AppendUint64(b, it.Hash)
		b = binary.AppendUvarint(b, it.Count)
		b = binary.AppendUvarint(b, it.Error)
		b = binary.AppendUvarint(b, uint64(len(it.Label)))
		b = append(b, it.Label...)
	}
	return b, nil
}

// MarshalBinary implements [encoding.BinaryMarshaler]; it never fails.
func (f *Frequent) MarshalBinary() ([]byte, error) { return f.AppendBinary(nil) }

// UnmarshalBinary replaces f by the encoded state. Before the items are read it
// allocates for at most as many as the bytes can hold. Errors wrap [ErrCorrupt],
// [ErrVersion] or [ErrMismatch] (another hash function) and leave f unchanged.
func (f *Frequent) UnmarshalBinary(data []byte) error {
	r := newReader("frequent", kindFrequent, frequentVersion, data)
	if id := r.Byte(); r.Err() == nil && id != HashID {
		return fmt.Errorf("sketch: frequent: hash function %d, this library uses %d: %w", id, HashID, ErrMismatch)
	}
	capacity, total := r.Uvarint(), r.Uvarint()
	if capacity < 1 || capacity > maxFrequent {
		r.Fail("capacity %d, want 1 to %d", capacity, maxFrequent)
	}
	size := r.Length(int(min(capacity, maxFrequent)), 11)
	fresh := &Frequent{capacity: int(capacity), total: total, at: make(map[uint64]int, size), items: make([]Item, 0, size)}
	for range size {
		fresh.decodeItem(r)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*f = *fresh
	return nil
}

func (f *Frequent) decodeItem(r *wire.Reader) {
	it := Item{Hash: r.Uint64(), Count: r.Uvarint(), Error: r.Uvarint()}
	it.Label = r.Text(MaxLabel)
	if r.Err() != nil {
		return
	}
	if _, twice := f.at[it.Hash]; twice || it.Count == 0 || it.Error > it.Count || it.Count > f.total {
		r.Fail("item %x of count %d and error %d is listed twice or impossible", it.Hash, it.Count, it.Error)
		return
	}
	f.push(it)
}
