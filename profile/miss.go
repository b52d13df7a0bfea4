package profile

import "unicode/utf8"

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
	if len(b.misses) == cap(b.misses) {
		b.clipped++
		return code
	}
	m := miss{hash: hash, row: uint16(b.rows), axis: uint16(axis)}
	if code == codeUnseen {
		if len(b.labels)+len(label) <= cap(b.labels) {
			m.start = uint16(len(b.labels))
			b.labels = append(b.labels, label...)
			m.end = uint16(len(b.labels))
		} else {
			b.clipped++
		}
	}
	b.misses = append(b.misses, m)
	return code
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
