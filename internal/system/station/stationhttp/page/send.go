package page

import (
	"iter"
	"net/http"

	"github.com/xiadu/xiadu/internal/sheet"
)

// A file goes out row by row as it is made: what it holds is in memory already,
// and a copy for each reader would fill that.

const (
	// CSVType is the media type of tables.
	CSVType = "text/csv; charset=utf-8"
	// GeoJSONType is the media type of GeoJSON.
	GeoJSONType = "application/geo+json"
	// XlsxType is the media type of spreadsheets.
	XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// FileHeader says that a file of this name follows.
func FileHeader(w http.ResponseWriter, name, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
}

// SendCSV sends rows as a file.
func SendCSV(w http.ResponseWriter, name string, rows iter.Seq[[]any]) error {
	FileHeader(w, name, CSVType)
	return sheet.WriteCSV(w, rows)
}

// SendXLSX sends sheets as a file.
func SendXLSX(w http.ResponseWriter, name string, pages ...sheet.Page) error {
	FileHeader(w, name, XlsxType)
	return sheet.WriteXLSX(w, pages...)
}

// SendMap sends marks as a GeoJSON file.
func SendMap(w http.ResponseWriter, name string, more map[string]any, marks iter.Seq[sheet.Mark]) error {
	FileHeader(w, name, GeoJSONType)
	return sheet.WriteMap(w, more, marks)
}
