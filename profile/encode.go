package profile

import (
	"runtime"
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
				at += floats(&cells[at], &values[at], r.to-at)
			case stringValue:
				at += texts(&cells[at], &values[at], &g.encodings[at], r.to-at)
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
// ones that call more, so that all they need stays in registers. They step along
// pointers, for slices would be checked at every step; the callers' slices hold n.

// floats encodes up to n values, n > 0, from one on: up to the first that is no
// float, or NaN. It returns how many, give or take the four that are encoded at once.
//
//go:noinline
func floats(to *uint64, from *Value, n int) int {
	cells, values, left := unsafe.Pointer(to), unsafe.Pointer(from), n
	for left >= 4 {
		v, to := (*[4]Value)(values), (*[4]uint64)(cells)
		a, b, c, d := v[0].bits, v[1].bits, v[2].bits, v[3].bits
		if v[0].kind != floatValue || v[1].kind != floatValue || v[2].kind != floatValue || v[3].kind != floatValue ||
			isNaN(a) || isNaN(b) || isNaN(c) || isNaN(d) {
			break
		}
		to[0], to[1], to[2], to[3] = a, b, c, d
		if left -= 4; left == 0 {
			return n // a step more would be out of the slices
		}
		values, cells = unsafe.Add(values, unsafe.Sizeof(*v)), unsafe.Add(cells, unsafe.Sizeof(*to))
	}
	for {
		v := (*Value)(values)
		if v.kind != floatValue || isNaN(v.bits) {
			return n - left
		}
		*(*uint64)(cells) = v.bits
		if left--; left == 0 {
			return n
		}
		values, cells = unsafe.Add(values, unsafe.Sizeof(*v)), unsafe.Add(cells, 8)
	}
}

// isNaN reports whether they are the bits of a NaN.
func isNaN(bits uint64) bool { return bits<<1 > 0x7ff<<53 }

// texts encodes up to n values, n > 0, from one on: up to the first that is no string,
// or a long or unknown one. It returns how many.
//
//go:noinline
func texts(to *uint64, from *Value, encodings *encoding, n int) int {
	cells, values, e := unsafe.Pointer(to), unsafe.Pointer(from), unsafe.Pointer(encodings)
	for left := n; ; {
		v, e1 := (*Value)(values), (*encoding)(e)
		if !asTheyLie || v.kind != stringValue || v.bits > shortText {
			return n - left
		}
		first, last := shortWords(v.ptr, v.bits)
		code := e1.find(sketch.HashWords(first, last, int(v.bits)))
		if code >= e1.labels {
			return n - left
		}
		*(*uint64)(cells) = code
		if left--; left == 0 {
			return n
		}
		values, cells, e = unsafe.Add(values, unsafe.Sizeof(*v)), unsafe.Add(cells, 8), unsafe.Add(e, unsafe.Sizeof(*e1))
	}
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

// asTheyLie says that words may be read wherever they lie, and are little endian;
// elsewhere every label takes the longer way.
const asTheyLie = runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"

// shortWords returns the n bytes at p as [sketch.HashWords] wants them. It is small
// enough to be inlined because it reads words as they lie.
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
			_ = cells[i+f.run-1]
			copyFloats(&cells[i], unsafe.Add(p, f.offset), f.run)
			i += f.run - 1
		case f.direct == stringValue && len(b.geometry.encodings[i].slots) > 0:
			_, _ = cells[i+f.run-1], b.geometry.encodings[i+f.run-1]
			n := copyTexts(&cells[i], f, &b.geometry.encodings[i], f.run, p)
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

// copyFloats is floats of n numbers, n > 0, that lie next to each other; it makes
// every NaN the same one.
//
//go:noinline
func copyFloats(to *uint64, numbers unsafe.Pointer, n int) {
	cells := unsafe.Pointer(to)
	for n >= 4 {
		from, to := (*[4]uint64)(numbers), (*[4]uint64)(cells)
		a, b, c, d := from[0], from[1], from[2], from[3]
		if isNaN(a) || isNaN(b) || isNaN(c) || isNaN(d) {
			break
		}
		to[0], to[1], to[2], to[3] = a, b, c, d
		if n -= 4; n == 0 {
			return // a step more would be out of the struct
		}
		numbers, cells = unsafe.Add(numbers, unsafe.Sizeof(*from)), unsafe.Add(cells, unsafe.Sizeof(*to))
	}
	for {
		bits := *(*uint64)(numbers)
		if isNaN(bits) {
			bits = bitsNaN
		}
		*(*uint64)(cells) = bits
		if n--; n == 0 {
			return
		}
		numbers, cells = unsafe.Add(numbers, 8), unsafe.Add(cells, 8)
	}
}

// copyTexts is texts of n fields of the struct at p.
//
//go:noinline
func copyTexts(to *uint64, from *boundField, encodings *encoding, n int, p unsafe.Pointer) int {
	cells, fields, e := unsafe.Pointer(to), unsafe.Pointer(from), unsafe.Pointer(encodings)
	for left := n; ; {
		f, e1 := (*boundField)(fields), (*encoding)(e)
		label := *(*string)(unsafe.Add(p, f.offset))
		if !asTheyLie || len(label) > shortText {
			return n - left
		}
		first, last := shortWords(unsafe.Pointer(unsafe.StringData(label)), uint64(len(label)))
		code := e1.find(sketch.HashWords(first, last, len(label)))
		if code >= e1.labels {
			return n - left
		}
		*(*uint64)(cells) = code
		if left--; left == 0 {
			return n
		}
		fields, cells, e = unsafe.Add(fields, unsafe.Sizeof(*f)), unsafe.Add(cells, 8), unsafe.Add(e, unsafe.Sizeof(*e1))
	}
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
