package profile

import "unicode/utf8"

// miss is a label that has no cell of its own.
type miss struct {
	hash   uint64
	start  uint32 // of the label in the arena
	axis   uint16
	row    uint8
	length uint8 // noText where the label was not kept
}

// noText is above any length that is kept.
const noText = MaxLabel + 1

// A row number fits a miss.
const _ = uint8(BatchRows - 1)

// miss remembers a label that has no cell of its own and returns its code:
// code as found, or codeInvalid where the label is not UTF-8. The check is made
// here only because a known label has passed it before.
func (b *Batch) miss(axis int, hash uint64, label string, code uint64) uint64 {
	if len(label) > MaxLabel {
		b.clipped++
		label = clip(label)
	}
	if !utf8.ValidString(label) {
		return codeInvalid
	}
	m := miss{hash: hash, row: uint8(b.rows), axis: uint16(axis), length: noText}
	switch {
	case code != codeUnseen:
	case len(b.labels)+len(label) <= cap(b.labels):
		m.start, m.length = uint32(len(b.labels)), uint8(len(label))
		b.labels = append(b.labels, label...)
	default:
		b.clipped++
	}
	b.remember(m)
	return code
}

// missHash is miss for a label of which only the hash is known.
func (b *Batch) missHash(axis int, hash, code uint64) uint64 {
	b.remember(miss{hash: hash, row: uint8(b.rows), axis: uint16(axis), length: noText})
	return code
}

// remember appends m. There is room for a miss in every label of every row.
func (b *Batch) remember(m miss) {
	if len(b.misses) < cap(b.misses) {
		b.misses = append(b.misses, m)
	}
}

// text returns the label of m and whether it was kept. It is the batch's memory.
func (b *Batch) text(m *miss) (string, bool) {
	if m.length == noText {
		return "", false
	}
	return borrow(b.labels[m.start:][:m.length]), true
}

// clip cuts a label to MaxLabel bytes without splitting a character, so that a
// valid label stays valid.
func clip(label string) string {
	end := MaxLabel
	for end > MaxLabel-utf8.UTFMax && !utf8.RuneStart(label[end]) {
		end--
	}
	return label[:end]
}

// decimal writes v in base ten at the end of buf and returns it, without
// allocating.
func decimal(buf *[20]byte, v int64) string {
	u, i := uint64(v), len(buf)
	if v < 0 {
		u = -u
	}
	for {
		i--
		buf[i] = byte('0' + u%10)
		if u /= 10; u == 0 {
			break
		}
	}
	if v < 0 {
		i--
		buf[i] = '-'
	}
	return borrow(buf[i:])
}
