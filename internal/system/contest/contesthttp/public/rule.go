package public

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
)

type ruleView struct {
	page.Contest
	said    []rule.Paragraph
	example []lang.Text
}

// Rule is a contest's rule in sentences, with an example.
func (p *Pages) Rule(w http.ResponseWriter, r *http.Request) error {
	c, err := p.ruleOf(r, lang.Text{ZH: "计分规则", EN: "The rule"})
	if err != nil {
		return err
	}
	v := ruleView{Contest: c, said: c.Event.Rule.Explain()}
	result, err := scoring.Example(&c.Event.Rule.Rule)
	if err != nil {
		return err
	}
	if t, ok := result.Trace("A"); ok {
		v.example = t.Lines(c.Event.Rule.About.Names)
	}
	return v.Write(w, r, rulePage(v))
}

// RuleFile is the rule as a file.
func (p *Pages) RuleFile(w http.ResponseWriter, r *http.Request) error {
	c, err := p.ruleOf(r, title)
	if err != nil {
		return err
	}
	e := c.Event
	text, err := canonical.JSON(e.Rule)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+e.Code+`-rule.json"`)
	h.Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(append(text, '\n')) // a reader who left does not mind
	return nil
}
