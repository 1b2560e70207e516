package judge

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

func several(v view) bool {
	for i := range v.runs {
		if v.runs[i].Part != v.runs[0].Part {
			return true
		}
	}
	return false
}

func blank(text string) string {
	if text == "" {
		return "—"
	}
	return text
}

// key is another where the middle of the page has to be drawn anew, whatever has been typed.
func (v *view) key(r *run) string {
	if r.stand == recused {
		return jsonOf([]any{r.name(), r.stand})
	}
	return jsonOf([]any{v.Event.RuleHash, r.name(), r.stand, shown(r.State), r.Version, r.Receipt, r.ask.ID, r.Resealed, r.Early, v.chosen})
}

// rangeOf says what a mark of a criterion may be.
func (v *view) rangeOf(r *run, c *rule.Criterion) string {
	text := v.F("%s 到 %s，每档 %s", "%s to %s, in steps of %s", c.From.String(), c.To.String(), c.Step.String())
	if len(r.judged.Criteria) > 1 && c.Weight.String() != "1" {
		text += v.F("，权重 %s", ", weight %s", c.Weight.String())
	}
	return text
}

// ruleOf is what island/sheet.ts computes with: the same values as the rule's.
func ruleOf(j *rule.Judged) string {
	return jsonOf(map[string]any{"criteria": j.Criteria, "mark": j.Mark, "column": j.Column, "sheet": j.Sheet})
}

// setting is what the script of the page has to know and say.
func (v *view) setting() string {
	return jsonOf(map[string]any{
		"contest": v.Event.Code, "rule": v.Event.RuleHash, "seat": v.seat, "changes": v.changes, "chosen": v.chosen,
		"words": map[string]string{
			"all":      v.T("分数都存到计分台了", "All marks are kept at the desk"),
			"some":     v.T("# 个分数只在本机，正在送", "# marks are on this device only, and are being sent"),
			"cut":      v.T("和计分台断开了，分数存在本机，接上会自己送。", "The desk cannot be reached. Marks are kept on this device, and sent when it can."),
			"mend":     v.T("有 # 个分数要改好才能存", "# marks have to be mended before they are kept"),
			"other":    v.T("这一台现在不收分", "This device takes no marks now"),
			"here":     v.T("存在本机", "Kept on this device"),
			"desk":     v.T("已存到计分台", "Kept at the desk"),
			"nowhere":  v.T("这台设备存不下分数（无痕窗口？）。没有显示“已存到计分台”的，请记在纸上。", "This device cannot keep marks (a private window?). Write down what is not kept at the desk."),
			"number":   v.T("写成 9 或 9.3 这样的数", "write a number, as 9 or 9.3"),
			"whole":    v.T("只能是整数", "whole numbers only"),
			"one":      v.T("最多一位小数", "one decimal at most"),
			"places":   v.T("最多 # 位小数", "# decimals at most"),
			"between":  v.T("要在 # 到 # 之间", "between # and #"),
			"steps":    v.T("从 # 起，每次加 #", "from # on, in steps of #"),
			"missing":  v.T("还没有打分", "has no mark yet"),
			"offer":    v.T("这台设备上还有没送出的 #", "This device has # that was not sent"),
			"take":     v.T("用它", "Use it"),
			"sealing":  v.T("正在封存…", "Sealing…"),
			"unsure":   v.T("还没有收到回答。接上会自己再送；同一次封存不会封两次。", "There is no answer yet. It is sent again by itself, and never sealed twice."),
			"late":     v.T("这台设备上没送出的 # 没有记入：这张评分表已经封存。", "# on this device was not sent and does not count: the sheet is sealed already."),
			"unsealed": v.T("这台设备上的封存没有记入：", "What this device sealed does not count: "),
		},
	})
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic("judge: " + err.Error()) // texts and numbers
	}
	return string(text)
}
