package station

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
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
var fields = [lastField]option{
	FieldCode:       {key: "code", name: lang.Text{ZH: "编号", EN: "code"}, also: []string{"站点编号", "驿站编号", "代码", "站点代码", "id", "@id"}},
	FieldName:       {key: "name", name: lang.Text{ZH: "名称", EN: "name"}, also: []string{"站点名称", "驿站名称", "站名", "名字", "name:zh"}},
	FieldBrand:      {key: "brand", name: lang.Text{ZH: "品牌", EN: "brand"}, also: []string{"站点品牌", "驿站品牌"}},
	FieldHost:       {key: "host", name: lang.Text{ZH: "依托单位", EN: "host"}, also: []string{"建设单位", "共建单位", "所在单位", "主办单位", "operator"}},
	FieldPremises:   {key: "premises", name: lang.Text{ZH: "场所", EN: "premises"}, also: []string{"场所类型", "依托场所", "场所种类"}},
	FieldSize:       {key: "size", name: lang.Text{ZH: "类型", EN: "size"}, also: []string{"站点类型", "规模", "站型", "size class"}},
	FieldDivision:   {key: "division", name: lang.Text{ZH: "区划", EN: "division"}, also: []string{"行政区划", "区划代码", "行政区", "区县", "所属区县", "县区", "district"}},
	FieldAddress:    {key: "address", name: lang.Text{ZH: "地址", EN: "address"}, also: []string{"详细地址", "站点地址", "addr"}},
	FieldLon:        {key: "lon", name: lang.Text{ZH: "经度", EN: "longitude"}, also: []string{"lng", "long", "x", "东经"}},
	FieldLat:        {key: "lat", name: lang.Text{ZH: "纬度", EN: "latitude"}, also: []string{"y", "北纬"}},
	FieldDatum:      {key: "datum", name: lang.Text{ZH: "坐标系", EN: "datum"}, also: []string{"坐标类型", "crs", "coordinate system"}},
	FieldAccess:     {key: "access", name: lang.Text{ZH: "进入方式", EN: "access"}, also: []string{"入站方式", "access mode"}},
	FieldServices:   {key: "services", name: lang.Text{ZH: "服务", EN: "services"}, also: []string{"服务项目", "服务内容", "服务功能", "设施"}},
	FieldWheelchair: {key: "wheelchair", name: lang.Text{ZH: "轮椅", EN: "wheelchair"}, also: []string{"无障碍", "无障碍设施", "accessibility"}},
	FieldStatus:     {key: "status", name: lang.Text{ZH: "状态", EN: "status"}, also: []string{"站点状态", "运行状态"}},
	FieldHours:      {key: "hours", name: lang.Text{ZH: "营业时间", EN: "opening hours"}, also: []string{"开放时间", "服务时间", "opening_hours", "时间"}},
	FieldCost:       {key: "cost", name: lang.Text{ZH: "开办费用（元）", EN: "cost (yuan)"}, also: []string{"开办费用", "开办费", "费用", "建设费用", "预算", "cost_yuan"}},
	FieldSource:     {key: "source", name: lang.Text{ZH: "来源", EN: "source"}, also: []string{"数据来源"}},
	FieldChecked:    {key: "checked", name: lang.Text{ZH: "核实日期", EN: "date checked"}, also: []string{"核验日期", "更新日期", "check_date", "核实时间"}},
}

// Key returns the field's name in the record and the API, as hours.
func (f Field) Key() string { return fields[f].key }

// Name returns the field's heading.
func (f Field) Name() lang.Text { return fields[f].name }

// parseField finds the field of a heading, whatever its spacing and marks:
// “经度（WGS-84）” and “*名称” are headings too.
func parseField(heading string) (Field, bool) {
	heading, _, _ = strings.Cut(strings.ReplaceAll(heading, "（", "("), "(")
	i, ok := find(fields[:], strings.Trim(heading, " \t*：:\u00a0\ufeff"))
	return Field(i), ok
}

// cells holds a station as text, a cell for each field.
type cells [lastField]string

// canonical returns s as the record writes it: keys of catalogues, WGS-84. Two
// stations are equal if their canonical cells are.
func (s Station) canonical() cells {
	return cells{
		FieldCode: s.Code, FieldName: s.Name, FieldBrand: s.Brand.Key(), FieldHost: s.Host, FieldPremises: premisesText(s.Premises), FieldSize: s.Size.Key(),
		FieldDivision: s.Division.Code(), FieldAddress: s.Address, FieldLon: degrees(s.At.Lon), FieldLat: degrees(s.At.Lat),
		FieldDatum: s.Datum.String(), FieldAccess: s.Access.Key(), FieldServices: strings.Join(s.Services.Keys(), ","),
		FieldWheelchair: s.Wheelchair.Key(), FieldStatus: s.Status.Key(), FieldHours: s.Hours.String(),
		FieldCost: s.Cost.String(), FieldSource: s.Source, FieldChecked: checkedText(s.Checked),
	}
}

// sheet returns s as a sheet for an office has it: names in the language l, the
// position in the datum in which it was given.
func (s Station) sheet(l lang.Lang) cells {
	c := s.canonical()
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

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }

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
