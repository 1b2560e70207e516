package drawfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// Answer is what something that was kept proves of a draw.
type Answer string

// The answers.
const (
	Proves    Answer = "proves"    // the commitment is in that tree, and the seed is not
	TooEarly  Answer = "too early" // it is from before the commitment
	TooLate   Answer = "too late"  // it has the seed, too
	Unchecked Answer = "unchecked" // the proof would come from the log, which was not given
)

// Precedes is what was made of something kept.
type Precedes struct {
	Kept
	Answer    Answer
	Size      int64
	Signed    bool     // by the log's key, as was checked; else it is somebody's word
	Witnesses []string // who else signed
}

// Prior says whether something that was kept elsewhere proves that the commitment came before the seed: the
// tree that it is of has the commitment and not the seed. When it was kept only its keeper knows. A checkpoint
// is held against the tiles of the log in src, if that is given. What contradicts the file is found in the report. What is
// neither a checkpoint nor a receipt is a fault.Invalid.
func Prior(ctx context.Context, r *Report, kept Kept, src verify.Source) (p Precedes, err error) {
	p.Kept = kept
	if len(r.Steps) == 0 {
		return p, fault.New(fault.Invalid, "文件里没有约定，%[1]s 无从对照", "the file has no commitment to hold %[1]s against", kept.Name)
	}
	commitment := r.Steps[0]
	leaf := tlog.RecordHash(r.File.Entries[0].Statement)
	var c logtree.Checkpoint
	proven := false
	if receipt, wrong := logtree.ParseReceipt(kept.Text); wrong == nil {
		c, proven = receipt.Checkpoint, true
		if !bytes.Equal(receipt.Statement, r.File.Entries[0].Statement) || receipt.Index != commitment.Index {
			r.found(verify.Contradicted, kept.Name, "这份凭据里的条目（第 %[1]d 条）不是文件里的约定", "the entry of this receipt (number %[1]d) is not the commitment of the file", receipt.Index)
			return p, nil
		}
		if err := receipt.Check(r.keys...); err != nil {
			r.found(verify.Disproved, kept.Name, "凭据不成立", "the receipt proves nothing")
			return p, nil
		}
		p.Signed = true
	} else if c, p.Signed, err = r.claim(kept); err != nil {
		return p, err
	}
	p.Size, p.Witnesses = c.Size, signers(c.Note, c.Origin)
	seeded, has := r.Seeded()
	switch {
	case c.Size <= commitment.Index:
		p.Answer = TooEarly
		return p, nil
	case has && c.Size > seeded.Index:
		p.Answer = TooLate
	default:
		p.Answer = Proves
	}
	switch {
	case proven:
	case c.Size == r.Checkpoint.Size:
		if c.Root != r.Checkpoint.Root {
			r.fork(kept, c)
		}
	case src == nil:
		p.Answer = Unchecked
	default:
		proof, err := proofAt(ctx, src, c.Size, commitment.Index)
		if err != nil {
			return p, err
		}
		if tlog.CheckRecord(proof, c.Size, c.Root, commitment.Index, leaf) != nil {
			r.fork(kept, c)
		}
	}
	return p, nil
}

func (r *Report) fork(kept Kept, c logtree.Checkpoint) {
	r.found(verify.Contradicted, kept.Name, "在它那里，日志前 %[1]d 条的根是 %[2]s，其中没有这份约定：日志在那以后被改过，或抄错了", "by it the root of the log's first %[1]d entries is %[2]s, and this commitment is not in there: the log was changed since, or it was copied wrongly", c.Size, c.Root)
}

// claim reads a checkpoint, signed or copied.
func (r *Report) claim(kept Kept) (c logtree.Checkpoint, signed bool, err error) {
	c, err = logtree.ParseCheckpoint(kept.Text)
	if err == nil {
		if _, wrong := logtree.OpenCheckpoint(kept.Text, r.keys...); wrong != nil {
			r.found(verify.Forged, kept.Name, "不是由这份日志的密钥签的", "it is not signed by the log's key")
			return c, false, nil
		}
		signed = true
	} else if c, err = logtree.ParseClaim(kept.Text); err != nil {
		return c, false, fault.New(fault.Invalid, "%s 不是检查点、凭据，也不是一行“条数 根”", "%s is neither a checkpoint nor a receipt nor a line with size and root", kept.Name).Because(err)
	}
	if c.Origin != "" && c.Origin != r.Checkpoint.Origin {
		return c, false, fault.New(fault.Invalid, "%[1]s 是另一份日志（%[2]s）的检查点", "%[1]s is a checkpoint of another log (%[2]s)", kept.Name, c.Origin)
	}
	return c, signed, nil
}

