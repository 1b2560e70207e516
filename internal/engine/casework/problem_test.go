package casework_test

import (
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/lang"
)

func name(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

func need(k process.Kind, names ...string) process.Need {
	n := process.Need{Kind: k}
	if k == process.NotPersonsOf {
		n.Not = names
	} else if len(names) > 0 {
		n.Name = names[0]
	}
	return n
}

// problem is the way of a problem of a complaint, as short as one can be that has everything.
var problem = process.Process{
	Key: "test.problem", Name: name("问题"), Starts: []string{"sign"},
	Stages: []process.Stage{
		{Key: "assigned", Name: name("已交办"), Owes: process.Lead, Clock: "sign", Tell: true},
		{Key: "rectifying", Name: name("整改"), Owes: process.Lead, Clock: "rectify", Tell: true},
		{Key: "applied", Name: name("申请销号"), Owes: process.Asker},
		{Key: "public", Name: name("公示"), Owes: process.Asker, Clock: "publicity"},
		{Key: "filed", Name: name("销号"), Clock: "window"},
		{Key: "settled", Name: name("巩固"), Final: true},
		{Key: "wrong", Name: name("退件"), Owes: process.Asker},
		{Key: "cancelled", Name: name("撤销"), Final: true, Void: true},
	},
	Moves: []process.Move{
		{Key: "sign", Name: name("签收"), From: []string{"assigned"}, To: "rectifying", Meets: []string{"sign"}, Starts: []string{"rectify"}},
		{Key: "return", Name: name("退件"), From: []string{"assigned"}, To: "wrong", Meets: []string{"sign"}, Needs: []process.Need{need(process.Reason)}},
		{Key: "assign", Name: name("改派"), From: []string{"wrong"}, To: "assigned", Starts: []string{"sign"}},
		{Key: "cancel", Name: name("撤销"), From: []string{"wrong"}, To: "cancelled", Needs: []process.Need{need(process.Reason), need(process.Outside)}},
		{
			Key: "apply", Name: name("申请"), From: []string{"rectifying"}, To: "applied", Meets: []string{"rectify"},
			Needs: []process.Need{need(process.Each, "test.measure"), need(process.Field, "selfcheck"), {Kind: process.Evidence, Name: "paper", Soft: true}},
		},
		{Key: "fail", Name: name("核查不通过"), From: []string{"applied", "public"}, To: "rectifying", Starts: []string{"rectify"}, Ends: []string{"publicity"}, Needs: []process.Need{need(process.Reason)}},
		{
			Key: "check", Name: name("核查"), From: []string{"applied"}, To: "public", Starts: []string{"publicity"},
			Needs: []process.Need{
				need(process.Outside), need(process.NotPersonsOf, "apply"),
				{Kind: process.Evidence, Name: "photo", N: 2},
				{Kind: process.AnyOf, Any: []process.Need{need(process.Evidence, "word"), need(process.Field, "noword")}},
			},
		},
		{
			Key: "file", Name: name("备案"), From: []string{"public"}, To: "filed", Meets: []string{"publicity"}, Starts: []string{"window"},
			Needs: []process.Need{need(process.Elapsed, "publicity"), need(process.NoneOpen, "test.measure"), need(process.NotPersonsOf, "check")},
		},
		{Key: "settle", Name: name("巩固"), From: []string{"filed"}, To: "settled", Meets: []string{"window"}, Needs: []process.Need{need(process.Elapsed, "window")}},
		{Key: "reopen", Name: name("重开"), From: []string{"filed"}, To: "assigned", Starts: []string{"sign"}, Again: true, Needs: []process.Need{need(process.Reason)}},
	},
	Ways: []process.Way{
		{To: "filed", Since: "rectifying", Through: []process.Through{
			{Moves: []string{"apply"}, Needs: []process.Kind{process.Each}},
			{Moves: []string{"check"}, Needs: []process.Kind{process.Outside, process.Evidence, process.AnyOf}},
			{Moves: []string{"file"}, Needs: []process.Kind{process.Elapsed}},
		}},
		{To: "settled", Since: "rectifying", Through: []process.Through{{Moves: []string{"settle"}, Needs: []process.Kind{process.Elapsed}}}},
	},
}

// measure is a part of a problem.
var measure = process.Process{
	Key: "test.measure", Name: name("措施"), Starts: []string{"measure"},
	Stages: []process.Stage{
		{Key: "open", Name: name("整改中"), Owes: process.Lead, Clock: "measure"},
		{Key: "done", Name: name("完成"), Final: true},
		{Key: "withdrawn", Name: name("撤回"), Final: true, Void: true},
	},
	Moves: []process.Move{
		{Key: "do", Name: name("完成"), From: []string{"open"}, To: "done", Meets: []string{"measure"}, Needs: []process.Need{need(process.Evidence, "photo")}},
		{Key: "withdraw", Name: name("撤回"), From: []string{"open"}, To: "withdrawn", Ends: []string{"measure"}, Needs: []process.Need{need(process.Outside)}},
	},
}
