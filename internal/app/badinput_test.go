package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// cityOnEach runs f on a small city, once with each engine.
func cityOnEach(t *testing.T, f func(t *testing.T, c Config)) {
	t.Helper()
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			c := Config{Home: t.TempDir(), DSN: engine.dsn(t)}
			if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
				t.Fatal(err)
			}
			if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
				t.Fatal(err)
			}
			if _, err := ImportDemand(t.Context(), c, strings.NewReader("id,lon,lat,population\nold,101.781,36.62,7\n"), demand.Columns{}); err != nil {
				t.Fatal(err)
			}
			f(t, c)
		})
	}
}

const head = "编号,名称,经度,纬度,营业时间,服务\n"

// bring imports stations into 城中区.
func bring(t *testing.T, c Config, file io.Reader) (station.Outcome, error) {
	t.Helper()
	home, err := gb.Parse("630103")
	if err != nil {
		t.Fatal(err)
	}
	_, out, err := ImportStations(t.Context(), c, file, station.Reading{Home: home}, station.Importing{Replace: true})
	return out, err
}

// holds is everything in the database but the time of asking.
func holds(t *testing.T, c Config) string {
	t.Helper()
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var b bytes.Buffer
	if err := d.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(b.String(), "\n")
	return strings.Join(lines[1:len(lines)-2], "")
}

