package station

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// Read reads stations from a file: CSV, a spreadsheet (its first sheet) or
// GeoJSON, told apart by their content. It returns an error only for a file that
// cannot be read at all; what is wrong with rows is in the batch.
func Read(ctx context.Context, file io.Reader, how Reading) (Batch, error) {
	f, err := sheet.Open(file)
	if err != nil {
		return Batch{}, err
	}
	r := newRowReader(how)
	if f.Format == sheet.GeoJSON {
		r.batch.given[FieldCode], r.batch.given[FieldLon], r.batch.given[FieldLat] = true, true, true
		err = f.EachFeature(ctx, r.feature)
	} else {
		err = f.EachRow(ctx, r.tableRow)
	}
	if err != nil {
		return Batch{}, err
	}
	if len(r.batch.Stations) == 0 && r.batch.Issues.Total == 0 {
		return Batch{}, fault.New(fault.Invalid, "文件里没有站点：第一行应是标题（编号、名称、区划、经度、纬度……），下面每行一个站点",
			"there are no stations in the file: its first row should be headings (code, name, division, longitude, latitude, …), with one station in each row below")
	}
	r.twins()
	return r.batch, nil
}

// tableRow reads a row of a table, whose first is the headings.
func (r *rowReader) tableRow(row *sheet.Row) error {
	if r.at == nil {
		return r.headings(row)
	}
	var c Cells
	calculated := true
	for f, column := range r.at {
		if err := row.Err(column); err != nil {
			r.fault(row.Number, Field(f), err)
			calculated = false
		}
		c[f] = row.Text(column)
	}
	if calculated {
		r.row(row.Number, c)
	}
	return r.bounded()
}

// maxImported bounds an import, which is held against what is stored: both are in
// memory meanwhile. The country has 160,000 stations.
const maxImported = 400_000

func (r *rowReader) bounded() error {
	if len(r.batch.Stations) > maxImported {
		return fault.New(fault.Invalid, "站点超过 %d 个：请分成几个文件导入", "there are more than %d stations: import them in parts", maxImported)
	}
	return nil
}

// headings finds what each column is and refuses a sheet without those that a
// station cannot do without.
func (r *rowReader) headings(row *sheet.Row) error {
	r.find(row.Number, row.Texts())
	var zh, en []string
	for _, f := range []Field{FieldCode, FieldName, FieldLon, FieldLat} {
		if !r.batch.given[f] {
			zh, en = append(zh, f.Name().ZH), append(en, f.Name().EN)
		}
	}
	if zh != nil {
		return fault.New(fault.Invalid, "缺少列：%[1]s。第一行应是标题，如 编号,名称,区划,经度,纬度,营业时间,服务",
			"columns are missing: %[2]s. The first row should be headings, as code,name,division,lon,lat,hours,services",
			strings.Join(zh, "、"), strings.Join(en, ", "))
	}
	return nil
}

// find notes where each field is among names, and says which of several names for
// one field was passed over.
func (r *rowReader) find(n int, names []string) {
	var passed []sheet.Passed
	r.at, passed = headings.Find(names)
	for f, column := range r.at {
		r.batch.given[f] = r.batch.given[f] || column >= 0
	}
	for _, p := range passed {
		if text, first := r.passed.first(names, p); first {
			r.batch.Warnings.add(n, Field(p.Field), text)
		}
	}
}

// Passing tells which names were passed over for others, each pair once.
type Passing struct {
	Warn func(lang.Text) // nil: nobody asks
	told map[lang.Text]bool
}

// Tell warns of each pair of names once.
func (t *Passing) Tell(names []string, passed []sheet.Passed) {
	for _, p := range passed {
		if text, first := t.first(names, p); first && t.Warn != nil {
			t.Warn(text)
		}
	}
}

// first returns what is to be told of a pair, and whether it was not told yet.
func (t *Passing) first(names []string, p sheet.Passed) (lang.Text, bool) {
	text := passedOver(names, p)
	if t.told[text] || len(t.told) >= maxIssues {
		return text, false
	}
	if t.told == nil {
		t.told = map[lang.Text]bool{}
	}
	t.told[text] = true
	return text, true
}

// passedOver says that of two names for one thing only one was read.
func passedOver(names []string, p sheet.Passed) lang.Text {
	won, lost := lang.Short(names[p.Won]), lang.Short(names[p.Lost])
	if won == lost {
		return lang.Text{ZH: "“" + won + "”有两个：只读第一个", EN: "“" + won + "” is there twice: only the first is read"}
	}
	return lang.Text{ZH: "“" + won + "”和“" + lost + "”是一回事：只读“" + won + "”", EN: "“" + won + "” and “" + lost + "” are the same: only “" + won + "” is read"}
}

// feature reads a point whose properties are named as columns are.
func (r *rowReader) feature(f *sheet.Feature) error {
	if r.at == nil || !slices.Equal(r.names, f.Properties) { // most often all features have the same
		r.names = slices.Clone(f.Properties)
		r.find(f.Number, r.names)
	}
	var c Cells
	for field, property := range r.at {
		c[field] = f.Text(property)
	}
	if lon, lat, ok := f.Point(); ok {
		c[FieldLon], c[FieldLat] = lon, lat
	} else if f.Form != "" {
		r.issue(f.Number, FieldLon, "几何类型“%s”不是点：请导出为 Point", "the geometry “%s” is no point: export it as Point", lang.Short(f.Form))
		return nil
	}
	if c[FieldCode] == "" {
		c[FieldCode] = f.ID
	}
	r.row(f.Number, c)
	return r.bounded()
}
