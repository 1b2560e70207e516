package public

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
)

// ownView is a letter as whoever sent it follows it. The secret is in no address: it comes in a form, or behind the # of a
// QR code, from where a script puts it into the field.
type ownView struct {
	web.Page
	bulletin.Own
	token string // of who is shown it; empty: nobody yet
	form  web.Refusal
	said  bool
}

// handled reports whether there is anything yet of which it could be said whether it is solved.
func (v ownView) handled() bool {
	for _, p := range v.Problems {
		switch p.Stage {
		case complaint.Received, complaint.Assigned, complaint.Returned, complaint.Verifying, complaint.Empty:
		default:
			return true
		}
	}
	return false
}

// stage is where the letter itself is.
func (v ownView) stage() string {
	s, ok := complaint.LetterWay.Stage(v.Stage)
	if !ok {
		return v.Stage
	}
	return s.Name.In(v.Lang)
}

func (p *Pages) owning(r *http.Request) ownView {
	v := ownView{Page: p.Site.Page(r, lang.Text{ZH: "看您反映的办到哪一步", EN: "Follow what you reported"})}
	v.Private = true
	return v
}

// Follow asks for the secret.
func (p *Pages) Follow(w http.ResponseWriter, r *http.Request) error {
	v := p.owning(r)
	return v.Write(w, r, ownPage(v))
}

// Own shows whoever has the secret of a letter where it stands, and takes what they say of it.
func (p *Pages) Own(w http.ResponseWriter, r *http.Request) error {
	v := p.owning(r)
	if err := web.ReadForm(r); err != nil {
		return err
	}
	wrong := p.own(r, &v)
	if wrong == nil {
		return v.Write(w, r, ownPage(v))
	}
	var err error
	if v.form, err = refusedForm(v.Page, r.PostForm, wrong); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), ownPage(v))
}

// own finds the letter, and keeps what is said of it. All but a wrong secret costs nothing.
func (p *Pages) own(r *http.Request, v *ownView) error {
	ctx := r.Context()
	back, err := bound.Secret.Take(ctx, p.DB, web.Network(r))
	if err != nil {
		return err
	}
	token := r.PostForm.Get("token")
	if v.Own, err = p.Bulletins.Own(ctx, token); err != nil {
		if fault.KindOf(err) != fault.NotFound {
			return backed(back(ctx), err)
		}
		return err
	}
	if err := back(ctx); err != nil {
		return err
	}
	v.token = token
	if !r.PostForm.Has("says") && r.PostForm.Get("do") != "say" {
		return nil
	}
	if _, err := p.Problems.Say(ctx, problem.Said{Token: token, Says: r.PostForm.Get("says"), Letter: v.ID, Form: r.PostForm.Get("once")}); err != nil {
		return err
	}
	v.said = true
	v.Own, err = p.Bulletins.Own(ctx, token)
	return err
}

// backed is what was wrong, or else why it could not be taken back.
func backed(err, wrong error) error {
	if err != nil {
		return err
	}
	return wrong
}
