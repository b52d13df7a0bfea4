package profile

import (
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// encoding is what encoding a label needs of its axis, packed: an Axis spans
// several cache lines, and every row touches all of them.
type encoding struct {
	labels uint64 // how many have a cell
	slots  []codeSlot
}

// run is features of one kind in a row, which are encoded in one loop.
type run struct {
	direct   valueKind // the kind of value that is encoded as it is; missing: none is
	from, to int
}

// encoders returns how the features are encoded: what of each, and in which runs.
func encoders(axes []Axis) (encodings []encoding, runs []run) {
	encodings = make([]encoding, len(axes))
	for i := range axes {
		a, direct := &axes[i], missingValue
		switch a.Kind {
		case Numeric:
			direct = floatValue
		case Categorical:
			direct, encodings[i] = stringValue, encoding{uint64(len(a.Labels)), a.codes.slots}
		}
		if last := len(runs) - 1; last >= 0 && runs[last].direct == direct {
			runs[last].to++
			continue
		}
		runs = append(runs, run{direct, i, i + 1})
	}
	return encodings, runs
}

// values encodes the features of a row.
func (b *Batch) values(cells []uint64, values []Value) {
	g := b.geometry
	n := g.schema.Len()
	if len(values) > n {
		b.surplus += uint64(len(values) - n)
		values = values[:n]
	}
	if len(values) < n {
		b.short(cells[:n], values)
		return
	}
	for i := range g.runs {
		r := &g.runs[i]
		for at := r.from; at < r.to; at++ {
			switch r.direct {
			case floatValue:
				at += floats(cells[at:r.to], values[at:r.to])
			case stringValue:
				at += texts(cells[at:r.to], values[at:r.to], g.encodings[at:r.to])
			}
			if at < r.to {
				cells[at] = b.encode(at, &values[at])
			}
		}
	}
}

// short encodes a row of fewer values than there are features.
func (b *Batch) short(cells []uint64, values []Value) {
	for i := range cells {
		var v Value
		if i < len(values) {
			v = values[i]
		}
		cells[i] = b.encode(i, &v)
	}
}

// Loops over values call nothing, or one thing seldom, and are not inlined into
// ones that call more, so that all they need stays in registers.

// floats encodes values up to the first that is no float, or NaN, and returns how
// many, give or take the eight that are encoded at once.
//
//go:noinline
func floats(cells []uint64, values []Value) int {
	all := len(values)
	for len(values) >= 8 && len(cells) >= 8 {
		v, to := (*[8]Value)(values), (*[8]uint64)(cells)
		if v[0].kind != floatValue || v[1].kind != floatValue || v[2].kind != floatValue || v[3].kind != floatValue ||
			v[4].kind != floatValue || v[5].kind != floatValue || v[6].kind != floatValue || v[7].kind != floatValue {
			break
		}
		a, b, c, d, e, f, g, h := v[0].bits, v[1].bits, v[2].bits, v[3].bits, v[4].bits, v[5].bits, v[6].bits, v[7].bits
		if isNaN(a) || isNaN(b) || isNaN(c) || isNaN(d) || isNaN(e) || isNaN(f) || isNaN(g) || isNaN(h) {
			break
		}
		to[0], to[1], to[2], to[3], to[4], to[5], to[6], to[7] = a, b, c, d, e, f, g, h
		values, cells = values[8:], cells[8:]
	}
	for i := range min(len(values), len(cells)) {
		v := &values[i]
		if v.kind != floatValue || isNaN(v.bits) {
			return all - len(values) + i
		}
		cells[i] = v.bits
	}
	return all
}

// isNaN reports whether they are the bits of a NaN.
func isNaN(bits uint64) bool { return bits<<1 > 0x7ff<<53 }

// texts encodes values up to the first that is no string, or a long or unknown one,
// and returns how many.
//
//go:noinline
func texts(cells []uint64, values []Value, encodings []encoding) int {
	cells, encodings = cells[:len(values)], encodings[:len(values)]
	for i := range values {
		v, e := &values[i], &encodings[i]
		if v.kind != stringValue || v.bits > shortText {
			return i
		}
		first, last := shortWords(v.ptr, v.bits)
		code := e.find(sketch.HashWords(first, last, int(v.bits)))
		if code >= e.labels {
			return i
		}
		cells[i] = code
	}
	return len(values)
}

// find returns the code of a hash, one beyond all labels where there is none.
func (e *encoding) find(hash uint64) uint64 {
	for i := hash; ; i++ {
		if s := &e.slots[i&uint64(len(e.slots)-1)]; s.hash == hash || s.code == 0 {
			return s.code - 1
		}
	}
}

// shortText is the length of the longest text that is hashed without a call.
const shortText = 16

// shortWords returns the n bytes at p as [sketch.HashWords] wants them. It is small
// enough to be inlined because it reads words as the machine does: where that is big
// endian the hash is another, no label is found by it, and all take the longer way.
func shortWords(p unsafe.Pointer, n uint64) (first, last uint64) {
	switch {
	case n >= 8:
		return *(*uint64)(p), *(*uint64)(unsafe.Add(p, n-8))
	case n >= 4:
		return uint64(*(*uint32)(p)), uint64(*(*uint32)(unsafe.Add(p, n-4)))
	case n > 0:
		return uint64(*(*byte)(p))<<16 | uint64(*(*byte)(unsafe.Add(p, n>>1)))<<8 | uint64(*(*byte)(unsafe.Add(p, n-1))), 0
	}
	return 0, 0
}

// fields encodes the fields of the struct at p, which is not nil, as values does
// with what the fields read as.
func (b *Batch) fields(cells []uint64, fields []boundField, p unsafe.Pointer) {
	for i := 0; i < len(fields); i++ {
		f := &fields[i]
		switch {
		case f.direct == floatValue:
			copyFloats(cells[i:i+f.run], unsafe.Slice((*float64)(unsafe.Add(p, f.offset)), f.run))
			i += f.run - 1
		case f.direct == stringValue && len(b.geometry.encodings[i].slots) > 0:
			n := copyTexts(cells[i:i+f.run], fields[i:i+f.run], b.geometry.encodings[i:i+f.run], p)
			if i += n; n == f.run {
				i--
				continue
			}
			label := *(*string)(unsafe.Add(p, fields[i].offset))
			cells[i] = b.lookup(i, &b.geometry.axes[i], label)
		default:
			v := f.read(p)
			cells[i] = b.encode(i, &v)
		}
	}
}

// copyFloats is floats of numbers that lie next to each other; it makes every NaN
// the same one.
//
//go:noinline
func copyFloats(cells []uint64, numbers []float64) {
	n, most := 0, min(len(cells), len(numbers))
	for ; n+4 <= most; n += 4 {
		from, to := (*[4]float64)(unsafe.Pointer(&numbers[n])), (*[4]float64)(unsafe.Pointer(&cells[n]))
		a, b, c, d := from[0], from[1], from[2], from[3]
		if a != a || b != b || c != c || d != d {
			break
		}
		to[0], to[1], to[2], to[3] = a, b, c, d
	}
	for ; n < most; n++ {
		cells[n] = numberBits(numbers[n])
	}
}

// copyTexts is texts of fields.
//
//go:noinline
func copyTexts(cells []uint64, fields []boundField, encodings []encoding, p unsafe.Pointer) int {
	cells, encodings = cells[:len(fields)], encodings[:len(fields)]
	for i := range fields {
		e := &encodings[i]
		label := *(*string)(unsafe.Add(p, fields[i].offset))
		if len(label) > shortText {
			return i
		}
		first, last := shortWords(unsafe.Pointer(unsafe.StringData(label)), uint64(len(label)))
		code := e.find(sketch.HashWords(first, last, len(label)))
		if code >= e.labels {
			return i
		}
		cells[i] = code
	}
	return len(fields)
}

// markRuns notes where fields of numbers lie next to each other, and where strings
// follow each other.
func markRuns(fields []boundField) {
	for i := len(fields) - 1; i >= 0; i-- {
		f := &fields[i]
		if f.direct == missingValue {
			continue
		}
		f.run = 1
		if i+1 == len(fields) || fields[i+1].direct != f.direct {
			continue
		}
		if f.direct == stringValue || fields[i+1].offset == f.offset+8 {
			f.run += fields[i+1].run
		}
	}
}
