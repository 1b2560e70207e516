package publiclog

import (
	"errors"

	"github.com/xiadu/xiadu/internal/fault"
)

// What may be wrong with the log's own rows. Nothing is published then, and the
// sequencer signs nothing: whoever reads the log would only see that it is broken,
// and not who broke it.
var (
	ErrAltered   = errors.New("a row of the log is not what it was")
	ErrRewritten = errors.New("the tree is not the one that was signed")
	ErrOlder     = errors.New("the database is older than what was published")
	ErrWithheld  = errors.New("an entry was kept out of the log")
	ErrOrigin    = errors.New("the log has another origin than what was published")
)

// AlteredHeader is the header by which a site says of a file of the log that it gives none, since a row
// is not what was signed: in English, for programs. It keeps an alteration from looking like an outage.
const AlteredHeader = "Xiadu-Log-Altered"

func faultAltered(index int64, id string) *fault.Error {
	return fault.New(fault.Unavailable,
		"公开日志第 %[1]d 条（%[2]s）与写入时不一致：数据库里的这一行被改动、删除或损坏。请从备份或镜像核对。",
		"Entry %[1]d of the public log (%[2]s) is not what was put into it: its row was altered, removed or damaged. Compare with a backup or a mirror.",
		index, orUnknown(id)).Because(ErrAltered)
}

func orUnknown(id string) string {
	if id == "" {
		return "?"
	}
	return id
}

func faultNode(level int, n int64) *fault.Error {
	return fault.New(fault.Unavailable,
		"公开日志第 %[1]d 层第 %[2]d 个散列与条目不符：数据库里的这一行被改动、删除或损坏。",
		"Hash %[2]d of level %[1]d of the public log is not that of its entries: its row was altered, removed or damaged.", level, n).Because(ErrAltered)
}

func faultRewritten(size int64) *fault.Error {
	return fault.New(fault.Unavailable,
		"公开日志前 %[1]d 条与签过名的不是同一棵树：有人改写了数据库。已停止签名和公布；请从备份恢复，或用 xiadu log recover 从镜像恢复。",
		"The first %[1]d entries of the public log are not the tree that was signed: somebody has rewritten the database. Nothing is signed or published any more. Restore a backup, or take the entries from a mirror with xiadu log recover.",
		size).Because(ErrRewritten)
}

func faultOlder(has, published int64) *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库里的公开日志有 %[1]d 条，而已公布到 %[2]d 条：这是较旧的数据库。不再签名，以免与已公布的不符。请用 xiadu log recover 从镜像补回，或用 xiadu log renew 换一个日志名继续。",
		"The public log has %[1]d entries in this database, and %[2]d were published: the database is an older one. Nothing is signed, since it would contradict what was published. Take the missing entries from a mirror with xiadu log recover, or go on under another name with xiadu log renew.",
		has, published).Because(ErrOlder)
}

func faultWithheld(id string) *fault.Error {
	return fault.New(fault.Unavailable,
		"记录 %[1]s 既不在公开日志里，也不在等候进入：有人把它从队列里拿走了。",
		"Entry %[1]s is neither in the public log nor on its way into it: somebody has taken it out of the queue.", id).Because(ErrWithheld)
}

func faultOrigin(has, published string) *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库里的公开日志是 %[1]s，而这里公布过的是 %[2]s。如果是有意更换，请把新的 log 文件夹放到这台机器。",
		"The public log of this database is %[1]s, and what was published here is %[2]s. If it was exchanged on purpose, give this machine the new folder log.",
		has, published).Because(ErrOrigin)
}

func faultNone() *fault.Error {
	return fault.New(fault.NotFound, "公开日志还没有签过名的检查点。", "The public log has no signed checkpoint yet.")
}

func faultNoFile(path string) *fault.Error {
	return fault.New(fault.NotFound, "公开日志里没有 %s。", "The public log has no %s.", path)
}

func faultNotYet() *fault.Error {
	return fault.New(fault.Unavailable, "这条记录刚写下，还没有进入公开日志。请过几秒再取凭据。",
		"This entry was only just written and is not in the public log yet. Ask for the receipt again in a few seconds.")
}

func faultBeyond(asked, has int64) *fault.Error {
	return fault.New(fault.NotFound, "公开日志只有 %[2]d 条，还没有 %[1]d 条。", "The public log has %[2]d entries, not yet %[1]d.", asked, has)
}
