package course

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/lang"
)

func say(zh, en string, args ...any) lang.Text {
	return lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// Says are the sources of a choice in words, with when they are.
func Says(c seed.Choice) (t lang.Text) {
	for i, r := range c.Sources {
		s, _ := seed.Find(r.Source)
		if i > 0 {
			t.ZH, t.EN = t.ZH+"和", t.EN+" and "
		}
		t.ZH, t.EN = t.ZH+s.Name.ZH+"（"+r.At+"）", t.EN+s.Name.EN+" ("+r.At+")"
	}
	return t
}

// Tell says how a draw stands, a sentence a line, what anybody should look at included.
func Tell(c *Course) (all []lang.Text) {
	add := func(zh, en string, args ...any) { all = append(all, say(zh, en, args...)) }
	first := c.Terms.Seed[0]
	if c.Terms.Before != "" {
		add("这个用途以前抽过 %[1]d 次，上一次是 %[2]s。", "There were %[1]d draws of this purpose before; the last is %[2]s.", c.Terms.Number-1, c.Terms.Before)
	}
	switch {
	case c.Seed != "" && c.Fallback:
		add("种子取自备用来源：%[1]s。约定的第一种来源是 %[3]s，主办方说等到 %[5]s 也没有：请查一查那天到底有没有。", "The seed is from the fallback: %[2]s. The first choice was %[4]s, and the organiser says that it had not come by %[5]s: look up whether it had.",
			c.Seed, c.Seed, Says(first).ZH, Says(first).EN, seed.Clock(first.Until))
	case c.Seed != "":
		add("种子取自%[2]s：%[1]s。请与公告对照。", "The seed is of %[3]s: %[1]s. Compare it with the announcement.", c.Seed, Says(first).ZH, Says(first).EN)
	case c.Never:
		add("主办方说种子一直没有来：%[1]s。请查一查那天到底有没有。", "The organiser says that the seed never came: %[2]s. Look up whether it had.", Says(first).ZH, Says(first).EN)
	default:
		add("种子将取自%[1]s，最早 %[3]s 有人知道。", "The seed will come from %[2]s, which nobody knows before %[3]s.", Says(first).ZH, Says(first).EN, seed.Clock(first.From))
	}
	if c.State == Cancelled {
		why, _ := WhyText(c.Reason)
		switch {
		case c.Owed():
			add("已取消（%[1]s）。取消时种子可能有人知道：结果必须照样公布，还没有公布。", "Cancelled: %[2]s. Somebody could know the seed by then: what comes of it has to be published, and is not yet.", why.ZH, why.EN)
		case c.Known:
			add("已取消（%[1]s），下面的结果不算数，照样公布。", "Cancelled: %[2]s. The result below does not count, and is published all the same.", why.ZH, why.EN)
		default:
			add("在种子公布以前取消了（%[1]s）。", "Cancelled before the seed could be known: %[2]s.", why.ZH, why.EN)
		}
	}
	if rows := c.Rows(); len(rows) > 0 { // the numbers that show who skips until somebody comes
		skipped := 0
		for _, r := range rows {
			if r.Skipped != "" {
				skipped++
			}
		}
		add("抽出 %[1]d 个，其中跳过 %[2]d 个；名单上还能抽 %[3]d 个。", "%[1]d are drawn, of which %[2]d were skipped; %[3]d of the list can yet be drawn.", len(rows), skipped, c.Left())
	}
	if c.Terms.Blind > 0 {
		add("盲码 %[1]d 个，已公开 %[2]d 个。", "%[1]d blind codes, of which %[2]d are opened.", c.Terms.Blind, len(c.Opened))
	}
	for _, twin := range c.Twins {
		add("盲码“%[1]s”和“%[2]s”代表同一个对象：它在名单里有两次。", "The blind codes %[1]q and %[2]q stand for one subject: it is on the list twice.", twin[0], twin[1])
	}
	return all
}