// bookOf is an XLSX file of rows.
func bookOf(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is an XLSX file whose sheet says that it unpacks to two gigabytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	whole := bookOf(t, []any{"编号", "名称", "经度", "纬度"})
	in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		h := f.FileHeader
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			h.UncompressedSize64 = 2 << 30
		}
		w, err := out.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gbk(t *testing.T, s string) []byte {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

// Files that cannot be used are refused with a reason and a remedy, in both
// languages, by either engine, and nothing is changed by them.
func TestUnusableSheets(t *testing.T) {
	if testing.Short() {
		t.Skip("reads one file after the other into two databases; run without -short")
	}
	locked := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)
	whole := bookOf(t, []any{"编号", "名称", "经度", "纬度"}, []any{"X-1", "站", 101.782, 36.62})
	for _, c := range []struct {
		name   string
		data   []byte
		zh, en string
	}{
		{"nothing", nil, "文件里没有站点：第一行应是标题", "its first row should be headings"},
		{"only headings", []byte(head), "文件里没有站点", "there are no stations"},
		{"missing columns", []byte("编号,营业时间\nA-2,24小时\n"), "缺少列：名称、经度、纬度", "columns are missing: name, longitude, latitude"},
		{"random bytes", bytes.Repeat([]byte{0xff, 0x00, 0x81, 0x0a}, 999), "编码认不出：请另存为 CSV UTF-8", "save it as CSV UTF-8"},
		{"web page", []byte("<!DOCTYPE html><html><body>404</body></html>"), "缺少列", "columns are missing"},
		{"huge field", []byte(head + "A-2," + strings.Repeat("站", 1<<20) + ",101.782,36.62,,\n"), "单元格 B2 的文字太长", "the text of cell B2 is too long"},
		{"duplicate codes", []byte(head + "A-2,甲,101.782,36.62,,\nA-2,乙,101.783,36.62,,\n"), "第 3 行，编号：编号“A-2”与第 2 行重复", "row 3, code: the code “A-2” is that of row 2"},
		{"wrong row in GBK", gbk(t, head+"A-2,甲,101.782,36.62,18:00-9:00,\n"), "第 2 行，营业时间：“18:00-9:00”", "row 2, opening hours: “18:00-9:00”: 18:00–09:00 runs past midnight: write it as two spans"},
		{"wrong row in XLSX", bookOf(t, []any{"编号", "名称", "经度", "纬度", "服务"}, []any{"X-1", "站", 101.782, 36.62, "按摩"}), "第 2 行，服务：服务“按摩”不在目录里：请删去", "row 2, services: "},
		{"bomb", bomb(t), "XLSX 文件打不开：请用表格软件打开后另存一份", "cannot be opened"},
		{"locked", locked, "设了密码，或是旧式 .xls：请去掉密码，另存为 XLSX", "has a password"},
		{"XLSX cut short", whole[:len(whole)/2], "XLSX 文件打不开", "cannot be opened"},
		{"GeoJSON cut short", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature"`), "GeoJSON 格式有误", "malformed"},
		{"GeoJSON of lines", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":"A-2","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"name":"甲"}}]}`), "第 1 行，经度：几何类型“LineString”不是点：请导出为 Point", "row 1, longitude: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			cityOnEach(t, func(t *testing.T, city Config) {
				before := holds(t, city)
				_, err := bring(t, city, bytes.NewReader(c.data))
				zh, ok := fault.In(lang.ZH, err)
				en, _ := fault.In(lang.EN, err)
				if !ok || fault.KindOf(err) != fault.Invalid || !strings.Contains(zh, c.zh) || !strings.Contains(en, c.en) {
					t.Errorf("%.300s\n%.300s\nwant %s and %s", zh, en, c.zh, c.en)
				}
				if len(zh) > 1000 {
					t.Errorf("a message of %d bytes", len(zh))
				}
				if holds(t, city) != before {
					t.Error("the database has changed")
				}
			})
		})
	}
}

// Sheets as offices have them come in: GBK, semicolons, dates as numbers.
func TestOfficeSheets(t *testing.T) {
	cityOnEach(t, func(t *testing.T, c Config) {
		for name, data := range map[string][]byte{
			"GBK":        gbk(t, head+"B-1,工会驿站,101.782,36.62,周一至周五 9:00-17:00,热水、休息\n"),
			"XLSX":       bookOf(t, []any{"编号", "名称", "经度", "纬度", "核实日期"}, []any{"B-2", "驿站", 101.782, 36.62, 46000}),
			"semicolons": []byte(strings.ReplaceAll(head+"B-3,站,101.782,36.62,,\n", ",", ";")),
		} {
			if out, err := bring(t, c, bytes.NewReader(data)); err != nil || out.Added != 1 || out.Removed != 1 {
				t.Errorf("%s: %+v, %v", name, out, err)
			}
		}
	})
}

// One wrong row among 160,000 is found and named, and none of them comes in.
func TestOneWrongRowOf160000(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 160,000 rows; run without -short")
	}
	const rows, wrong = 160_000, 123_456
	var b bytes.Buffer
	b.WriteString(head)
	for i := range rows {
		hours := "8:00-18:00"
		if i == wrong {
			hours = "18:00-8:00"
		}
		fmt.Fprintf(&b, "N-%06d,驿站 %d,%.6f,36.62,%s,热水、休息\n", i, i, 101.78+float64(i)*1e-7, hours)
	}
	cityOnEach(t, func(t *testing.T, c Config) {
		before := holds(t, c)
		_, err := bring(t, c, bytes.NewReader(b.Bytes()))
		said, _ := fault.In(lang.ZH, err)
		if want := fmt.Sprintf("第 %d 行，营业时间：“18:00-8:00”", wrong+2); !strings.Contains(said, "有 1 处错误，一行也没有导入") || !strings.Contains(said, want) {
			t.Errorf("%s", said)
		}
		if holds(t, c) != before {
			t.Error("the database has changed")
		}
	})
}

// An import that is cancelled in its middle leaves what was there.
func TestCancelledImports(t *testing.T) {
	cityOnEach(t, func(t *testing.T, c Config) {
		before := holds(t, c)
		ctx, cancel := context.WithCancel(t.Context())
		halfway := io.MultiReader(strings.NewReader("id,lon,lat,population\na,101.781,36.62,9\n"), cancelling{cancel})
		if _, err := ImportDemand(ctx, c, halfway, demand.Columns{}); !errors.Is(err, context.Canceled) {
			t.Errorf("demand: %v", err)
		}
		if _, _, err := ImportStations(ctx, c, strings.NewReader(head+"A-2,甲,101.782,36.62,,\n"), station.Reading{}, station.Importing{}); !errors.Is(err, context.Canceled) {
			t.Errorf("stations: %v", err)
		}
		if _, err := ImportStreets(ctx, c, writeStreet(t, "新街", 9), "", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("streets: %v", err)
		}
		if err := BackupTo(ctx, c, filepath.Join(c.Home, "all.tgz"), false); !errors.Is(err, context.Canceled) {
			t.Errorf("backup: %v", err)
		}
		if holds(t, c) != before {
			t.Error("the database has changed")
		}
		left, err := os.ReadDir(c.Home)
		if err != nil || len(left) != 1 || left[0].Name() != filepath.Base(c.streets()) {
			t.Errorf("left: %v, %v", left, err)
		}
	})
}

// cancelling is a file at whose end the user has had enough.
type cancelling struct{ cancel context.CancelFunc }

func (c cancelling) Read([]byte) (int, error) {
	c.cancel()
	return 0, io.EOF
}

// What killed commands left long ago is swept; what may still be in use is not.
func TestLeftoversAreSwept(t *testing.T) {
	c := Config{Home: t.TempDir()}
	old := time.Now().Add(-2 * leftFor)
	for name, kept := range map[string]bool{
		".city.streets.1": false, ".backup-1": false, ".restore-1": false, ".demo-1": false,
		".backup-2": true, ".profile": true, "city.streets": true,
	} {
		path := filepath.Join(c.Home, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != ".backup-2" {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.makeHome(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); (err == nil) != kept {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The zero Config keeps a city in the present folder, and nothing outside it.
func TestPresentFolder(t *testing.T) {
	street, elsewhere, empty := writeStreet(t, "长街", 9), t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(elsewhere, "not there"))
	t.Chdir(elsewhere)
	if _, err := ImportStreets(t.Context(), Config{}, street, "", nil); err != nil {
		t.Fatal(err)
	}
	if err := BackupTo(t.Context(), Config{}, "all.tgz", false); err != nil {
		t.Fatal(err)
	}
	backup, err := os.Open("all.tgz")
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	t.Chdir(empty)
	if err := Restore(t.Context(), Config{}, backup); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 3 {
		t.Errorf("restored %v, %v; want the database with its mark, and the streets", left, err)
	}
}
