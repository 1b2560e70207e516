package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw/drawtest"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
)

// Somebody who has the public file, what they kept, and the log, draws again and is told what that proves.
func TestVerifyDraw(t *testing.T) {
	home, work := t.TempDir(), t.TempDir()
	s := drawtest.Begin(t, dbtest.Open(t, filepath.Join(home, "xiadu.db"), drawtest.Schemas...), filepath.Join(home, "log"))
	var rows []lots.Lot
	for i := range 8 {
		rows = append(rows, lots.Lot{Code: fmt.Sprintf("A-%02d", i+1), Name: fmt.Sprintf("第 %d 个案例", i+1), Tickets: i%3 + 1})
	}
	s.Commit("before", rows, nil, lots.Shape{})
	early := s.Checkpoint()
	d := s.Commit("order", rows, nil, lots.Shape{First: 4}, lots.Exclusion{Code: "A-03", Reason: "withdrawn"})
	receipt, err := s.Log.Receipt(t.Context(), s.Entries(d.ID)[0])
	if err != nil {
		t.Fatal(err)
	}
	keep := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(work, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keep("committed.json", s.File(d.ID))
	keep("kept.tlog-proof", receipt.Bytes())
	keep("kept", s.Checkpoint())
	keep("early", early)
	s.Commit("other", rows, nil, lots.Shape{})
	s.Seed(d.ID)
	s.SkipAndGoOn(d.ID)
	keep("late", s.Checkpoint())
	keep("draw.json", s.File(d.ID))
	keep("changed.json", bytes.Replace(s.File(d.ID), []byte(`"skipped":"absent"`), []byte(`"skipped":"absend"`), 1))
	xiadu(t, work, home, "log", "export", "public")

	for _, c := range []struct {
		args string
		code int
		says []string
	}{
		{"draw.json", 0, []string{"核对无误：十佳案例现场评审：汇报顺序", "种子取自双色球开奖号码（2026-12-01）：ssq 2026-12-01 03-05-11-18-24-30+07", "抽出 6 个，其中跳过 1 个；名单上还能抽 1 个", "（跳过：到时不能到场）", "没有给出以前留下的检查点", "公钥取自文件本身"}},
		{"draw.json --checkpoint kept.tlog-proof", 0, []string{"kept.tlog-proof（签过名）证明：日志有 2 条时，约定（条目 1）已经在里面，种子还不在", "2026-12-01 21:00"}},
		{"draw.json --checkpoint kept --log public", 0, []string{"kept（签过名）证明"}},
		{"draw.json --checkpoint kept", 2, []string{"请加上 --log"}},
		{"draw.json --checkpoint late --log public", 2, []string{"late 证明不了", "要用种子公布以前留下的"}},
		{"draw.json --checkpoint early --log public", 2, []string{"early 证明不了：它那时日志只有 1 条"}},
		{"changed.json", 1, []string{"miscounted  row 2", "发现 1 处问题"}},
		{"kept", 2, []string{"这不是抽签的公开文件"}},
		{"nothing.json", 2, []string{"nothing.json"}},
		{"committed.json", 0, []string{"种子将取自双色球开奖号码（2026-12-01），最早 2026-12-01 21:00 有人知道"}},
	} {
		out, err := command(t, work, "none", append([]string{"verify", "draw"}, strings.Fields(c.args)...)...).CombinedOutput()
		code := 0
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", c.args, code, c.code, out)
		}
		for _, says := range c.says {
			if !strings.Contains(string(out), says) {
				t.Errorf("%s does not say %q: %s", c.args, says, out)
			}
		}
	}

	// Who knows the seed draws before it is typed in, and has what is drawn then.
	out, err := command(t, work, "none", "verify", "draw", "committed.json", "--seed", drawtest.Values[0]).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, tried, _ := strings.Cut(string(out), "若种子是")
	_, tried, _ = strings.Cut(tried, "\n")
	drawn, err := command(t, work, "none", "verify", "draw", "draw.json").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(tried) {
		if !strings.Contains(string(drawn), strings.TrimRight(line, "\n")) {
			t.Errorf("%q is not drawn: %s", line, drawn)
		}
	}
	if strings.Count(tried, "\n") != 4 {
		t.Error(tried)
	}
}
