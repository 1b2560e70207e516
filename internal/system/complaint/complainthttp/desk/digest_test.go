package desk_test

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// digests holds the preview to what it says of letters without one: nothing goes without, and what is proposed has
// nobody's data and is kept as having seen them.
func digests(c client, city *complainttest.City, at string, form []string, preview string) {
	c.want(200, preview, 200, "2 封信访件还没有摘要", "D3QH202311230001 的摘要（XN2023-0001）", "按原文拟一稿", "!异味扰民")
	status, _, body := c.do("POST", at, append(form, "do", "confirm")...)
	c.want(status, body, 422, "请写一句摘要", "确认交办 2 个")
	first := city.LettersOf(city.Look("XN2023-0001"))[0]
	field := problem.DigestField(first.ID)
	status, _, body = c.do("POST", at, append(form, "do", "confirm", field, "住户王建国，电话 13800001111")...)
	c.want(status, body, 422, "不能有个人信息", "13800001111", "还没有摘要")
	if p := city.Look("XN2023-0001"); p.Stage != complaint.Received {
		c.t.Fatalf("it was assigned without digests: %s", p.Stage)
	}
	before := looks(city)
	status, _, body = c.do("POST", at, append(form, "do", "propose", field, "我自己写的一句")...)
	c.want(status, body, 200, "我自己写的一句", "暂存间夜里有异味扰民")
	if n := looks(city) - before; n != 1 {
		c.t.Errorf("one letter was seen, and %d looks were kept", n)
	}
	if p := city.Look("XN2023-0001"); p.Stage != complaint.Received {
		c.t.Fatalf("a proposal assigned it: %s", p.Stage)
	}
}

// looks counts how often a letter was read as it came.
func looks(city *complainttest.City) (n int) {
	err := city.DB.View(city.Ctx(), func(tx *db.Tx) error {
		all, err := record.Latest(tx, logtree.KindSealed, "", 1000) // which one is nobody's business
		n = len(all)
		return err
	})
	if err != nil {
		panic(err)
	}
	return n
}
