#include "textflag.h"
#include "go_asm.h"

// The codes of the buckets of four words: from the words in Y4 to AX, BX, CX and DX,
// and all together to R8. A word in no bucket gets the code of the last one.
#define CODES \
	VADDPD Y14, Y4, Y5 \
	VPSUBQ Y13, Y5, Y5 \
	VPSRLQ X12, Y5, Y5 \
	VPCMPGTQ Y5, Y11, Y6 \
	VBLENDVPD Y6, Y5, Y11, Y5 \
	VMOVQ X5, AX \
	VPEXTRQ $1, X5, BX \
	VEXTRACTI128 $1, Y5, X5 \
	VMOVQ X5, CX \
	VPEXTRQ $1, X5, DX \
	MOVWLZX (R10)(AX*2), AX \
	MOVWLZX (R10)(BX*2), BX \
	MOVWLZX (R10)(CX*2), CX \
	MOVWLZX (R10)(DX*2), DX \
	MOVL AX, R8 \
	ORL BX, R8 \
	ORL CX, R8 \
	ORL DX, R8

// What CODES and PASS need of the grid in R10, which becomes that of its buckets.
#define GRID \
	VBROADCASTSD grid_offset(R10), Y14 \
	VPBROADCASTQ grid_base(R10), Y13 \
	VMOVQ grid_shift(R10), X12 \
	MOVL $const_gridBuckets, AX \
	VMOVQ AX, X11 \
	VPBROADCASTQ X11, Y11 \
	LEAQ grid_upper(R10), R11 \
	LEAQ grid_buckets(R10), R10

// Moves the first cell of a word's bucket on past the edges that the word has passed:
// up to two, without a branch. NaN passes none.
#define PASS(at, cell) \
	VMOVSD at(SI), X7 \
	VUCOMISD (R11)(cell*8), X7 \
	SBBL $-1, cell \
	VUCOMISD (R11)(cell*8), X7 \
	SBBL $-1, cell

#define PASS4 \
	MOVBLZX AX, AX \
	MOVBLZX BX, BX \
	MOVBLZX CX, CX \
	MOVBLZX DX, DX \
	PASS(0, AX) \
	PASS(8, BX) \
	PASS(16, CX) \
	PASS(24, DX)

// Keeps a word in the rest if its code says that it has no cell; otherwise the next
// one overwrites it.
#define KEEP(at, code) \
	MOVQ at(SI), R8 \
	MOVQ R8, (DI) \
	MOVL code, R8 \
	SHRL $const_sortedBit, R8 \
	LEAQ (DI)(R8*8), DI

// func countAVX2(cells *grid, t *binned, center float64)
TEXT ·countAVX2(SB), NOSPLIT, $0-24
	MOVQ cells+0(FP), R10
	MOVQ t+8(FP), R12
	VBROADCASTSD center+16(FP), Y15
	GRID
	VMOVUPD binned_sums(R12), Y0
	VMOVUPD binned_squares(R12), Y1
	VMOVUPD binned_low(R12), Y2
	VMOVUPD binned_high(R12), Y3
	MOVQ binned_words(R12), SI
	MOVQ binned_words+8(R12), R9
	ANDQ $~3, R9
	LEAQ (SI)(R9*8), R9
	MOVQ binned_rest(R12), DI
	LEAQ binned_counts(R12), R12

loop:
	VMOVUPD (SI), Y4
	CODES
	CMPL R8, $const_bucketEdged
	JAE look

count:
	INCL (R12)(AX*4)
	INCL (R12)(BX*4)
	INCL (R12)(CX*4)
	INCL (R12)(DX*4)
	VMINPD Y2, Y4, Y2
	VMAXPD Y3, Y4, Y3
	VSUBPD Y15, Y4, Y4
	VADDPD Y4, Y0, Y0
	VMULPD Y4, Y4, Y4
	VADDPD Y4, Y1, Y1
	ADDQ $32, SI
	CMPQ SI, R9
	JB loop

	MOVQ t+8(FP), R12
	VMOVUPD Y0, binned_sums(R12)
	VMOVUPD Y1, binned_squares(R12)
	VMOVUPD Y2, binned_low(R12)
	VMOVUPD Y3, binned_high(R12)
	SUBQ binned_rest(R12), DI
	SHRQ $3, DI
	MOVQ DI, binned_n(R12)
	VZEROUPPER
	RET

look:
	TESTL $(1<<const_sortedBit), R8
	JEQ pass
	VMOVQ AX, X5
	VPINSRQ $1, BX, X5, X5
	VMOVQ CX, X6
	VPINSRQ $1, DX, X6, X6
	VINSERTI128 $1, X6, Y5, Y5
	VPSLLQ $(63-const_sortedBit), Y5, Y5 // makes it the sign
	VBLENDVPD Y5, Y15, Y4, Y4
	KEEP(0, AX)
	KEEP(8, BX)
	KEEP(16, CX)
	KEEP(24, DX)

pass:
	PASS4
	JMP count

// func settleAVX2(of *grid, cells, counts *[gridCells]uint32, a *allowance) (settled bool)
TEXT ·settleAVX2(SB), NOSPLIT, $0-33
	MOVQ of+0(FP), R10
	MOVQ cells+8(FP), DI
	MOVQ counts+16(FP), SI
	MOVQ a+24(FP), AX
	VBROADCASTSS allowance_once(AX), Y15
	VBROADCASTSS allowance_chance(AX), Y14
	VBROADCASTSS allowance_ever(AX), Y13
	MOVL $0x40000000, AX // 2
	VMOVD AX, X12
	VBROADCASTSS X12, Y12
	MOVL $const_lenience, AX
	VCVTSI2SSL AX, X11, X11
	VBROADCASTSS X11, Y11
	VPXOR Y10, Y10, Y10 // those exceeded
	VPXOR Y9, Y9, Y9
	XORL CX, CX
	MOVL $const_gridMost, DX

