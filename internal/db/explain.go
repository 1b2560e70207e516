package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"github.com/xiadu/xiadu/internal/fault"
)

// explain turns an engine's error into the fault a user or operator can mend,
// keeping the error as its cause. Others pass unchanged: they are defects.
func explain(err error) error {
	var known *fault.Error
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		if f := explainSQLite(e.Code()); f != nil {
			return f.Because(err)
		}
		return err
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if f := explainPostgres(e.Code); f != nil {
			return f.Because(err)
		}
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	if connecting || network || errors.Is(err, driver.ErrBadConn) {
		return faultUnreachable().Because(err)
	}
	return err
}

func explainSQLite(code int) *fault.Error {
	switch code {
	case sqlitelib.SQLITE_CONSTRAINT_UNIQUE, sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return faultTaken()
	case sqlitelib.SQLITE_IOERR_DATA: // a page and its sum are at odds
		return faultDamaged()
	}
	switch code & 0xff {
	case sqlitelib.SQLITE_FULL:
		return faultFull()
	case sqlitelib.SQLITE_IOERR:
		return fault.New(fault.Unavailable,
			"磁盘读写失败：可能已满、超出限额或已损坏，本次操作未保存。请检查数据库所在磁盘后重试。",
			"The disk failed: it may be full, over its limit or damaged, and nothing of this was saved. Check the disk of the database, then repeat.")
	case sqlitelib.SQLITE_BUSY, sqlitelib.SQLITE_LOCKED:
		return fault.New(fault.Unavailable,
			"另一个进程正在写入数据库（例如导入），本次操作未保存。请待其完成后重试。",
			"Another process is writing to the database (an import perhaps), and nothing of this was saved. Repeat when it is done.")
	case sqlitelib.SQLITE_READONLY, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_PERM:
		return faultClosed()
	case sqlitelib.SQLITE_CORRUPT, sqlitelib.SQLITE_NOTADB:
		return faultDamaged()
	}
	return nil
}

// explainPostgres goes by SQLSTATE classes:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func explainPostgres(code string) *fault.Error {
	switch {
	case code == "23505":
		return faultTaken()
	case code == "53100":
		return faultFull()
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "53"),
		strings.HasPrefix(code, "28"), code == "3D000", code == "25006":
		return faultUnreachable()
	}
	return nil
}

func faultClosed() *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库文件打不开或不可写。请检查文件和所在文件夹的权限。",
		"The database file cannot be opened or written. Check the permissions of the file and its folder.")
}

func faultTaken() *fault.Error {
	return fault.New(fault.Conflict, "已有相同编号的记录。请刷新后核对再试。", "A record with the same key exists already. Reload, compare, then repeat.")
}

func faultFull() *fault.Error {
	return fault.New(fault.Unavailable,
		"磁盘已满，本次操作未保存。请清理数据库所在磁盘后重试。",
		"The disk is full, and nothing of this was saved. Free space on the disk of the database, then repeat.")
}

func faultUnreachable() *fault.Error {
	return fault.New(fault.Unavailable,
		"连不上 PostgreSQL 数据库，或它拒绝了连接。请检查数据库地址、账号和服务状态后重试。",
		"PostgreSQL cannot be reached or refused the connection. Check the address, the account and the server, then repeat.").Telling(away())
}

func faultSilent() *fault.Error {
	return fault.New(fault.Unavailable,
		"PostgreSQL 接受了连接却不回答。请稍候重试；一直如此时，请检查数据库服务和网络。",
		"PostgreSQL took the connection and does not answer. Repeat in a while; if it stays so, check the server and the network.").Telling(away())
}

// away is what readers are told while the database is not there, who have no address and
// no account to check. Stations are found from memory.
func away() (zh, en string) {
	return "这一页要查的数据暂时取不到，请过几分钟再来。找驿站不受影响，照常能用。",
		"What this page looks up cannot be had for the moment. Please come back in a few minutes. Finding a station works as ever."
}