// proofAt asks the tiles of a log for the proof of an entry in the tree of a size.
func proofAt(ctx context.Context, src verify.Source, size, index int64) (tlog.RecordProof, error) {
	text, err := src(ctx, "checkpoint")
	if err != nil {
		return nil, fault.New(fault.NotFound, "--log 指的地方没有公开日志", "there is no public log at --log").Because(err)
	}
	now, err := logtree.ParseCheckpoint(text)
	if err != nil || now.Size < size {
		return nil, fault.New(fault.Invalid, "--log 指的日志比留下的检查点还短（%[1]d 条，而那时有 %[2]d 条）：它被截短过，或不是这份日志", "the log at --log is shorter than what was kept (%[1]d entries, and there were %[2]d): it was cut, or is another", now.Size, size).Because(err)
	}
	read := func(level int, n int64, count int) ([]tlog.Hash, error) {
		first := n / logtree.TileWidth
		width := int(min(logtree.TileWidth, now.Size>>(logtree.TileHeight*level)-first*logtree.TileWidth))
		path := logtree.TilePath(logtree.Tile(level, first, width))
		tile, err := src(ctx, path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.NotFound, "--log 指的日志里没有 %[1]s", "the log at --log has no %[1]s", path).Because(err)
		}
		if err != nil {
			return nil, err
		}
		hashes, err := logtree.SplitHashes(tile)
		if from := int(n % logtree.TileWidth); err == nil && from+count <= len(hashes) {
			return hashes[from : from+count], nil
		}
		return nil, fault.New(fault.Invalid, "--log 指的日志里 %[1]s 不完整", "%[1]s of the log at --log is not whole", path).Because(err)
	}
	return tlog.ProveRecord(size, index, logtree.Hashes(size, read))
}

// Tell says in a sentence what it proves, or why it does not.
func (p Precedes) Tell(r *Report) lang.Text {
	index := r.Steps[0].Index
	seeded, has := r.Seeded()
	whose := lang.Text{ZH: "（签过名）", EN: ", signed,"}
	if !p.Signed {
		whose = lang.Text{ZH: "（抄下的，没有签名）", EN: ", copied without a signature,"}
	}
	said := func(zh, en string, args ...any) lang.Text {
		return lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
	}
	switch p.Answer {
	case Proves:
		t := said("%[1]s%[2]s证明：日志有 %[4]d 条时，约定（条目 %[5]d）已经在里面，种子还不在。", "%[1]s%[3]s proves: when the log had %[4]d entries the commitment (entry %[5]d) was there, and the seed was not.", p.Name, whose.ZH, whose.EN, p.Size, index)
		if !has {
			t = said("%[1]s%[2]s证明：日志有 %[4]d 条时，约定（条目 %[5]d）已经在里面；种子现在还没有。", "%[1]s%[3]s proves: when the log had %[4]d entries the commitment (entry %[5]d) was there; there is no seed yet.", p.Name, whose.ZH, whose.EN, p.Size, index)
		}
		return t
	case TooEarly:
		return said("%[1]s 证明不了：它那时日志只有 %[2]d 条，约定是条目 %[3]d，还不在里面。要用约定以后、种子公布以前留下的。", "%[1]s does not prove it: the log had %[2]d entries then, and the commitment is entry %[3]d. It takes one from after the commitment and before the seed.", p.Name, p.Size, index)
	case TooLate:
		return said("%[1]s 证明不了：它那时日志有 %[2]d 条，种子（条目 %[3]d）也已经在里面。要用种子公布以前留下的。", "%[1]s does not prove it: the log had %[2]d entries then, and the seed (entry %[3]d) was there, too. It takes one from before the seed.", p.Name, p.Size, seeded.Index)
	case Unchecked:
	}
	return said("%[1]s 还不能核对：它是日志有 %[2]d 条时的，证明要从日志里取。请加上 --log 日志的文件夹或地址。", "%[1]s cannot be held against the file yet: it is of %[2]d entries, and the proof comes from the log. Add --log with the folder or address of the log.", p.Name, p.Size)
}
