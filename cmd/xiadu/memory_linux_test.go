package main

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mostImport is what an import may take of memory, in bytes, whatever the file.
const mostImport = 1 << 30

// heavies are files that want more memory than they have bytes, and large ones that
// are as they should be.
var heavies = []struct {
	name  string
	file  string
	write func(w *bufio.Writer) error
	args  []string
	says  string // a part of the refusal; empty: it comes in
}{
	{"one text", "text.xlsx", func(w *bufio.Writer) error {
		return writeBook(w, nothing, func(w io.Writer) {
			put(w, `<row><c t="inlineStr"><is><t>`)
			repeat(w, "x", 400<<20)
			put(w, `</t></is></c></row>`)
		})
	}, []string{"stations"}, "单元格 A1 的文字太长"},
	{"shared texts", "shared.xlsx", func(w *bufio.Writer) error {
		return writeBook(w, func(w io.Writer) { repeat(w, "<si><t>"+strings.Repeat("x", 10_000)+"</t></si>", 20_000) }, nothing)
	}, []string{"stations"}, "展开后太大"},
	{"one text in every cell", "same.xlsx", func(w *bufio.Writer) error {
		return writeBook(w, func(w io.Writer) { put(w, "<si><t>"+strings.Repeat("x", 30_000)+"</t></si>") }, func(w io.Writer) {
			repeat(w, "<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 200)+"</row>", 2000)
		})
	}, []string{"demand"}, "缺少列"},
	{"columns", "columns.xlsx", func(w *bufio.Writer) error {
		return writeBook(w, nothing, func(w io.Writer) { repeat(w, "<row>"+strings.Repeat("<c><v>1</v></c>", 16_000)+"</row>", 1000) })
	}, []string{"stations"}, "第 1 行超过 1000 列"},
	{"commas", "commas.csv", func(w *bufio.Writer) error { put(w, "code,name,lon,lat\n"); repeat(w, ",", 120<<20); return nil }, []string{"stations"}, "第 2 行超过 1000 列"},
	{"short rows of commas", "rows.csv", func(w *bufio.Writer) error {
		put(w, "code,name,lon,lat\n")
		repeat(w, strings.Repeat(",", 10_000)+"\n", 12<<10)
		return nil
	}, []string{"stations"}, "文件里没有站点"},
	{"lists in lists", "lists.geojson", func(w *bufio.Writer) error {
		put(w, `{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[`)
		repeat(w, "[],", 40<<20)
		put(w, `[]]}}]}`)
		return nil
	}, []string{"areas"}, "第 1 个要素太大"},
	{"many stations", "many.csv", func(w *bufio.Writer) error {
		put(w, "code,name,lon,lat,hours,address,host\n")
		for n := range 400_000 {
			fmt.Fprintf(w, "S-%07d,驿站%07d,%.5f,%.5f,%02d:%02d-20:00,青海省西宁市城中区某某街道某某路%d号,某某单位%d\n", n, n, 101.5+float64(n%1000)*0.0004, 36.4+float64(n/1000)*0.0004, n%10, n%60, n, n)
		}
		return nil
	}, []string{"stations", "--dry-run"}, ""},
}

// TestImportsBoundTheirMemory: what a file takes of memory has a bound, what is
// beyond is refused in words, and nothing is left beside the database.
func TestImportsBoundTheirMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some hundred megabytes; run without -short")
	}
	for _, h := range heavies {
		t.Run(h.name, func(t *testing.T) {
			work, room := t.TempDir(), t.TempDir()
			writeHeavy(t, filepath.Join(work, h.file), h.write)
			args := append([]string{"import", h.args[0], h.file}, h.args[1:]...)
			if h.args[0] == "stations" {
				args = append(args, "--division", "630103")
			}
			cmd := command(t, work, filepath.Join(work, "home"), args...)
			cmd.Env = append(cmd.Env, "TMPDIR="+room)
			start := time.Now()
			out, err := cmd.CombinedOutput()
			_, refused := errors.AsType[*exec.ExitError](err)
			switch {
			case h.says == "" && err != nil, h.says != "" && (!refused || !strings.Contains(string(out), h.says)):
				t.Errorf("%v: %s", err, out)
			}
			// A child begins with the peak of the test, which writes files as they come.
			used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
			if used > mostImport {
				t.Errorf("it took %d MB", used>>20)
			}
			t.Logf("%d MB, %v", used>>20, time.Since(start).Round(time.Millisecond))
			if left, err := os.ReadDir(room); err != nil || len(left) > 0 {
				t.Errorf("it left %v %v", left, err)
			}
		})
	}
}

// TestAKilledImportLeavesNothing: a spreadsheet is unpacked into no files, so that
// there is nothing to leave.
func TestAKilledImportLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("writes some hundred megabytes; run without -short")
	}
	work, room := t.TempDir(), t.TempDir()
	writeHeavy(t, filepath.Join(work, "rows.xlsx"), func(w *bufio.Writer) error {
		return writeBook(w, nothing, func(w io.Writer) {
			repeat(w, "<row>"+strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 100)+`</t></is></c>`, 10)+"</row>", 300_000)
		})
	})
	cmd := command(t, work, filepath.Join(work, "home"), "import", "demand", "rows.xlsx", "--day", "x")
	cmd.Env = append(cmd.Env, "TMPDIR="+room)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		time.Sleep(10 * time.Millisecond)
		if left, err := os.ReadDir(room); err != nil || len(left) > 0 {
			t.Fatalf("it writes %v %v", left, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if left, err := os.ReadDir(room); err != nil || len(left) > 0 {
		t.Errorf("it left %v %v", left, err)
	}
}

func writeHeavy(t *testing.T, file string, write func(*bufio.Writer) error) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// writeBook writes a spreadsheet of one sheet with the given shared texts.
func writeBook(w io.Writer, shared, rows func(io.Writer)) error {
	z := zip.NewWriter(w)
	for name, part := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	} {
		out, err := z.Create(name)
		if err != nil {
			return err
		}
		put(out, part)
	}
	for _, part := range []struct {
		name, before, after string
		write               func(io.Writer)
	}{{"xl/sharedStrings.xml", "<sst>", "</sst>", shared}, {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>", "</sheetData></worksheet>", rows}} {
		out, err := z.Create(part.name)
		if err != nil {
			return err
		}
		put(out, part.before)
		part.write(out)
		put(out, part.after)
	}
	return z.Close()
}

func nothing(io.Writer) {}

// put and repeat leave errors to the end: a bufio.Writer and a zip.Writer keep theirs.
func put(w io.Writer, s string) { _, _ = io.WriteString(w, s) }

func repeat(w io.Writer, s string, times int) {
	block := max(1, min(times, (1<<20)/len(s)))
	for ; times > 0; times -= block {
		block = min(block, times)
		put(w, strings.Repeat(s, block))
	}
}
