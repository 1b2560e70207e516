package photos

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

var likeTitle = lang.Text{ZH: "是不是同一张照片", EN: "Are these one photo?"}

// likeView is the page that asks somebody about two pictures.
type likeView struct {
	web.Page
	question evidence.Question
	pair     kit.Pair // of those that are ready
	tiles    []kit.Photo
	form     web.Refusal
	chosen   evidence.Answer
}

// answers are what may be said.
var answers = []struct {
	answer evidence.Answer
	text   lang.Text
}{
	{evidence.Same, lang.Text{ZH: "是同一张：旧照片又交了一次", EN: "The same: an old photo was handed in again"}},
	{evidence.Another, lang.Text{ZH: "不是同一张：只是拍得像", EN: "Another: they only look alike"}},
	{evidence.Meant, lang.Text{ZH: "是同一张，但本来就该这样：一张照片拍到两个问题", EN: "The same, and meant so: one photo of two problems"}},
}

func (v likeView) choices() (choices []web.Choice) {
	for _, a := range answers {
		choices = append(choices, web.Choice{Name: "answer", Value: string(a.answer), Label: a.text.In(v.Lang), On: v.chosen == a.answer})
	}
	return choices
}

// says is what was answered.
func (v likeView) says() string {
	for _, a := range answers {
		if a.answer == v.question.Answer {
			return a.text.In(v.Lang)
		}
	}
	return ""
}

// why is why it is asked.
func (v likeView) why() string {
	if v.question.Distance < 0 {
		return v.T("两份文件一个字节也不差。", "The two files are the same to the byte.")
	}
	return v.F("两张照片很像（144 处里有 %d 处不同）。是不是同一张，要人来看。", "The two look very much alike (%d of 144 marks differ). Whether they are one is for a person to say.", v.question.Distance)
}

func (a *Album) likeOf(r *http.Request, q evidence.Question) likeView {
	v := likeView{Page: a.page(r, likeTitle), question: q, chosen: q.Answer}
	v.Wide = true
	if q.Earlier.State == evidence.Ready && q.Later.State == evidence.Ready {
		v.pair = a.Beside(v.Page, q.Earlier, q.Later)
		v.pair.Before.Name, v.pair.After.Name = v.T("先交的", "The earlier"), v.T("后交的", "The later")
	} else {
		v.tiles = a.Strip(v.Page, []Shown{{Item: q.Earlier}, {Item: q.Later}})
	}
	return v
}

func (a *Album) like(w http.ResponseWriter, r *http.Request) error {
	_, by, ok, err := a.visitor(w, r)
	if !ok {
		return err
	}
	q, err := by.Question(r.Context(), r.PathValue("item"), r.PathValue("other"))
	if err != nil {
		return nameless(err)
	}
	v := a.likeOf(r, q)
	return v.Write(w, r, likePage(v))
}

func (a *Album) answer(w http.ResponseWriter, r *http.Request) error {
	_, by, ok, err := a.visitor(w, r)
	if !ok {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	later, earlier := r.PathValue("item"), r.PathValue("other")
	chosen := evidence.Answer(r.PostForm.Get("answer"))
	err = by.Answer(r.Context(), later, earlier, chosen, r.PostForm.Get("note"))
	if err == nil {
		http.Redirect(w, r, address(later, "like/"+earlier), http.StatusSeeOther)
		return nil
	}
	q, other := by.Question(r.Context(), later, earlier)
	if other != nil {
		return nameless(other)
	}
	v := a.likeOf(r, q)
	if v.form, other = v.Refused(r.PostForm, err); other != nil {
		return other
	}
	if q.Answer == "" {
		v.chosen = chosen
	}
	return v.WriteStatus(w, r, v.form.Status(), likePage(v))
}

// likenessesView is the questions that somebody may answer.
type likenessesView struct {
	web.Page
	open  []evidence.Question
	strip func(evidence.Question) []kit.Photo
}

func (a *Album) likenesses(w http.ResponseWriter, r *http.Request) error {
	_, by, ok, err := a.visitor(w, r)
	if !ok {
		return err
	}
	v := likenessesView{Page: a.page(r, lang.Text{ZH: "相像的照片", EN: "Photos that look alike"})}
	v.Wide = true
	if v.open, err = by.Questions(r.Context()); err != nil {
		return err
	}
	v.strip = func(q evidence.Question) []kit.Photo {
		return a.Strip(v.Page, []Shown{{Item: q.Earlier}, {Item: q.Later}})
	}
	return v.Write(w, r, likenessesPage(v))
}
