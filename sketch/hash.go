package sketch

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// HashID identifies the function of [Hash] in encodings. It changes if the
// function ever does, because hashes of different functions must not be merged.
const HashID = 1

// Three odd 64-bit constants: the fractional digits of √2, √3 and √5.
const (
	hashA = 0x6a09e667f3bcc909
	hashB = 0xbb67ae8584caa73b
	hashC = 0x3c6ef372fe94f82b
)

// Hash returns the library's 64-bit hash of s: seedless and the same on every
// machine, process and release, as it is part of the storage format ([HashID];
// golden values are in the tests). It folds 128-bit products, the method of
// wyhash, over little endian 8-byte words: 2–4 ns for a short string. All bits
// are well mixed. It is not a cryptographic hash: an adversary can find
// collisions, and a hash does not hide its input.
func Hash(s string) uint64 {
	return HashBytes(unsafe.Slice(unsafe.StringData(s), len(s)))
}

// HashBytes is [Hash] of string(b).
func HashBytes(b []byte) uint64 {
	n := len(b)
	var x, y uint64
	switch {
	case n > 16:
		return hashLong(b)
	case n >= 8:
		x, y = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		x, y = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		x = uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])
	}
	return finish(x, y, hashC, n)
}

// HashWords is [Hash] of a string of n bytes, up to 16, and unlike it is inlined.
// Little endian, first and last are its first and last 8 bytes, which overlap where
// n < 16; its first and last 4 where n < 8; and where n < 4 the first of 24 bits is
// its first byte, followed by those at n/2 and n−1, and last is 0.
func HashWords(first, last uint64, n int) uint64 { return finish(first, last, hashC, n) }

// hashLong absorbs 16 bytes a step; the last 16, which may overlap, go last.
func hashLong(b []byte) uint64 {
	n, state := len(b), uint64(hashC)
	for rest := b; len(rest) > 16; rest = rest[16:] {
		state = fold(binary.LittleEndian.Uint64(rest)^hashA, binary.LittleEndian.Uint64(rest[8:])^state)
	}
	return finish(binary.LittleEndian.Uint64(b[n-16:]), binary.LittleEndian.Uint64(b[n-8:]), state, n)
}

// HashUint64 returns a well mixed hash of a number, such as a float's [Key]. It
// is not the Hash of any encoding of the number.
func HashUint64(v uint64) uint64 { return fold(fold(v^hashB, hashA)^hashC, hashB) }

func finish(x, y, state uint64, n int) uint64 {
	return fold(fold(x^hashA, y^state)^hashB, hashA^uint64(n))
}

// fold is the 128-bit product of a and b with its halves combined.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
