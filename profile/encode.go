package profile

import (
	"math"
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// encoding is what encoding a value needs of its axis, packed: an Axis spans
// several cache lines, and every row touches all of them.
type encoding struct {
	direct valueKind // the kind of value that is encoded here, without conversion
	run    int       // how many numeric axes there are from here on, without a gap
	labels uint64    // how many labels have a cell
	slots  []codeSlot
}

func newEncodings(axes []Axis) []encoding {
	encodings := make([]encoding, len(axes)+1) // the last ends every run
	for i := len(axes) - 1; i >= 0; i-- {
		a, e := &axes[i], &encodings[i]
		switch a.Kind {
		case Numeric:
			e.direct, e.run = floatValue, encodings[i+1].run+1
		case Categorical:
			e.direct, e.labels, e.slots = stringValue, uint64(len(a.Labels)), a.codes.slots
		}
	}
	return encodings
}

// values encodes the features of a row.
func (b *Batch) values(cells []uint64, values []Value) {
	n := b.geometry.schema.Len()
	if len(values) > n {
		b.surplus += uint64(len(values) - n)
		values = values[:n]
	}
	for i := 0; i < len(values); i++ {
		v, e := &values[i], &b.geometry.encodings[i]
		if e.run > 0 {
			end := min(i+e.run, len(values))
			if i += floats(cells[i:end], values[i:end]); i == end {
				i--
				continue
			}
			v = &values[i]
		}
		if v.kind == stringValue && e.direct == stringValue {
			cells[i] = b.label(i, e, v.text())
		} else {
			cells[i] = b.encode(i, v)
		}
	}
	for i := len(values); i < n; i++ {
		cells[i] = b.encode(i, &Value{})
	}
}

// floats encodes values up to the first that is no float, or NaN, and returns how
// many.
// It is a loop that calls nothing, and not inlined into one that does, so that
// all it needs stays in registers.
//
//go:noinline
func floats(cells []uint64, values []Value) int {
	cells = cells[:len(values)]
	for i := range values {
		v := &values[i]
		f := math.Float64frombits(v.bits)
		if v.kind != floatValue || f != f {
			return i
		}
		cells[i] = v.bits
	}
	return len(values)
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
	for i := 0; i < len(fields); i++ {
		f := &fields[i]
		at := unsafe.Add(p, f.offset)
		switch {
		case f.run > 0:
			copyFloats(cells[i:i+f.run], unsafe.Slice((*uint64)(at), f.run))
			i += f.run - 1
		case f.direct == stringValue:
			cells[i] = b.label(i, &b.geometry.encodings[i], *(*string)(at))
		default:
			v := f.read(p)
			cells[i] = b.encode(i, &v)
		}
	}
}

// copyFloats is floats of numbers that lie next to each other.
//
//go:noinline
func copyFloats(cells, bits []uint64) {
	cells = cells[:len(bits)]
	for i, v := range bits {
		if f := math.Float64frombits(v); f != f {
			v = bitsNaN
		}
		cells[i] = v
	}
}

// markRuns notes where fields of numbers lie next to each other.
func markRuns(fields []boundField) {
	for i := len(fields) - 1; i >= 0; i-- {
		f := &fields[i]
		if f.direct != floatValue {
			continue
		}
		f.run = 1
		if i+1 < len(fields) && fields[i+1].run > 0 && fields[i+1].offset == f.offset+8 {
			f.run += fields[i+1].run
		}
	}
}
