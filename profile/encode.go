package profile

import (
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// encoding is what encoding a value needs of its axis, packed: an Axis spans
// several cache lines, and every row touches all of them.
type encoding struct {
	direct valueKind // the kind of value that is encoded here, without conversion
	labels uint64    // how many labels have a cell
	slots  []codeSlot
}

func newEncodings(axes []Axis) []encoding {
	encodings := make([]encoding, len(axes))
	for i := range axes {
		a, e := &axes[i], &encodings[i]
		switch a.Kind {
		case Numeric:
			e.direct = floatValue
		case Boolean:
			e.direct = boolValue
		case Categorical:
			e.direct = stringValue
			e.labels, e.slots = uint64(len(a.Labels)), a.codes.slots
		default:
			e.direct = invalidValue // which no caller can make directly
		}
	}
	return encodings
}

// values encodes the features of a row.
func (b *Batch) values(cells []uint64, values []Value) {
	encodings := b.geometry.encodings[:b.geometry.schema.Len()]
	if len(values) > len(encodings) {
		b.surplus += uint64(len(values) - len(encodings))
		values = values[:len(encodings)]
	}
	cells = cells[:len(encodings)]
	encodings = encodings[:len(cells)]
	for i := range values {
		v, e := &values[i], &encodings[i]
		switch {
		case v.kind != e.direct:
			cells[i] = b.encode(i, v)
		case v.kind == stringValue:
			cells[i] = b.label(i, e, v.text())
		default:
			cells[i] = directBits(v.bits)
		}
	}
	for i := len(values); i < len(cells); i++ {
		cells[i] = b.encode(i, &Value{})
	}
}

// directBits is numberBits of the bits of a number. A truth value's are those of
// no NaN.
func directBits(bits uint64) uint64 {
	if bits<<1 > 0x7ff0_0000_0000_0000<<1 {
		return bitsNaN
	}
	return bits
}

// label returns the word of a label; most are found at the first probe.
func (b *Batch) label(i int, e *encoding, label string) uint64 {
	hash := sketch.Hash(label)
	s := &e.slots[hash&uint64(len(e.slots)-1)]
	if s.hash == hash && s.code-1 < e.labels {
		return s.code - 1
	}
	return b.lookup(i, &b.geometry.axes[i], label)
}

// fields encodes the fields of the struct at p, which is not nil, as values does
// with what the fields read as.
func (b *Batch) fields(cells []uint64, fields []boundField, p unsafe.Pointer) {
	cells = cells[:len(fields)]
	for i := range fields {
		f := &fields[i]
		at := unsafe.Add(p, f.offset)
		switch f.direct {
		case floatValue:
			cells[i] = directBits(*(*uint64)(at))
		case stringValue:
			cells[i] = b.label(i, &b.geometry.encodings[i], *(*string)(at))
		default:
			v := f.read(p)
			cells[i] = b.encode(i, &v)
		}
	}
}
