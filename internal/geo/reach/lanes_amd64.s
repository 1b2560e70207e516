#include "go_asm.h"
#include "textflag.h"

// LOOK reads the node at R12, with its row, and lays its arcs on the stack at o:
// heads, lengths with DeadEnd, lengths without.
#define LOOK(o, row, odd) \
	MOVL         (R10)(R12*4), AX     \ // n
	INCL         R12                  \
	MOVQ         AX, DX               \
	SHLQ         $4, DX               \
	MOVWLZX      8(R9)(DX*1), BX      \ // of its star
	CMPL         BX, $const_sprawls   \
	JEQ          odd                  \
	MOVW         $0, (R14)(AX*2)      \ // queued
	VMOVDQU      (R8)(DX*2), row      \
	VMOVD        AX, X6               \
	VPBROADCASTD X6, X6               \
	VPMOVSXWD    (R9)(DX*1), X7       \
	VPADDD       X6, X7, X7           \
	VMOVDQU      X7, (o+0)(SP)        \
	VMOVQ        8(R9)(DX*1), X7      \
	VMOVQ        X7, (o+16)(SP)       \
	VPAND        X11, X7, X7          \
	VMOVQ        X7, (o+24)(SP)

// WEIGH relaxes the arc of head AX and length Y2 out of row. It leaves the head's
// offset among the stars in BX, and in CX the most that is left in a lane that
// was improved, or 0.
#define WEIGH(row) \
	MOVQ         AX, BX               \
	SHLQ         $4, BX               \
	VPSUBUSW     Y2, row, Y2          \ // rest
	VMOVDQU      (R8)(BX*2), Y3       \ // known
	VPSUBUSW     Y3, Y2, Y4           \
	VPMAXUW      Y2, Y3, Y3           \
	VMOVDQU      Y3, (R8)(BX*2)       \
	VPCMPEQW     Y9, Y4, Y4           \ // not improved
	VPANDN       Y2, Y4, Y4           \
	VEXTRACTI128 $1, Y4, X5           \
	VPMAXUW      X5, X4, X4           \
	VPXOR        X10, X4, X4          \ // the least is the most
	VPHMINPOSUW  X4, X4               \
	VMOVD        X4, CX               \
	NOTL         CX                   \
	MOVWLZX      CX, CX

// QUEUE puts the head AX into bucket DX if it does not lie in as high a one.
#define QUEUE \
	MOVWLZX      (R14)(AX*2), CX      \ // queued
	MOVL         (R11)(DX*4), DI      \ // slot
	MOVL         AX, (R10)(DI*4)      \
	CMPL         CX, DX               \
	CMOVLCS      DX, CX               \
	ADCL         $0, DI               \
	MOVW         CX, (R14)(AX*2)      \
	MOVL         DI, (R11)(DX*4)      \
	ORL          DI, R15

// RELAX relaxes arc i of those that LOOK laid out. The head's star is called up
// from memory for when its turn comes.
#define RELAX(o, i, row) \
	MOVL         (o+4*i)(SP), AX      \ // head
	VPBROADCASTW (o+24+2*i)(SP), Y2   \
	WEIGH(row)                        \
	PREFETCHT0   (R9)(BX*1)           \
	MOVL         CX, DX               \
	SHRL         $const_laneShift, DX \
	ADDL         $const_firstBucket, DX \
	MOVL         $const_asideBucket, DI \
	CMPW         (o+16+2*i)(SP), $0   \ // less: a dead end
	CMOVLLT      DI, DX               \
	TESTL        CX, CX               \
	CMOVLEQ      CX, DX               \ // to the void
	QUEUE

#define RELAXALL(o, row, filled) \
	RELAX(o, 0, row)                  \
	RELAX(o, 1, row)                  \
	RELAX(o, 2, row)                  \
	RELAX(o, 3, row)                  \
	TESTL        R15, lanes_depth(SI) \
	JNE          filled

#define LOAD \
	MOVQ         lanes_rows(SI), R8   \
	MOVQ         lanes_stars(SI), R9  \
	MOVQ         lanes_slots(SI), R10 \
	MOVQ         lanes_end(SI), R11   \
	MOVQ         lanes_queued(SI), R14 \
	VPXOR        Y9, Y9, Y9           \
	VPCMPEQD     X10, X10, X10        \
	VPSRLW       $1, X10, X11         \
	XORL         R15, R15

// func spreadLanes(l *lanes) halt
//
// It goes through a bucket as spreadAVX2 does, a node ahead.
//
//	SI l    R8 rows  R9 stars     R10 slots   R11 end
//	R12 next         R13 &end[at] R14 queued  R15 ends of the buckets written to
TEXT ·spreadLanes(SB), NOSPLIT, $64-12
	MOVQ l+0(FP), SI
	LOAD
	MOVL lanes_next(SI), R12
	MOVL lanes_at(SI), AX
	LEAQ (R11)(AX*4), R13

first:
	CMPL R12, (R13)
	JEQ  done
	LOOK(0, Y0, odd)

second:
	CMPL R12, (R13)
	JEQ  drain
	LOOK(32, Y1, oddSecond)
	RELAXALL(0, Y0, filledAhead)
	CMPL R12, (R13)
	JEQ  drainSecond
	LOOK(0, Y0, oddFirst)
	RELAXALL(32, Y1, filledAhead)
	JMP  second

drain: // there is no node to look at until this one is relaxed
	RELAXALL(0, Y0, filled)
	JMP first

drainSecond:
	RELAXALL(32, Y1, filled)
	JMP first

oddSecond:
	RELAXALL(0, Y0, filledAhead)
	JMP odd

oddFirst:
	RELAXALL(32, Y1, filledAhead)

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
	MOVL R12, lanes_next(SI)
	MOVL AX, ret+8(FP)
	VZEROUPPER
	RET

// func relaxLanes(l *lanes, n, head road.Node, length uint32) (filled bool)
TEXT ·relaxLanes(SB), NOSPLIT, $0-25
	MOVQ         l+0(FP), SI
	LOAD
	MOVL         n+8(FP), AX
	SHLQ         $4, AX
	VMOVDQU      (R8)(AX*2), Y0
	MOVL         length+16(FP), AX
	VMOVD        AX, X2
	VPBROADCASTW X2, Y2
	MOVL         head+12(FP), AX
	WEIGH(Y0)
	MOVL         CX, DX
	SHRL         $const_laneShift, DX
	ADDL         $const_firstBucket, DX
	TESTL        CX, CX
	CMOVLEQ      CX, DX
	QUEUE
	TESTL        R15, lanes_depth(SI)
	SETNE        filled+24(FP)
	VZEROUPPER
	RET
