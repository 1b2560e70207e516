package entries

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// files reads the attachments of the entry that is shown, and the field for more of them.
func (p *Pages) files(r *http.Request, v *entryView, form photos.Form) error {
	var err error
	if v.files, err = p.Attached(r, v.Page, v.entry.Evidence()); err != nil {
		return err
	}
	v.attach = v.entry.TakesFiles(&v.Event, v.office)
	v.field = p.Photos.Field(v.Page, contest.Attachment, kit.PhotoInput{Name: "files", Label: v.T("加文件（PDF、图片）", "Add files (PDF, pictures)"), Error: v.Form.Wrong("files")}, form)
	return nil
}

// attach adds files to the entry that is shown, and leads back to it.
func (p *Pages) attach(w http.ResponseWriter, r *http.Request, v entryView, who identity.Colleague) error {
	form, err := p.Photos.Read(w, r, photos.Reading{By: who.Person, Kinds: map[string]string{"files": contest.Attachment}})
	if err != nil {
		return err
	}
	wrong := form.Wrong()
	if wrong == nil {
		wrong = entry.Files{Entries: p.Entries, Album: p.Album}.Attach(r.Context(), who, v.entry.ID, form.Hashes("files"))
	}
	if wrong == nil {
		http.Redirect(w, r, v.at+"?done=attached", http.StatusSeeOther)
		return nil
	}
	v.values = form.Values
	if err := v.Refuse(form.Values, wrong); err != nil {
		return err
	}
	if err := p.files(r, &v, form); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), entryPage(v))
}

// Attach adds files to an entry, as the office.
func (p *Pages) Attach(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.seen(r)
	if err != nil {
		return err
	}
	return p.attach(w, r, v, who)
}

// OwnAttach adds files to an entry of one's unit.
func (p Units) OwnAttach(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.ownSeen(r)
	if err != nil {
		return err
	}
	return p.attach(w, r, v, who)
}
