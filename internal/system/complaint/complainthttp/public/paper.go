package public

import (
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/web"
)

// paper is a bulletin to be printed and posted: the official table on sheets that lie on their side, with the footnote
// that says why three counts differ, and the hash by which anybody holds it against the public log.
func (p *Pages) paper(r *http.Request, out bulletin.Public) ([]byte, error) {
	t := out.Table
	d, err := web.NewPaper(lang.ZH, web.PaperHead{ // the official table is Chinese
		Title: t.Title, Kind: t.Subtitle(), Number: out.Campaign + "-" + strconv.Itoa(out.Number),
		Address: web.Address(r, at(out.Campaign, out.Number, "")) + "?version=" + strconv.Itoa(out.Version), At: *out.PublishedAt, Wide: true,
	})
	if err != nil {
		return nil, err
	}
	titles, widths := t.Titles(), t.Widths()
	columns := make([]web.Column, len(titles))
	for i, title := range titles {
		columns[i] = web.Column{Title: title, Width: widths[i]}
	}
	d.Sheet(columns, t.Lines())
	for _, note := range t.Counts().Notes() {
		d.Small(note.ZH)
	}
	d.Small("公开日志旁的文件（SHA-256）：" + out.Sum)
	return d.Bytes()
}
