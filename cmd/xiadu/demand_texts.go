package main

import "github.com/xiadu/xiadu/internal/lang"

// demandTexts are the help on demand, areas and what is computed beside an hour.
func demandTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"cover_clock":    l.T("再算时钟：平常一周每一刻的覆盖", "also the clock: coverage at every moment of a usual week"),
		"cover_on":       l.T("时钟和区域算这一天，如 2026-12-01；不写是平常一周", "of this day for the clock and the areas, as 2026-12-01; by default a usual week"),
		"cover_circle":   l.T("再与画圈比：圈的半径（米），如 1000", "also against circles of so many metres, as 1000"),
		"cover_only":     l.T("JSON 里只写时钟或画圈：和那一页的 JSON 一样", "of the JSON only the clock or the circles, as their pages have it"),
		"cover_areas":    l.T("再看重点区域达标没有：GeoJSON 文件，或 imported（已导入的）", "also whether key areas meet their targets: a GeoJSON file, or imported"),
		"import_demand":  l.T("导入需求（CSV、XLSX 或 GeoJSON 的点、面、路线），替换同种的；也可列出、移除", "import demand (points, areas or routes in CSV, XLSX or GeoJSON) in place of that of the same kind; or list or remove some"),
		"demand_file":    l.T("需求文件，有经度、纬度和权重各列", "the file, with columns for longitude, latitude and the weights"),
		"demand_kind":    l.T("哪种需求，如 people、couriers、cleaners；不写就是 people", "the kind of demand, as people, couriers, cleaners; by default people"),
		"demand_day":     l.T("权重所在的列；不写就找 population、人口 等", "the column of the weight; by default population and the like"),
		"demand_night":   l.T("夜间权重所在的列；不写就与白天相同", "the column of the weight by night; by default as by day"),
		"demand_weight":  l.T("一个文件里的几种权重，如 people=population/population_night,jobs=jobs", "several weights of one file, as people=population/population_night,jobs=jobs"),
		"demand_label":   l.T("一种需求叫什么，如 couriers=骑手订单", "what a kind is called, as couriers=orders of couriers"),
		"demand_source":  l.T("数据从哪里来；不写就是文件名", "where the data are from; by default the file's name"),
		"demand_list":    l.T("列出已导入的各种需求", "list the kinds of demand that were imported"),
		"demand_remove":  l.T("移除一种需求", "remove a kind of demand"),
		"import_areas":   l.T("从 GeoJSON 导入重点区域、区划和功能区的边界；有一处错就一个也不导入", "import boundaries of key areas, divisions and functional zones from GeoJSON; one mistake and none comes in"),
		"areas_file":     l.T("GeoJSON 文件，多边形的属性有 code、name、once、twice、hours", "the GeoJSON file; properties of its polygons are code, name, once, twice, hours"),
		"areas_kind":     l.T("没写类型的区域是什么：key 重点区域、division 行政区划、zone 功能区", "what areas without a kind are: key, division or zone"),
		"areas_division": l.T("没写区划的区域属于哪里：代码或名称", "the division of areas without one: its code or name"),
		"areas_datum":    l.T("边界的坐标系：WGS84、GCJ02、BD09", "the datum of the boundaries: WGS84, GCJ02 or BD09"),
		"areas_source":   l.T("没写来源的区域从哪里来", "the source of areas without one"),
		"areas_replace":  l.T("文件里没有的同类区域就移除", "remove the areas of the same kind that the file does not have"),
		"areas_remove":   l.T("移除这些编号的区域", "remove the areas with these codes"),
	}
}
