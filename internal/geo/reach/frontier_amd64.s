#include "go_asm.h"
#include "textflag.h"

// LOOK reads the node at R12 and lays what its arcs would give on the stack, at
// o: heads, what would be left at each, and their buckets.
#define LOOK(o, odd) \
	MOVL         (R10)(R12*4), AX            \ // n
	INCL         R12                         \
	MOVL         (R8)(AX*4), CX              \
	ANDL         $0x7fffffff, CX             \ // here
	MOVQ         AX, DX                      \
	SHLQ         $4, DX                      \
	ADDQ         R9, DX                      \ // star
	MOVWLZX      8(DX), BX                   \
	CMPL         BX, $const_sprawls          \
	JEQ          odd                         \
	VMOVD        AX, X0                      \
	VPBROADCASTD X0, X0                      \
	VPMOVSXWD    (DX), X1                    \
	VPADDD       X0, X1, X1                  \ // heads
	VMOVDQU      X1, (o+0)(SP)               \
	VPMOVZXWD    8(DX), X2                   \
	VPAND        X10, X2, X3                 \
	VMOVD        CX, X4                      \
	VPBROADCASTD X4, X4                      \
	VPSUBD       X3, X4, X4                  \
	VPMAXSD      X9, X4, X4                  \ // rest
	VMOVDQU      X4, (o+16)(SP)              \
	VPSUBD       X4, X8, X5                  \
	VPSRLD       $const_bucketShift, X5, X5  \
	VPSLLD       $16, X2, X2                 \
	VPAND        X11, X2, X2                 \
	VBLENDVPS    X2, X12, X5, X5             \ // buckets
	VMOVDQU      X5, (o+32)(SP)

// RELAX is one turn of spreadPlain's loop over the arcs. The head's star is
// called up from memory for when its turn comes.
#define RELAX(i) \
	MOVL        (0+i)(SP), AX   \ // head
	MOVL        (16+i)(SP), CX  \ // rest
	MOVL        (32+i)(SP), DX  \ // b
	MOVQ        AX, BX          \
	SHLQ        $4, BX          \
	PREFETCHT0  (R9)(BX*1)      \
	MOVL        (R8)(AX*4), BX  \ // known
	MOVL        (R11)(DX*4), DI \ // slot
	MOVL        AX, (R10)(DI*4) \
	CMPL        BX, CX          \ // carry: better
	CMOVLCS     CX, BX          \
	ADCL        $0, DI          \
	MOVL        BX, (R8)(AX*4)  \
	MOVL        DI, (R11)(DX*4) \
	ORL         DI, R15

// RELAXALL relaxes what LOOK laid out at o, and goes where it is said if that
// filled a bucket.
#define RELAXALL(o, filled) \
	RELAX(o)                         \
	RELAX(o+4)                       \
	RELAX(o+8)                       \
	RELAX(o+12)                      \
	TESTL R15, frontier_depth(SI)    \
	JNE   filled

// func spreadAVX2(f *frontier) halt
//
// spreadPlain, with the arithmetic of four arcs done at once. What goes through
// memory is done arc by arc, since two may lead to the same head.
//
// A node is looked at before the one ahead of it is relaxed, in turn at both
// places on the stack: the processor need not guess whether a load depends on
// the stores just before it. If the node is improved by the one ahead, it lies
// in a bucket once more.
//
//	SI f     R8 left   R9 stars      R10 slots   R11 end
//	R12 next           R13 &end[at]  R15 ends of the buckets written to, together
TEXT ·spreadAVX2(SB), NOSPLIT, $96-12
	MOVQ         f+0(FP), SI
	MOVQ         frontier_left(SI), R8
	MOVQ         frontier_stars(SI), R9
	MOVQ         frontier_slots(SI), R10
	MOVQ         frontier_end(SI), R11
	MOVL         frontier_next(SI), R12
	MOVL         frontier_at(SI), AX
	LEAQ         (R11)(AX*4), R13
	VPBROADCASTD frontier_total(SI), X8
	VPXOR        X9, X9, X9
	VPCMPEQD     X10, X10, X10
	VPSRLD       $17, X10, X10        // the bits of a length but for DeadEnd
	VPBROADCASTD frontier_aside(SI), X11
	VPSLLD       $16, X11, X11
	MOVQ         frontier_end+8(SI), AX
	DECL         AX
	VMOVD        AX, X12
	VPBROADCASTD X12, X12             // the last bucket
	XORL         R15, R15

first:
	CMPL R12, (R13)
	JEQ  done
	LOOK(0, odd)

second:
	CMPL R12, (R13)
	JEQ  drain
	LOOK(48, oddSecond)
	RELAXALL(0, filledAhead)
	CMPL R12, (R13)
	JEQ  drainSecond
	LOOK(0, oddFirst)
	RELAXALL(48, filledAhead)
	JMP  second

drain: // there is no node to look at until this one is relaxed
	RELAXALL(0, filled)
	JMP first

drainSecond:
	RELAXALL(48, filled)
	JMP first

oddSecond:
	RELAXALL(0, filledAhead)
	JMP odd

oddFirst:
	RELAXALL(48, filledAhead)

odd:
	MOVL $const_sprawling, AX
	JMP  return

filledAhead: // the node after was looked at in vain
	DECL R12

filled:
	MOVL $const_full, AX
	JMP  return

done:
	MOVL $const_emptied, AX

return:
	MOVL R12, frontier_next(SI)
	MOVL AX, ret+8(FP)
	RET
