package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// logProofs measure what a receipt costs who checks it, and how it grows with the log:
// receipts of a log of ten million entries checked by one reader, beside those of a log
// of a thousand. Proven first: each proves its entry, and none proves another.
func logProofs() []Entry {
	return []Entry{{
		Name: "log-proof", Unit: "receipts/s", Peer: "of 1,000 entries", Must: 0.5, Stretch: 0.8,
		Run: func(ctx context.Context) (Figures, error) { return measureProofs(ctx, 1_000, 10_000_000, 7) },
	}}
}

// proofFor is how long one side checks in a round.
const proofFor = 300 * time.Millisecond

func measureProofs(ctx context.Context, small, large int64, rounds int) (f Figures, err error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, "bench.invalid/log")
	if err != nil {
		return f, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return f, err
	}
	key, err := note.NewVerifier(vkey)
	if err != nil {
		return f, err
	}
	checking := func(size int64) (check func() (float64, error), r logtree.Receipt, err error) {
		if r, err = proofOf(ctx, size, size/3, signer); err != nil {
			return nil, r, err
		}
		other := r
		other.Statement = statementNumber(size/3 + 1)
		if r.Check(key) != nil || other.Check(key) == nil {
			return nil, r, errors.New("the receipt does not prove what it says, or proves more")
		}
		file := r.Bytes()
		return func() (float64, error) {
			n := 0
			began := processor()
			for ; processor()-began < proofFor; n++ {
				again, err := logtree.ParseReceipt(file)
				if err == nil {
					err = again.Check(key)
				}
				if err != nil {
					return 0, err
				}
			}
			return float64(n) / (processor() - began).Seconds(), nil
		}, r, nil
	}
	peer, few, err := checking(small)
	if err != nil {
		return f, err
	}
	ours, many, err := checking(large)
	if err != nil {
		return f, err
	}
	f, err = interleave(ctx, rounds, ours, peer)
	f.Note = fmt.Sprintf("%d entries: %d hashes, %d bytes, %.0f µs; %d entries: %d hashes, %d bytes, %.0f µs",
		small, len(few.Proof), len(few.Bytes()), 1e6/f.Peer, large, len(many.Proof), len(many.Bytes()), 1e6/f.Ours)
	return f, err
}

func statementNumber(i int64) []byte {
	return logtree.Statement{
		At: time.Unix(1_796_000_000, 0), By: "bench", ID: strconv.FormatInt(i, 10), Kind: "bench.changed", Subject: "bench/1",
		Public: strconv.AppendInt([]byte(nil), i, 10),
	}.Bytes()
}

// proofOf makes the receipt of an entry of a log that nobody stores: the hash of a
// subtree is computed from its leaves when it is asked for, each once.
func proofOf(ctx context.Context, size, index int64, signer note.Signer) (r logtree.Receipt, err error) {
	known := map[int64]tlog.Hash{}
	hashes := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			h, ok := known[at]
			if !ok {
				level, n := tlog.SplitStoredHashIndex(at)
				h = subtree(level, n)
				known[at] = h
			}
			out[i] = h
		}
		return out, nil
	})
	c := logtree.Checkpoint{Origin: "bench.invalid/log", Size: size}
	if c.Root, err = tlog.TreeHash(size, hashes); err != nil {
		return r, err
	}
	if c, err = c.Sign(signer); err != nil {
		return r, err
	}
	r = logtree.Receipt{Statement: statementNumber(index), Index: index, Checkpoint: c}
	r.Proof, err = tlog.ProveRecord(size, index, hashes)
	return r, err
}

// subtree is the hash over the leaves from n<<level on, with a stack of its height.
func subtree(level int, n int64) tlog.Hash {
	var stack []tlog.Hash
	for i := range int64(1) << level {
		stack = append(stack, tlog.RecordHash(statementNumber(n<<level+i)))
		for range bits.TrailingZeros64(uint64(i + 1)) { //nolint:gosec // it is not negative
			top := len(stack) - 1
			stack = append(stack[:top-1], tlog.NodeHash(stack[top-1], stack[top]))
		}
	}
	return stack[0]
}
