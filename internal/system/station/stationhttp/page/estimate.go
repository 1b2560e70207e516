package page

import "github.com/xiadu/xiadu/internal/lang"

// EstimateTitle and estimateWords say so wherever such figures stand.
func EstimateTitle(l lang.Lang) string {
	return l.T("人数是按地图估算的", "The people are an estimate from the map")
}

// EstimateWords says that a demand is an estimate.
func EstimateWords(l lang.Lang) string {
	return l.T("还没有导入人口数据，先按地图上的建筑、店铺和街道估一个，系数是示例：整片看大概、比前后可以，单个网格可能差几倍。",
		"No population has been imported. These people are guessed from the buildings, shops and streets of the map with assumed coefficients: good for looking at a whole area and for comparing before and after, but one cell may be off by several times.")
}
