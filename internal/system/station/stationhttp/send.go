package stationhttp

import (
	"iter"
	"net/http"

	"github.com/xiadu/xiadu/internal/sheet"
)

// A file goes out row by row as it is made: what it holds is in memory already,
// and a copy for each reader would fill that.

const (
	csvType     = "text/csv; charset=utf-8"
	geoJSONType = "application/geo+json"
	xlsxType    = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// fileHeader says that a file of this name follows.
func fileHeader(w http.ResponseWriter, name, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
}

func sendCSV(w http.ResponseWriter, name string, rows iter.Seq[[]any]) error {
	fileHeader(w, name, csvType)
	return sheet.WriteCSV(w, rows)
}

func sendXLSX(w http.ResponseWriter, name string, pages ...sheet.Page) error {
	fileHeader(w, name, xlsxType)
	return sheet.WriteXLSX(w, pages...)
}

func sendMap(w http.ResponseWriter, name string, more map[string]any, marks iter.Seq[sheet.Mark]) error {
	fileHeader(w, name, geoJSONType)
	return sheet.WriteMap(w, more, marks)
}
