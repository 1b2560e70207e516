package office

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// fits say of each preset for which contests it is.
var fits = map[string]lang.Text{
	"trim-1-1-mean-2dp":          {ZH: "最常见的现场评审：五位以上评委各打一个十分制的分，去一高一低取平均。", EN: "The usual hall: five judges or more give one mark out of ten each; the highest and the lowest are dropped."},
	"trim-1-1-mean-3dp-decimals": {ZH: "参评多、容易同分：保留三位小数，同分时按事先写好的顺序比下去。", EN: "Many entries and close totals: three decimals, and ties are broken in an order that is written down."},
	"trim-2-2-mean-2dp":          {ZH: "评委很多（九位以上）：去两高两低；来得少时自动改为去一高一低。", EN: "Large panels of nine and more: two high and two low are dropped; one and one where fewer came."},
	"mean-2dp":                   {ZH: "评委不多、彼此信得过：一个分也不去，全部取平均。", EN: "Small panels that trust each other: nothing is dropped."},
	"median-2dp":                 {ZH: "担心个别评委打得特别高或特别低：取中间的那个分。", EN: "Where single judges may mark very high or low: the middle one counts."},
	"sum-100":                    {ZH: "恰好十位评委：各打十分，加起来满分一百。", EN: "Exactly ten judges: ten points each, added up to a hundred."},
	"rubric-100":                 {ZH: "要按创新、实效、可复制等几项分别打分：五项加权满分一百，超时扣分。", EN: "Marks by criterion, as innovation, effect and reuse: five with weights, out of a hundred; overtime is deducted."},
	"places":                     {ZH: "各位评委松紧不一：不比分数高低，只比每位评委心里的名次。", EN: "Judges who mark on different scales: only each one's places are compared."},
	"votes-40-experts-60":        {ZH: "既有网络投票也有专家评审：投票四成，专家六成。", EN: "Votes of the public beside experts: forty and sixty per cent."},
	"two-stages-carry":           {ZH: "先看材料再上台：初赛成绩带三成进决赛。", EN: "Papers first and the stage later: thirty per cent of the first stage is carried on."},
	"beautiful-stations-100":     {ZH: "评选最美驿站：四项指标看实证材料，去一高一低，取前二十个。", EN: "The most beautiful stations: four criteria on the evidence file, without one high and one low, the first twenty win."},
	"hall-55":                    {ZH: "几十个案例的大场面：五项指标，前五个先听后打分，取前十名。", EN: "A large hall with dozens of cases: five criteria, the first five heard before any mark is fixed, the first ten win."},
}

// own is the choice of a rule that is brought along.
const own = "own"

// mostForm bounds a form with a rule's file in memory; the site bounds what may come.
const mostForm = rule.MaxBytes

// send reads a form that may have a file. What is in a file of a rule stands in its field of text, so that it comes back.
func send(r *http.Request) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return web.ReadForm(r)
	}
	if err := r.ParseMultipartForm(mostForm); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return err
		}
		return fault.New(fault.Invalid, "没有传完整，请再传一次", "it did not come whole: send it again").Because(err)
	}
	file, _, err := r.FormFile("rule-file")
	if errors.Is(err, http.ErrMissingFile) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Invalid, "没有传完整，请再传一次", "it did not come whole: send it again").Because(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(file)
	if err != nil {
		return fault.New(fault.Invalid, "文件读不出来，请再选一次", "the file cannot be read: choose it again").Because(err)
	}
	if len(text) > 0 {
		r.PostForm.Set("rule-text", string(text))
		r.PostForm.Set("preset", own)
	}
	return nil
}

// chosen is the rule that a form has, with what is wrong in its file, a line each.
func chosen(l lang.Lang, r *http.Request) (f rule.File, wrong []string, err error) {
	key := r.PostForm.Get("preset")
	if key != own {
		f, known := rule.Preset(key)
		if !known {
			return f, nil, fault.At("preset", fault.New(fault.Invalid, "请选一个评分规则", "choose a rule"))
		}
		return f, nil, nil
	}
	text := strings.TrimSpace(r.PostForm.Get("rule-text"))
	if text == "" {
		return f, nil, fault.At("rule-text", fault.New(fault.Invalid, "请选规则文件，或把它粘贴在这里", "choose the rule's file, or paste it here"))
	}
	if f, err = rule.Read([]byte(text)); err == nil {
		return f, nil, nil
	}
	if lines, all := fault.Each(l, err); all {
		return f, lines, fault.At("rule-text", fault.New(fault.Invalid, "规则文件有 %[1]d 处不对，都列在下面", "%[1]d things are wrong in the rule's file; they are listed below", len(lines)))
	}
	return f, nil, err
}

// overtaken is that somebody else was faster with what takes no version of the contest.
func overtaken() error {
	return fault.New(fault.Conflict, "刚刚已经公布过一次。请看一眼现在的样子，要再公布一次就写明原因。", "It has just been released. Look at it as it is now; to release it once more give the reason.")
}
