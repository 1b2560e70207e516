package problems

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// part asks which points go, and where.
func (f *moveForm) part(*http.Request) error {
	v := f.v
	if !f.w.Partable() {
		v.bar = v.T("只有一个问题点，或问题已经办结，不能再分。", "It has one point only, or is past being put right: it cannot be taken apart.")
		return nil
	}
	v.lead = v.T("合并错了，或一个问题里其实有两件事，就把问题点分出去。信访件的编号和答复不变；措施和照片留在原来的问题里。", "Where two were merged that are not one, or one is two things, points are taken out. Letters keep their codes and answers; measures and photos stay.")
	choices := make([]web.Choice, len(f.w.Points))
	for i, point := range f.w.Points {
		choices[i] = web.Choice{Name: "points", Value: point.Key(), Label: v.F("问题点 %d：%s", "Point %d: %s", i+1, pointWords(v.Page, f.w, point)), On: v.chosen("points", point.Key())}
	}
	f.add("points", wrapped(web.ChipsWrong(v.T("分出哪几点（至少留一点）", "Which points are taken out (one at least stays)"), choices, v.wrong("points"))))
	f.add("title", v.text(web.Input{Name: "title", Label: v.T("新问题的摘要", "Digest of the new problem"), Hint: v.T("责任单位看得到，会公开：不写姓名、电话、门牌。", "The unit sees it, and it is public: no names, telephones or door numbers.")}, 2))
	f.add("into", v.field(web.Input{Name: "into", Label: v.T("或并到哪个问题（编号）", "Or into which problem (its code)"), Hint: v.T("填了编号，就不另立新问题。", "With a code no new problem is made."), Placeholder: f.w.Problem.Campaign + "-0001"}))
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("理由", "Reason")}, 2))
	return nil
}

func addPart(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	seen, _ := strconv.Atoi(form.Values.Get("seen")) // what is none was seen by nobody
	_, err := problem.Part(ctx, p.Problems, who, problem.Parting{
		Problem: w.ID, Seen: seen, Points: slices.Clone(form.Values["points"]), Title: form.Values.Get("title"), Into: strings.TrimSpace(form.Values.Get("into")), Why: form.Values.Get("why"),
	})
	return err
}

// judge asks for the verdict of each point that came after the problem was verified.
func (f *moveForm) judge(*http.Request) error {
	v := f.v
	fresh := f.w.Unjudged()
	if len(fresh) == 0 {
		v.bar = v.T("没有等着认定的新问题点。", "No new point waits to be judged.")
		return nil
	}
	v.lead = v.T("核查以后又有信访件并到这个问题里。逐点认定，才能报结那几件。", "Letters came to this problem after it was verified. Judge each point, so that they can be reported on.")
	for i, point := range fresh {
		f.verdict(i, point, complaint.True)
	}
	return nil
}

func addJudging(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	seen, _ := strconv.Atoi(form.Values.Get("seen")) // what is none was seen by nobody
	x := problem.Judging{Problem: w.ID, Seen: seen, Verdicts: map[string]complaint.Verdict{}}
	for _, point := range w.Points {
		if verdict, ok := complaint.ParseVerdict(form.Values.Get("verdict-" + point.Key())); ok {
			x.Verdicts[point.Key()] = verdict
		}
	}
	_, err := problem.JudgeNew(ctx, p.Problems, who, x)
	return err
}
