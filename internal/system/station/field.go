package station

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// Field is one fact of a station, and a column of a sheet.
type Field uint8

// The fields, in the order of a sheet's columns.
const (
	FieldCode Field = iota
	FieldName
	FieldBrand
	FieldHost
	FieldPremises
	FieldSize
	FieldDivision
	FieldAddress
	FieldLon
	FieldLat
	FieldDatum
	FieldAccess
	FieldServices
	FieldWheelchair
	FieldStatus
	FieldHours
	FieldCost
	FieldSource
	FieldChecked
	lastField
)

// fields names them: as the record and the API do, as a sheet's heading, and
// as headings of other makers' sheets do.
var fields = [lastField]lang.Choice{
	FieldCode:       {Key: "code", Name: lang.Text{ZH: "编号", EN: "code"}, Also: []string{"站点编号", "驿站编号", "代码", "站点代码", "id", "@id"}},
	FieldName:       {Key: "name", Name: lang.Text{ZH: "名称", EN: "name"}, Also: []string{"站点名称", "驿站名称", "站名", "名字", "name:zh"}},
	FieldBrand:      {Key: "brand", Name: lang.Text{ZH: "品牌", EN: "brand"}, Also: []string{"站点品牌", "驿站品牌"}},
	FieldHost:       {Key: "host", Name: lang.Text{ZH: "依托单位", EN: "host"}, Also: []string{"建设单位", "共建单位", "所在单位", "主办单位", "operator"}},
	FieldPremises:   {Key: "premises", Name: lang.Text{ZH: "场所", EN: "premises"}, Also: []string{"场所类型", "依托场所", "场所种类"}},
	FieldSize:       {Key: "size", Name: lang.Text{ZH: "类型", EN: "size"}, Also: []string{"站点类型", "规模", "站型", "size class"}},
	FieldDivision:   {Key: "division", Name: lang.Text{ZH: "区划", EN: "division"}, Also: []string{"行政区划", "区划代码", "行政区", "区县", "所属区县", "县区", "district"}},
	FieldAddress:    {Key: "address", Name: lang.Text{ZH: "地址", EN: "address"}, Also: []string{"详细地址", "站点地址", "addr"}},
	FieldLon:        {Key: "lon", Name: lang.Text{ZH: "经度", EN: "longitude"}, Also: []string{"lng", "long", "x", "东经"}},
	FieldLat:        {Key: "lat", Name: lang.Text{ZH: "纬度", EN: "latitude"}, Also: []string{"y", "北纬"}},
	FieldDatum:      {Key: "datum", Name: lang.Text{ZH: "坐标系", EN: "datum"}, Also: []string{"坐标类型", "crs", "coordinate system"}},
	FieldAccess:     {Key: "access", Name: lang.Text{ZH: "进入方式", EN: "access"}, Also: []string{"入站方式", "access mode"}},
	FieldServices:   {Key: "services", Name: lang.Text{ZH: "服务", EN: "services"}, Also: []string{"服务项目", "服务内容", "服务功能", "设施"}},
	FieldWheelchair: {Key: "wheelchair", Name: lang.Text{ZH: "轮椅", EN: "wheelchair"}, Also: []string{"无障碍", "无障碍设施", "accessibility"}},
	FieldStatus:     {Key: "status", Name: lang.Text{ZH: "状态", EN: "status"}, Also: []string{"站点状态", "运行状态"}},
	FieldHours:      {Key: "hours", Name: lang.Text{ZH: "营业时间", EN: "opening hours"}, Also: []string{"开放时间", "服务时间", "opening_hours", "时间"}},
	FieldCost:       {Key: "cost", Name: lang.Text{ZH: "开办费用（元）", EN: "cost (yuan)"}, Also: []string{"开办费用", "开办费", "费用", "建设费用", "预算", "cost_yuan"}},
	FieldSource:     {Key: "source", Name: lang.Text{ZH: "来源", EN: "source"}, Also: []string{"数据来源"}},
	FieldChecked:    {Key: "checked", Name: lang.Text{ZH: "核实日期", EN: "date checked"}, Also: []string{"核验日期", "更新日期", "check_date", "核实时间"}},
}

// Key returns the field's name in the record and the API, as hours.
func (f Field) Key() string { return fields[f].Key }

// Name returns the field's heading.
func (f Field) Name() lang.Text { return fields[f].Name }

// headings finds the fields of a sheet's columns.
var headings = sheet.NewHeadings(headingNames()...)

// headingNames are the names that each field goes by, the best first.
func headingNames() [][]string {
	out := make([][]string, lastField)
	for i, f := range fields {
		out[i] = append([]string{f.Key, f.Name.ZH, f.Name.EN}, f.Also...)
	}
	return out
}

// Cells holds a station as text, a cell for each field.
type Cells [lastField]string

// Canonical returns s as the record writes it: keys of catalogues, WGS-84. Two
// stations are equal if their canonical cells are.
func (s Station) Canonical() Cells {
	return Cells{
		FieldCode: s.Code, FieldName: s.Name, FieldBrand: s.Brand.Key(), FieldHost: s.Host, FieldPremises: premisesText(s.Premises), FieldSize: s.Size.Key(),
		FieldDivision: s.Division.Code(), FieldAddress: s.Address, FieldLon: Degrees(s.At.Lon), FieldLat: Degrees(s.At.Lat),
		FieldDatum: s.Datum.String(), FieldAccess: s.Access.Key(), FieldServices: strings.Join(s.Services.Keys(), ","),
		FieldWheelchair: s.Wheelchair.Key(), FieldStatus: s.Status.Key(), FieldHours: s.Hours.String(),
		FieldCost: s.Cost.String(), FieldSource: s.Source, FieldChecked: checkedText(s.Checked),
	}
}

// sheet returns s as a sheet for an office has it: names in the language l, the
// position in the datum in which it was given.
func (s Station) sheet(l lang.Lang) Cells {
	c := s.Canonical()
	for f, name := range map[Field]lang.Text{
		FieldBrand: s.Brand.Name(), FieldSize: s.Size.Name(), FieldAccess: s.Access.Name(),
		FieldWheelchair: s.Wheelchair.Name(), FieldStatus: s.Status.Name(),
	} {
		c[f] = name.In(l)
	}
	if s.Premises != PremisesUnknown {
		c[FieldPremises] = s.Premises.Name().In(l)
	}
	if given := s.Datum.FromWGS84(s.At); s.Datum != geo.WGS84 {
		c[FieldLon], c[FieldLat] = strconv.FormatFloat(given.Lon, 'f', 9, 64), strconv.FormatFloat(given.Lat, 'f', 9, 64)
	}
	c[FieldServices] = s.Services.Text(l)
	if l == lang.ZH && s.Hours.Known() {
		c[FieldHours] = s.Hours.Text(l) // the English text is for reading only
	}
	return c
}

// Degrees writes a coordinate to the last digit that is kept.
func Degrees(v float64) string { return sheet.Degrees(v).String() }

// premisesText leaves an unknown kind out of the record: nothing is known.
func premisesText(p Premises) string {
	if p == PremisesUnknown {
		return ""
	}
	return p.Key()
}

func checkedText(d calendar.Date) string {
	if d == (calendar.Date{}) {
		return ""
	}
	return d.String()
}
