package contesthttp_test

import (
	"net/http"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// judge makes somebody who may judge and is in the pool, with a unit.
func (s site) judge(unit string) identity.Colleague {
	s.t.Helper()
	who := s.Somebody("contest.judge", "")
	if _, err := s.Experts.Add(s.Ctx(), s.Organiser, expert.New{Person: who.Person, Division: s.Home, Field: "营商环境", Unit: unit}); err != nil {
		s.t.Fatal(err)
	}
	return who
}

// Somebody with the role is taken into the pool, is changed, and what ties them to units is noted and declared, each by whose it is.
func TestThePool(t *testing.T) {
	s := serve(t)
	o, at := s.organiser(), "/contests/experts"
	j := s.as("contest.judge", "")
	person := s.People.Who(j.token).Person
	j.get(at).want(http.StatusForbidden)
	j.get(at+"/mine").want(http.StatusOK, "您不在专家库里")
	o.get(at).want(http.StatusOK, `value="`+person+`"`, "没有专家", "!邀请一位新评委")
	o.post(at, "person", person, "field", "医学").want(http.StatusUnprocessableEntity, `id="e-unit"`, "医学")
	o.post(at, "person", person, "field", "医学", "unit", "大学", "organisation", "没有的").want(http.StatusUnprocessableEntity, `id="e-organisation"`)
	one := at + "/person/" + person
	o.post(at, "person", person, "field", "医学", "unit", "大学").went(one + "?done=added")
	o.post(at, "person", person, "field", "医学", "unit", "大学").want(http.StatusConflict, "已经在专家库里")
	o.get(at).want(http.StatusOK, "医学", "大学", `!value="`+person+`"`)

	o.post(one+"/change", "seen", "1", "field", "医学", "unit", "医科大学", "active", "1").went(one + "?done=changed")
	o.post(one+"/change", "seen", "1", "field", "法学", "unit", "法学院").want(http.StatusConflict, "法学院")
	o.post(one+"/relate", "of", "市医院", "note", "每年讲课").want(http.StatusUnprocessableEntity, `id="e-kind"`, "每年讲课")
	o.post(one+"/relate", "of", "市医院", "kind", "adviser", "note", "每年讲课").went(one + "?done=related")
	j.post(at+"/mine/relate", "of", "").want(http.StatusUnprocessableEntity, `id="e-kind"`)
	j.post(at+"/mine/relate", "of", "住建局", "kind", "relative").went(at + "/mine?done=related")
	o.get(one).want(http.StatusOK, "市医院", "查到的", "住建局", "本人声明", "取消和市医院的关系", "!取消和住建局的关系")
	j.get(at+"/mine").want(http.StatusOK, "取消和住建局的关系", "!取消和市医院的关系")
	all, err := s.Experts.Relations(s.Ctx(), s.Organiser, person)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	for _, r := range all {
		by, want := o, one
		if r.Said == expert.Declared {
			o.post(one+"/unrelate", "relation", r.ID).want(http.StatusForbidden, "由本人取消")
			by, want = j, at+"/mine"
		}
		by.post(want+"/unrelate", "relation", r.ID).went(want + "?done=gone")
	}
	o.post(one+"/change", "seen", "2", "field", "医学", "unit", "医科大学").went(one + "?done=changed")
	o.get(at).want(http.StatusOK, "已离库")

	both := visitor{s, s.People.SignInFor(identity.Giving{Role: "contest.organiser", Organisation: s.Orgs["营商局"], Scope: right.Scope{Division: s.Home}}, identity.Giving{Role: "people.grants"})}
	both.get(at).want(http.StatusOK, "邀请一位新评委")
	both.post(at+"/invite", "name", "钱教授", "new-field", "法学").want(http.StatusUnprocessableEntity, `id="e-new-unit"`, "钱教授")
	both.post(at+"/invite", "name", "钱教授", "new-field", "法学", "new-unit", "法学院").want(http.StatusOK, "/invitation/", "验证码")
	both.get(at).want(http.StatusOK, "钱教授", "法学院")
}

// Seats are given and taken; a tie that is known is one press to recuse from, and one that is only alike is a question.
func TestSeats(t *testing.T) {
	s := serve(t)
	o, at := s.organiser(), "/contests/"+code+"/office/seats"
	s.Call(code)
	for _, e := range [][2]string{{"甲", "市医院"}, {"乙", "西宁城投集团有限公司"}, {"丙", "住建局"}} {
		s.Review(s.Submit(code, e[0], e[1]).ID, entry.Accepted, "")
	}
	sure, alike, free := s.judge("市医院"), s.judge("西宁城投"), s.judge("大学")
	o.get(at).want(http.StatusOK, "作品入围以后", "j9", "空着")
	number := map[string]string{}
	for _, e := range s.Shortlist(code) {
		number[e.Title] = e.Number
	}
	o.get(at).want(http.StatusOK, "1 件要回避，0 件要核对", "0 件要回避，1 件要核对")
	o.post(at+"/give", "seat", "j1").want(http.StatusUnprocessableEntity, `id="e-person"`)
	o.post(at+"/give", "seat", "j1", "person", sure.Person).went(at + "?done=given")
	o.post(at+"/give", "seat", "j1", "person", sure.Person).went(at + "?done=given") // sent twice
	o.post(at+"/give", "seat", "j1", "person", free.Person).want(http.StatusConflict, "已经有人")
	o.post(at+"/give", "seat", "j2", "person", s.Nobody.Person).want(http.StatusConflict, "不在专家库里")
	o.post(at+"/give", "seat", "j2", "person", alike.Person).went(at + "?done=given")
	o.post(at+"/give", "seat", "j3", "person", free.Person).went(at + "?done=given")
	o.get(at).want(http.StatusOK, "1 处要回避，还没有办", "1 处单位名称相像", "j1 回避 "+number["甲"], "是同一个单位吗", "没有查到", "j2 回避 "+number["乙"], "!j1 回避 "+number["乙"])
	o.get("/contests/"+code+"/office").want(http.StatusOK, "1 处要回避还没有办", "1 处单位名称相像")

	s.as("contest.judge", "").post(at+"/recuse", "seat", "j1", "entry", number["甲"], "reason", "本单位").want(http.StatusForbidden)
	o.post(at+"/recuse", "seat", "j1", "entry", number["甲"], "reason", "本单位：市医院").went(at + "?done=recused")
	o.post(at+"/recuse", "seat", "j1", "entry", number["甲"], "reason", "本单位：市医院").went(at + "?done=recused")
	o.post(at+"/recuse", "seat", "j1", "entry", "E-99", "reason", "x").want(http.StatusNotFound)
	o.get(at).want(http.StatusOK, "已回避", "!1 处要回避，还没有办")
	s.View(func(tx *db.Tx) error {
		all, err := seat.Aways(tx, code)
		if len(all) != 1 || all[0].Seat != "j1" || all[0].Reason != "本单位：市医院" {
			t.Errorf("%+v", all)
		}
		return err
	})
	o.post(at+"/take", "seat", "j3").went(at + "?done=taken")
	o.post(at+"/take", "seat", "j3").want(http.StatusConflict, "没有席位 j3")
}
