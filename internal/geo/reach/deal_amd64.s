#include "go_asm.h"
#include "textflag.h"

// DEAL writes a node and its distance from the half of x that move takes, to the
// end of lane k's list, which moves on if the next bit of CX says so.
#define DEAL(move, x, k) \
	MOVL (4*k)(R11), DI   \
	move x, (R10)(DI*8)   \
	SHRL $1, CX           \
	ADCL $0, DI           \
	MOVL DI, (4*k)(R11)

// DEAL8 deals eight lanes from k on, whose distances are the words of x.
#define DEAL8(x, k) \
	VPMOVZXWD    x, Y4        \
	VPUNPCKLDQ   Y4, Y2, Y5   \ // lanes 0 1, 4 5
	VPUNPCKHDQ   Y4, Y2, Y6   \ // lanes 2 3, 6 7
	DEAL(VMOVQ, X5, (k+0))    \
	DEAL(VMOVHPS, X5, (k+1))  \
	DEAL(VMOVQ, X6, (k+2))    \
	DEAL(VMOVHPS, X6, (k+3))  \
	VEXTRACTI128 $1, Y5, X5   \
	VEXTRACTI128 $1, Y6, X6   \
	DEAL(VMOVQ, X5, (k+4))    \
	DEAL(VMOVHPS, X5, (k+5))  \
	DEAL(VMOVQ, X6, (k+6))    \
	DEAL(VMOVHPS, X6, (k+7))

// func dealRows(l *lanes, nodes []road.Node, into *Reached, end *[laneCount]uint32)
TEXT ·dealRows(SB), NOSPLIT, $0-48
	MOVQ         l+0(FP), SI
	MOVQ         lanes_rows(SI), R8
	MOVQ         lanes_queued(SI), R14
	VPBROADCASTW lanes_total(SI), Y8
	MOVQ         nodes+8(FP), R12
	MOVQ         nodes_len+16(FP), R13
	LEAQ         (R12)(R13*4), R13
	MOVQ         into+32(FP), R10
	MOVQ         end+40(FP), R11
	VPXOR        Y9, Y9, Y9

next:
	CMPQ         R12, R13
	JEQ          done
	MOVL         (R12), AX
	ADDQ         $4, R12
	MOVQ         AX, BX
	SHLQ         $5, BX
	VMOVDQU      (R8)(BX*1), Y0
	VPTEST       Y0, Y0
	JEQ          next             // it lay in another bucket, too
	VMOVDQU      Y9, (R8)(BX*1)
	MOVW         $0, (R14)(AX*2)
	VPCMPEQW     Y9, Y0, Y1
	VPSUBW       Y0, Y8, Y3       // distances
	VEXTRACTI128 $1, Y1, X2
	VPACKSSWB    X2, X1, X1
	VPMOVMSKB    X1, CX
	NOTL         CX               // reached
	VMOVD        AX, X2
	VPBROADCASTD X2, Y2
	VEXTRACTI128 $1, Y3, X7
	DEAL8(X3, 0)
	DEAL8(X7, 8)
	JMP          next

done:
	VZEROUPPER
	RET

// func lanesBeyond(r *row, dm uint16) uint16
TEXT ·lanesBeyond(SB), NOSPLIT, $0-18
	MOVQ         r+0(FP), AX
	VMOVDQU      (AX), Y0
	VPBROADCASTW dm+8(FP), Y1
	VPSUBUSW     Y1, Y0, Y0
	VPXOR        Y1, Y1, Y1
	VPCMPEQW     Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPACKSSWB    X1, X0, X0
	VPMOVMSKB    X0, AX
	NOTL         AX
	MOVW         AX, ret+16(FP)
	VZEROUPPER
	RET
