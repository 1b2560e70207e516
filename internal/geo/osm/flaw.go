package osm

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/fault"
)

// flaw is what makes a file unusable, before the file's name is known.
type flaw struct {
	offset int64 // in bytes, of the file or, if it is compressed, of what is inside
	line   int   // of an XML file, else 0
	zh, en string
	cause  error
}

func flawAt(offset int64, zh, en string, args ...any) *flaw {
	return &flaw{offset: offset, zh: fmt.Sprintf(zh, args...), en: fmt.Sprintf(en, args...)}
}

func (f *flaw) Error() string { return f.en }

func (f *flaw) Unwrap() error { return f.cause }

// fault says what is wrong with which file, where, and what to do.
func (f *flaw) fault(name string) error {
	zh, en := fmt.Sprintf("第 %d 字节处", f.offset), fmt.Sprintf("at byte %d", f.offset)
	if f.line > 0 {
		zh, en = fmt.Sprintf("第 %d 行", f.line), fmt.Sprintf("in line %d", f.line)
	}
	return fault.New(fault.Invalid,
		"%[1]s 不能作为 OpenStreetMap 数据读取：%[2]s（%[4]s）。请重新下载或导出 .osm.pbf 或 .osm 文件（可用 .gz、.bz2 压缩）后再导入",
		"%[1]s cannot be read as OpenStreetMap data: %[3]s (%[5]s). Download or export the .osm.pbf or .osm file again (.gz and .bz2 will do) and import that",
		name, f.zh, f.en, zh, en).Because(f.cause)
}
