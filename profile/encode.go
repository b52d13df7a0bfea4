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
	run    int       // how many axes of its kind there are from here on, without a gap
	labels uint64    // how many labels have a cell
	slots  []codeSlot
}

func newEncodings(axes []Axis) []encoding {
	encodings := make([]encoding, len(axes)+1) // the last ends every run
	for i := len(axes) - 1; i >= 0; i-- {
		a, e := &axes[i], &encodings[i]
		switch a.Kind {
		case Numeric:
			e.direct = floatValue
		case Categorical:
			e.direct, e.labels, e.slots = stringValue, uint64(len(a.Labels)), a.codes.slots
		default:
			continue
		}
		if e.run = 1; encodings[i+1].direct == e.direct {
			e.run += encodings[i+1].run
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
	encodings := b.geometry.encodings
	for i := 0; i < len(values); i++ {
		e := &encodings[i]
		end := min(i+e.run, len(values))
		switch e.direct {
		case floatValue:
			i += floats(cells[i:end], values[i:end])
		case stringValue:
			i += texts(cells[i:end], values[i:end], encodings[i:end])
		default:
			end = i // neither
		}
		if i < end || e.run == 0 {
			cells[i] = b.encode(i, &values[i])
		} else {
			i--
		}
	}
	for i := len(values); i < n; i++ {
		cells[i] = b.encode(i, &Value{})
	}
}

// Loops over values call nothing, or one thing, and are not inlined into ones that
// call more, so that all they need stays in registers.

// floats encodes values up to the first that is no float, or NaN, and returns how
// many, give or take the four that are encoded at once.
//
//go:noinline
func floats(cells []uint64, values []Value) (n int) {
	most := min(len(cells), len(values))
	for ; n+4 <= most; n += 4 {
		v := (*[4]Value)(unsafe.Pointer(&values[n]))
		a, b, c, d := v[0].bits, v[1].bits, v[2].bits, v[3].bits
		if (v[0].kind^floatValue)|(v[1].kind^floatValue)|(v[2].kind^floatValue)|(v[3].kind^floatValue) != 0 ||
			noNaN(a)|noNaN(b)|noNaN(c)|noNaN(d) >= sign {
			break
		}
		to := (*[4]uint64)(unsafe.Pointer(&cells[n]))
		to[0], to[1], to[2], to[3] = a, b, c, d
	}
	for ; n < most; n++ {
		v := &values[n]
		if v.kind != floatValue || noNaN(v.bits) >= sign {
			break
		}
		cells[n] = v.bits
	}
	return n
}

// sign is the sign bit of a number.
const sign = 1 << 63

// noNaN sets the sign bit of a NaN and of no other number.
func noNaN(bits uint64) uint64 { return bits<<1>>1 + (1<<52 - 1) }

// texts encodes values up to the first that is no string, or not soon found, and
// returns how many.
//
//go:noinline
func texts(cells []uint64, values []Value, encodings []encoding) int {
	cells, encodings = cells[:len(values)], encodings[:len(values)]
	for i := range values {
		v, e := &values[i], &encodings[i]
		if v.kind != stringValue {
			return i
		}
		hash := sketch.Hash(v.text())
		s := e.slot(hash)
		if s.hash != hash {
			s = e.slot(hash + 1)
		}
		if s.hash != hash || s.code-1 >= e.labels {
			return i
		}
		cells[i] = s.code - 1
	}
	return len(values)
}

// slot is where a hash is looked for.
func (e *encoding) slot(hash uint64) *codeSlot { return &e.slots[hash&uint64(len(e.slots)-1)] }

// fields encodes the fields of the struct at p, which is not nil, as values does
// with what the fields read as.
func (b *Batch) fields(cells []uint64, fields []boundField, p unsafe.Pointer) {
	for i := 0; i < len(fields); i++ {
		f := &fields[i]
		switch {
		case f.direct == floatValue:
			copyFloats(cells[i:i+f.run], unsafe.Slice((*uint64)(unsafe.Add(p, f.offset)), f.run))
			i += f.run - 1
		case f.direct == stringValue && b.geometry.encodings[i].direct == stringValue:
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
func copyFloats(cells, bits []uint64) {
	n, most := 0, min(len(cells), len(bits))
	for ; n+4 <= most; n += 4 {
		from, to := (*[4]uint64)(unsafe.Pointer(&bits[n])), (*[4]uint64)(unsafe.Pointer(&cells[n]))
		a, b, c, d := from[0], from[1], from[2], from[3]
		if noNaN(a)|noNaN(b)|noNaN(c)|noNaN(d) >= sign {
			a, b, c, d = oneNaN(a), oneNaN(b), oneNaN(c), oneNaN(d)
		}
		to[0], to[1], to[2], to[3] = a, b, c, d
	}
	for ; n < most; n++ {
		cells[n] = oneNaN(bits[n])
	}
}

func oneNaN(bits uint64) uint64 { return numberBits(math.Float64frombits(bits)) }

// copyTexts is texts of fields.
//
//go:noinline
func copyTexts(cells []uint64, fields []boundField, encodings []encoding, p unsafe.Pointer) int {
	cells, encodings = cells[:len(fields)], encodings[:len(fields)]
	for i := range fields {
		e := &encodings[i]
		hash := sketch.Hash(*(*string)(unsafe.Add(p, fields[i].offset)))
		s := e.slot(hash)
		if s.hash != hash {
			s = e.slot(hash + 1)
		}
		if s.hash != hash || s.code-1 >= e.labels {
			return i
		}
		cells[i] = s.code - 1
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
