// Package logcheck brings a public log from a folder or an address to its verifier,
// and keeps what was seen of it for the next time.
package logcheck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
)

const (
	// A bundle of 256 entries of the greatest length has 16.8 MB.
	maxLogFile = 20 << 20

	// For one file, also over a slow line.
	fetchTime = time.Minute
)

// At returns a public log at an address or in a folder.
func At(where string) (verify.Source, error) {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		return fetching(strings.TrimSuffix(where, "/")), nil
	}
	info, err := os.Stat(where)
	if err != nil || !info.IsDir() {
		return nil, fault.New(fault.NotFound, "%s 不是文件夹，也不是 http:// 或 https:// 地址", "%s is neither a folder nor an address with http:// or https://", where).Because(err)
	}
	return verify.Folder(where), nil
}

// fetching reads a log over HTTP.
func fetching(base string) verify.Source {
	client := &http.Client{Timeout: fetchTime}
	return func(ctx context.Context, path string) ([]byte, error) {
		failed := func(cause error) error {
			return fault.New(fault.Unavailable, "取不到 %[1]s/%[2]s，稍后再试", "cannot fetch %[1]s/%[2]s; try again later", base, path).Because(cause)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/"+path, http.NoBody)
		if err != nil {
			return nil, failed(err)
		}
		res, err := client.Do(req)
		if err != nil {
			return nil, failed(err)
		}
		defer res.Body.Close() //nolint:errcheck // it was only read
		switch res.StatusCode {
		case http.StatusOK:
		case http.StatusNotFound, http.StatusGone:
			return nil, fs.ErrNotExist
		default:
			if says := res.Header.Get(publiclog.AlteredHeader); says != "" {
				return nil, &verify.AlteredError{Text: lang.Text{ZH: "这个网站自己说，它数据库里的日志被改过：" + lang.Short(says), EN: "the site itself says that its rows of the log were altered: " + says}}
			}
			return nil, failed(fmt.Errorf("status %s", res.Status))
		}
		b, err := io.ReadAll(io.LimitReader(res.Body, maxLogFile+1))
		if err == nil && len(b) > maxLogFile {
			err = errors.New("the file is too large")
		}
		if err != nil {
			return nil, failed(err)
		}
		return b, nil
	}
}

// Verify checks a public log. What a check that found nothing wrong has seen is
// kept in the folder keep, and the next check of the same log is held against it;
// nothing is kept if keep is empty. That it could not be kept is told apart: the
// check holds all the same.
func Verify(ctx context.Context, src verify.Source, o verify.Options, keep string) (report verify.Report, unkept, err error) {
	var kept publiclog.Kept
	if keep != "" {
		signed, err := src(ctx, "checkpoint")
		if c, bad := logtree.ParseCheckpoint(signed); err == nil && bad == nil {
			// The origin may have any characters: its hash names the folder.
			sum := sha256.Sum256([]byte(c.Origin))
			keep = filepath.Join(keep, hex.EncodeToString(sum[:8]))
			kept = publiclog.KeptIn(keep)
			last, found, err := kept.Load()
			if err != nil {
				return report, nil, err
			}
			if found {
				o.Seen = append(o.Seen, verify.File{Name: filepath.Join(keep, "checkpoint"), Text: last.Note})
			}
		}
	}
	report, err = verify.Log(ctx, src, o)
	if err == nil && keep != "" && len(report.Findings) == 0 {
		unkept = kept.Keep(report.Checkpoint)
	}
	return report, unkept, err
}