allowed:
	VMOVDQU (SI)(CX*4), Y0
	VPADDD (DI)(CX*4), Y0, Y1
	VCVTDQ2PS Y0, Y0
	VCVTDQ2PS Y1, Y1
	VMOVUPS grid_share(R10), Y2
	VMULPS Y2, Y15, Y3
	VMULPS grid_root(R10), Y14, Y4
	VADDPS Y4, Y3, Y3
	VADDPS Y12, Y3, Y3
	VMAXPS Y9, Y3, Y3 // none is never too many
	VMULPS Y2, Y13, Y5
	VADDPS Y11, Y5, Y5
	VCMPPS $14, Y3, Y0, Y0 // greater than
	VCMPPS $14, Y5, Y1, Y1
	VORPS Y0, Y10, Y10
	VORPS Y1, Y10, Y10
	ADDQ $32, R10
	ADDQ $8, CX
	CMPQ CX, DX
	JB allowed
	VMOVMSKPS Y10, AX
	TESTL AX, AX
	SETEQ settled+32(FP)
	JNE refused
	XORL CX, CX

add:
	VMOVDQU (SI)(CX*4), Y0
	VPADDD (DI)(CX*4), Y0, Y1
	VMOVDQU Y1, (DI)(CX*4)
	VMOVDQU Y9, (SI)(CX*4)
	ADDQ $8, CX
	CMPQ CX, DX
	JB add

refused:
	VZEROUPPER
	RET

// func cellsAVX2(from *grid, bytes *[gridCells]uint8, cells *uint8, width int, words *uint64, n int) (odd bool)
TEXT ·cellsAVX2(SB), NOSPLIT, $0-49
	MOVQ from+0(FP), R10
	GRID
	MOVQ bytes+8(FP), R12
	MOVQ cells+16(FP), DI
	MOVQ width+24(FP), R9
	LEAQ (R9)(R9*2), R13
	MOVQ words+32(FP), SI
	XORL R15, R15

cells:
	VMOVUPD (SI), Y4
	CODES
	CMPL R8, $const_bucketEdged
	JAE passed

write:
	MOVBLZX (R12)(AX*1), AX
	MOVBLZX (R12)(BX*1), BX
	MOVBLZX (R12)(CX*1), CX
	MOVBLZX (R12)(DX*1), DX
	MOVB AX, (DI)
	MOVB BX, (DI)(R9*1)
	MOVB CX, (DI)(R9*2)
	MOVB DX, (DI)(R13*1)
	LEAQ (DI)(R9*4), DI
	ADDQ $32, SI
	SUBQ $4, n+40(FP)
	JNE cells

	SHRL $const_sortedBit, R15
	MOVB R15, odd+48(FP)
	VZEROUPPER
	RET

passed:
	ORL R8, R15
	PASS4
	JMP write

// func transposeAVX2(to *uint64, apart int, from *uint64, stride, rows int)
TEXT ·transposeAVX2(SB), NOSPLIT, $0-40
	MOVQ to+0(FP), DI
	MOVQ apart+8(FP), R10
	MOVQ from+16(FP), SI
	MOVQ stride+24(FP), R8
	MOVQ rows+32(FP), CX
	LEAQ (R8)(R8*2), R9
	LEAQ (R10)(R10*2), R11

square:
	VMOVUPD (SI), Y0
	VMOVUPD (SI)(R8*1), Y1
	VMOVUPD (SI)(R8*2), Y2
	VMOVUPD (SI)(R9*1), Y3
	VUNPCKLPD Y1, Y0, Y4
	VUNPCKHPD Y1, Y0, Y5
	VUNPCKLPD Y3, Y2, Y6
	VUNPCKHPD Y3, Y2, Y7
	VPERM2F128 $0x20, Y6, Y4, Y0
	VPERM2F128 $0x20, Y7, Y5, Y1
	VPERM2F128 $0x31, Y6, Y4, Y2
	VPERM2F128 $0x31, Y7, Y5, Y3
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, (DI)(R10*1)
	VMOVUPD Y2, (DI)(R10*2)
	VMOVUPD Y3, (DI)(R11*1)
	LEAQ (SI)(R8*4), SI
	ADDQ $32, DI
	SUBQ $4, CX
	JNE square
	VZEROUPPER
	RET

// func dotsAVX2(x, others *uint8, sums *uint32, columns, rows int)
TEXT ·dotsAVX2(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), R8
	MOVQ others+8(FP), SI
	MOVQ sums+16(FP), DI
	MOVQ columns+24(FP), CX
	MOVQ rows+32(FP), DX
	VPCMPEQW Y15, Y15, Y15
	VPSRLW $15, Y15, Y15 // ones

column:
	VPXOR Y0, Y0, Y0
	XORL AX, AX

rows:
	VMOVDQU (R8)(AX*1), Y1
	VPMADDUBSW (SI)(AX*1), Y1, Y1
	VPMADDWD Y15, Y1, Y1
	VPADDD Y1, Y0, Y0
	ADDQ $32, AX
	CMPQ AX, DX
	JB rows
	VEXTRACTI128 $1, Y0, X1
	VPADDD X1, X0, X0
	VPHADDD X0, X0, X0
	VPHADDD X0, X0, X0
	VMOVD X0, (DI)
	ADDQ $4, DI
	ADDQ $const_BatchRows, SI
	DECQ CX
	JNE column
	VZEROUPPER
	RET
