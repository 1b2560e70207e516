package verify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// kindErased is the kind of the entry that says that a private part is gone.
const kindErased = "record.erased"

// replay remembers what entries say as far as later ones speak of it.
type replay struct {
	known  []known
	erased []erasure
	sealed map[[16]byte]seal
	opened []opening
}

// seal is a sealed entry: what it commits to, and when it was.
type seal struct {
	commitment string
	at         time.Time
	index      int64
	opened     bool
}

// opening is an entry that says what a sealed one was.
type opening struct {
	index int64
	logtree.Opening
	said logtree.Statement
}

// known is an entry by the hash of its id.
type known struct {
	id      [16]byte
	private bool // it had a private part
}

// erasure is an entry that says that another's private part is gone.
type erasure struct {
	index int64
	entry string
}

func idHash(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

// replayed takes in an entry that is as it was signed.
func (w *walk) replayed(ctx context.Context, index int64, statement []byte) {
	s, err := logtree.ParseStatement(statement)
	w.fold(ctx, index, s, statement, err)
	if err != nil {
		w.found(Malformed, entry(index), "%v", "%v", err)
		return
	}
	w.report.Kinds[s.Kind]++
	w.replay.known = append(w.replay.known, known{idHash(s.ID), s.Commitment != ""})
	switch s.Kind {
	case logtree.KindSealed:
		if w.replay.sealed == nil {
			w.replay.sealed = map[[16]byte]seal{}
		}
		w.replay.sealed[idHash(s.ID)] = seal{commitment: s.Commitment, at: s.At, index: index}
	case logtree.KindOpened:
		o, said, err := logtree.ParseOpening(s.Public)
		if err != nil {
			w.found(Malformed, entry(index), "它不像一次启封：%v", "it is no opening: %v", err)
			return
		}
		w.report.Opened++
		w.replay.opened = append(w.replay.opened, opening{index, o, said})
	case kindErased:
		var said struct {
			Entry string `json:"entry"`
		}
		_ = json.Unmarshal(s.Public, &said) // then it names no entry that is known
		w.replay.erased = append(w.replay.erased, erasure{index, said.Entry})
	}
}

// settle says which entries are there twice, and which speak of what is not there.
func (r *replay) settle(w *walk) {
	order := func(x, y known) int { return bytes.Compare(x.id[:], y.id[:]) }
	slices.SortFunc(r.known, order)
	for i := 1; i < len(r.known); i++ {
		if r.known[i].id == r.known[i-1].id {
			w.found(Repeated, "entries", "有条目出现了两次（编号散列 %x）", "an entry is there twice (its id has the hash %x)", r.known[i].id)
		}
	}
	slices.SortFunc(r.erased, func(x, y erasure) int { return cmp.Compare(x.index, y.index) })
	r.open(w)
	for _, e := range r.erased {
		at, ok := slices.BinarySearchFunc(r.known, known{id: idHash(e.entry)}, order)
		if w.whole && (!ok || !r.known[at].private) {
			w.found(Unfounded, entry(e.index), "它说条目 %s 的个人信息已删除，而日志里没有这样的条目", "it says that the personal data of entry %s were erased, and the log has no such entry", e.entry)
		}
	}
}

// open holds what openings say against what was sealed.
func (r *replay) open(w *walk) {
	for _, o := range r.opened {
		id := idHash(o.Entry)
		was, ok := r.sealed[id]
		switch {
		case (!ok || was.index > o.index) && w.whole:
			w.found(Unfounded, entry(o.index), "它公开的条目 %s，日志里没有密封过", "it opens entry %s, and the log has no such sealed entry", o.Entry)
		case !ok:
		case was.commitment != logtree.SealedCommitment(o.Salt, o.Statement), !was.at.Equal(o.said.At):
			w.found(Misopened, entry(o.index), "它公开的内容不是条目 %s 里密封的那个", "what it says is not what was sealed in entry %s", o.Entry)
		case was.opened:
			w.found(Misopened, entry(o.index), "条目 %s 先前已经公开过", "entry %s was opened before", o.Entry)
		default:
			was.opened = true
			r.sealed[id] = was
		}
	}
}
