package profile

import (
	"runtime"
	"unsafe"

	"github.com/tidemark-ml/tidemark/sketch"
)

// encoding is what encoding a label needs of its axis, packed: an Axis spans
// several cache lines, and every row touches all of them. Where an axis has no
// labels, none is found.
type encoding struct {
	labels uint64         // how many have a cell
	mask   uint64         // one less than there are slots
	slots  unsafe.Pointer // the first codeSlot
	_      uint64         // to a power of two
}

// run is features of one kind in a row, which are encoded in one loop.
type run struct {
	direct valueKind // the kind of value that is encoded as it is; missing: none is
	to     int       // the first feature after it
}

// encoders returns how the features are encoded: what of each, and in which runs.
func encoders(axes []Axis) (encodings []encoding, runs []run) {
	encodings = make([]encoding, len(axes))
	empty := make([]codeSlot, 1)
	for i := range axes {
		a, direct, slots := &axes[i], missingValue, empty
		switch a.Kind {
		case Numeric:
			direct = floatValue
		case Categorical:
			direct, slots, encodings[i].labels = stringValue, a.codes.slots, uint64(len(a.Labels))
		}
		encodings[i].mask, encodings[i].slots = uint64(len(slots)-1), unsafe.Pointer(unsafe.SliceData(slots))
		if last := len(runs) - 1; last >= 0 && runs[last].direct == direct {
			runs[last].to++
			continue
		}
		runs = append(runs, run{direct, i + 1})
	}
	return encodings, runs
}

// values encodes the features of the row in this slot.
func (b *Batch) values(slot []uint64, values []Value) {
	g := b.geometry
	n := len(g.encodings)
	if len(values) != n {
		if len(values) < n {
			b.short(slot[:n], values)
			return
		}
		b.surplus += uint64(len(values) - n)
	}
	for at, i := 0, 0; ; {
		if at, i = g.plain(slot, values, at, i); at == n {
			return
		}
		end := at + 1
		if r := &g.runs[i]; r.direct == missingValue {
			end = r.to
		}
		for ; at < end; at++ {
			slot[at] = b.encode(at, &values[at])
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

// What encodes values that are as most are calls nothing, so that all it needs stays
// in registers, and leaves every other to its caller. It does without the checks of
// slices, which would be made at every value: the caller's hold all that is asked for.
// Of four numbers one is NaN only if their sum is, which takes one branch to know.

// plain encodes the values from the one at on, which is in the i-th run, up to the
// first that is not of its run's kind, or a long or unknown label. It returns which
// that is and its run; as many as there are features if there is none.
//
//go:noinline
func (g *Geometry) plain(slot []uint64, values []Value, at, i int) (stopped, run int) {
	to, from, encodings := unsafe.Pointer(&slot[0]), unsafe.Pointer(unsafe.SliceData(values)), unsafe.Pointer(unsafe.SliceData(g.encodings))
	const size = int(unsafe.Sizeof(Value{}))
	for ; i < len(g.runs); i++ {
		r := &g.runs[i]
		end, offset := r.to, at*size
		switch r.direct {
		case floatValue:
			for ; at+4 <= end; at, offset = at+4, offset+4*size {
				v := (*[4]Value)(unsafe.Add(from, offset))
				if v[0].kind != floatValue || v[1].kind != floatValue || v[2].kind != floatValue || v[3].kind != floatValue {
					break
				}
				a, b, c, d := *v[0].float(), *v[1].float(), *v[2].float(), *v[3].float()
				if sum := a + b + c + d; sum != sum {
					break
				}
				*(*[4]float64)(unsafe.Add(to, at*8)) = [4]float64{a, b, c, d}
			}
			for ; at < end; at, offset = at+1, offset+size {
				v := (*Value)(unsafe.Add(from, offset))
				if v.kind != floatValue {
					return at, i
				}
				*(*uint64)(unsafe.Add(to, at*8)) = numberBits(*v.float())
			}
		case stringValue:
			for ; at < end; at, offset = at+1, offset+size {
				v := (*Value)(unsafe.Add(from, offset))
				if !asTheyLie || v.kind != stringValue || v.bits > shortText {
					return at, i
				}
				first, last := shortWords(v.ptr, v.bits)
				e := (*encoding)(unsafe.Add(encodings, at*int(unsafe.Sizeof(encoding{}))))
				code := e.find(sketch.HashWords(first, last, int(v.bits)))
				if code >= e.labels {
					return at, i
				}
				*(*uint64)(unsafe.Add(to, at*8)) = code
			}
		}
		if at < end {
			return at, i
		}
	}
	return at, i
}

// float returns where the number is, of a floatValue.
func (v *Value) float() *float64 { return (*float64)(unsafe.Pointer(&v.bits)) }

// find returns the code of a hash, one beyond all labels where there is none.
func (e *encoding) find(hash uint64) uint64 {
	for i := hash; ; i++ {
		s := (*codeSlot)(unsafe.Add(e.slots, (i&e.mask)*uint64(unsafe.Sizeof(codeSlot{}))))
		if s.hash == hash || s.code == 0 {
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

// fields encodes the fields of the struct at p from the one at on, which is not plain,
// as values does what they read as.
func (b *Batch) fields(slot []uint64, fields []boundField, p unsafe.Pointer, at int) {
	for at < len(fields) {
		v := fields[at].read(p)
		slot[at] = b.encode(at, &v)
		if at++; at < len(fields) && fields[at].direct != missingValue {
			at = b.geometry.plainFields(slot, fields, p, at)
		}
	}
}

// plainFields is plain of the fields of the struct at p.
//
//go:noinline
func (g *Geometry) plainFields(slot []uint64, fields []boundField, p unsafe.Pointer, at int) (stopped int) {
	to, encodings := unsafe.Pointer(&slot[0]), unsafe.Pointer(unsafe.SliceData(g.encodings[:len(fields)]))
	for at < len(fields) {
		f := &fields[at]
		end := at + f.run
		switch f.direct {
		case floatValue:
			from, to := unsafe.Add(p, f.offset), unsafe.Add(to, at*8)
			n, offset := f.run*8, 0
			for ; offset+32 <= n; offset += 32 {
				v := (*[4]float64)(unsafe.Add(from, offset))
				a, b, c, d := v[0], v[1], v[2], v[3]
				if sum := a + b + c + d; sum != sum {
					break
				}
				*(*[4]float64)(unsafe.Add(to, offset)) = [4]float64{a, b, c, d}
			}
			for ; offset < n; offset += 8 {
				*(*uint64)(unsafe.Add(to, offset)) = numberBits(*(*float64)(unsafe.Add(from, offset)))
			}
		case stringValue:
			for ; at < end; at++ {
				label := *(*string)(unsafe.Add(p, fields[at].offset))
				if !asTheyLie || len(label) > shortText {
					return at
				}
				first, last := shortWords(unsafe.Pointer(unsafe.StringData(label)), uint64(len(label)))
				e := (*encoding)(unsafe.Add(encodings, at*int(unsafe.Sizeof(encoding{}))))
				code := e.find(sketch.HashWords(first, last, len(label)))
				if code >= e.labels {
					return at
				}
				*(*uint64)(unsafe.Add(to, at*8)) = code
			}
		default:
			return at
		}
		at = end
	}
	return at
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
