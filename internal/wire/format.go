package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
)

// Format is the envelope of a state: Magic, a byte that is the version, the body,
// and the checksum of all before.
type Format struct {
	Magic          string
	Oldest, Newest byte  // versions that are read; Newest is written. Oldest 0 means Newest
	Corrupt        error // wrapped where bytes are not of this format, or damaged
	Unknown        error // wrapped where they are of another version
}

const sumBytes = 4

// Begin appends what comes before the body. [Seal] comes after it.
func (f Format) Begin(b []byte) []byte { return append(append(b, f.Magic...), f.Newest) }

// Open returns the version and the body, which is part of data.
func (f Format) Open(data []byte) (version byte, body []byte, err error) {
	head := len(f.Magic) + 1
	if len(data) < head+sumBytes || string(data[:head-1]) != f.Magic {
		return 0, nil, fmt.Errorf("%w: %d bytes that do not begin with %q", f.Corrupt, len(data), f.Magic)
	}
	oldest := f.Oldest
	if oldest == 0 {
		oldest = f.Newest
	}
	if version = data[head-1]; version < oldest || version > f.Newest {
		return 0, nil, fmt.Errorf("%w: version %d, this library reads %d to %d", f.Unknown, version, oldest, f.Newest)
	}
	body, ok := Unseal(data)
	if !ok {
		return 0, nil, fmt.Errorf("%w: damaged: the checksum is not that of the %d bytes before it", f.Corrupt, len(body))
	}
	return version, body[head:], nil
}

// SealJSON returns v as JSON in the envelope.
func (f Format) SealJSON(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return Seal(append(f.Begin(nil), body...)), nil
}

// OpenJSON reads what SealJSON wrote into v.
func (f Format) OpenJSON(data []byte, v any) error {
	_, body, err := f.Open(data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: %w", f.Corrupt, err)
	}
	return nil
}

// Sum is the CRC-32C of b.
func Sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Seal appends the checksum of b to it.
func Seal(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, Sum(b)) }

// Unseal returns the bytes before the checksum, and whether it is theirs.
func Unseal(b []byte) (body []byte, ok bool) {
	end := len(b) - sumBytes
	if end < 0 {
		return nil, false
	}
	return b[:end], Sum(b[:end]) == binary.LittleEndian.Uint32(b[end:])
}
