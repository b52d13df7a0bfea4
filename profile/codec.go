package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrCorrupt is wrapped by every error about bytes that no encoder wrote:
// truncated, altered, or in contradiction with themselves. The receiver of a
// failed decode is left unchanged.
var ErrCorrupt = errors.New("profile: corrupt encoding")

// ErrVersion is wrapped by errors about bytes of a format that this library does
// not read; the text says which it needs.
var ErrVersion = errors.New("profile: unknown format version")

// An encoding is a header, sections, and an end section. Little endian
// throughout, whatever the machine.
//
//	header   magic "TDMK" · kind · 0 · version written · oldest version that reads it
//	section  id uint16 · flags uint16 · length uint32 · checksum uint32 · payload
//	end      a section of id 0xffff that holds the number of sections before it
//
// The checksum is CRC-32C of the section's id, flags, length and payload.
const (
	magic         = "TDMK"
	headerBytes   = 8
	sectionBytes  = 12
	formatVersion = 1 // what this library writes, and the newest it reads
	oldestReader  = 1 // the oldest format version whose reader understands what we write
)

// Kinds of encoding.
const (
	kindProfile   = 'P'
	kindReference = 'R'
	kindPane      = 'N'
)

// mustUnderstand is the flag of a section that a reader may not skip.
const mustUnderstand = 1 << 0

// encoder appends an encoding to b; the first error sticks.
type encoder struct {
	b        []byte
	start    int
	sections uint32
	err      error
}

func newEncoder(b []byte, kind byte) *encoder {
	start := len(b)
	b = append(append(b, magic...), kind, 0, formatVersion, oldestReader)
	return &encoder{b: b, start: start}
}

// section appends one section with the payload that write appends.
func (e *encoder) section(id, flags uint16, write func(b []byte) ([]byte, error)) {
	if e.err != nil {
		return
	}
	start := len(e.b)
	payload := start + sectionBytes
	b, err := write(append(e.b, make([]byte, sectionBytes)...))
	if err == nil && uint64(len(b)-payload) > math.MaxUint32 {
		err = fmt.Errorf("profile: encode: section %d has %d bytes; the limit is %d", id, len(b)-payload, uint32(math.MaxUint32))
	}
	if err != nil {
		e.err = err
		return
	}
	head := b[start:payload]
	binary.LittleEndian.PutUint16(head, id)
	binary.LittleEndian.PutUint16(head[2:], flags)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(b)-payload))
	binary.LittleEndian.PutUint32(head[8:], checksum(head, b[payload:]))
	e.b = b
	e.sections++
}

// close appends the end section and returns the bytes; after an error, those
// that were there before.
func (e *encoder) close() ([]byte, error) {
	n := e.sections
	e.section(sectionEnd, mustUnderstand, func(b []byte) ([]byte, error) {
		return binary.LittleEndian.AppendUint32(b, n), nil
	})
	if e.err != nil {
		return e.b[:e.start], e.err
	}
	return e.b, nil
}

func checksum(head, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(head[:8], table), table, payload)
}

// sections are the payloads of an encoding, by id.
type sections struct {
	what string
	by   map[uint16][]byte
}

// parse checks the header and every checksum and returns the sections. It
// copies no payload.
func parse(what string, kind byte, data []byte) (sections, error) {
	s := sections{what: what, by: map[uint16][]byte{}}
	if err := s.header(kind, data); err != nil {
		return s, err
	}
	for at := headerBytes; ; {
		id, flags, payload, err := s.next(data, at)
		if err != nil {
			return s, err
		}
		at += sectionBytes + len(payload)
		if id == sectionEnd {
			return s, s.end(payload, len(data)-at)
		}
		if _, twice := s.by[id]; twice {
			return s, s.corrupt("section %d (%s) is there twice", id, sectionName(id))
		}
		if flags&mustUnderstand != 0 && sectionName(id) == "" {
			return s, fmt.Errorf("%w: %s: section %d must be understood and this library, format %d, does not know it; use a newer one",
				ErrVersion, what, id, formatVersion)
		}
		s.by[id] = payload
	}
}

func (s sections) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrCorrupt, s.what, fmt.Sprintf(format, args...))
}

func (s sections) header(kind byte, data []byte) error {
	switch {
	case len(data) < headerBytes:
		return s.corrupt("need a header of %d bytes, have %d", headerBytes, len(data))
	case string(data[:4]) != magic:
		return s.corrupt("begins with %q, need %q", data[:4], magic)
	case data[4] != kind:
		return s.corrupt("need kind %q, have %q", kind, data[4])
	case data[6] == 0 || data[7] == 0 || data[7] > data[6]:
		return s.corrupt("impossible format version %d, readable from %d", data[6], data[7])
	case data[7] > formatVersion:
		return fmt.Errorf("%w: %s: written in format %d, needs a reader of format %d, this library reads up to %d",
			ErrVersion, s.what, data[6], data[7], formatVersion)
	}
	return nil
}

// next reads the section at byte at.
func (s sections) next(data []byte, at int) (id, flags uint16, payload []byte, err error) {
	have := len(data) - at
	if have < sectionBytes {
		return 0, 0, nil, s.corrupt("need a section of %d bytes or more at byte %d, have %d", sectionBytes, at, have)
	}
	head := data[at : at+sectionBytes]
	id, flags = binary.LittleEndian.Uint16(head), binary.LittleEndian.Uint16(head[2:])
	length := binary.LittleEndian.Uint32(head[4:])
	if uint64(length) > uint64(have-sectionBytes) {
		return 0, 0, nil, s.corrupt("section %d at byte %d needs %d bytes, have %d", id, at, length, have-sectionBytes)
	}
	payload = data[at+sectionBytes:][:length:length]
	if want, sum := binary.LittleEndian.Uint32(head[8:]), checksum(head, payload); want != sum {
		return 0, 0, nil, s.corrupt("section %d at byte %d has checksum %08x, need %08x", id, at, sum, want)
	}
	return id, flags, payload, nil
}

func (s sections) end(payload []byte, rest int) error {
	switch {
	case len(payload) != 4:
		return s.corrupt("the end needs 4 bytes, has %d", len(payload))
	case binary.LittleEndian.Uint32(payload) != uint32(len(s.by)):
		return s.corrupt("need %d sections, have %d", binary.LittleEndian.Uint32(payload), len(s.by))
	case rest != 0:
		return s.corrupt("%d bytes after the end", rest)
	}
	return nil
}

// need returns a reader of a section that has to be there.
func (s sections) need(id uint16) *reader {
	payload, ok := s.by[id]
	r := newReader(s.what+": "+sectionName(id), payload)
	if !ok {
		r.Fail("need section %d, which is not there", id)
	}
	return r
}

// find returns a reader of a section and whether it is there.
func (s sections) find(id uint16) (*reader, bool) {
	_, ok := s.by[id]
	if !ok {
		return nil, false
	}
	return s.need(id), true
}
