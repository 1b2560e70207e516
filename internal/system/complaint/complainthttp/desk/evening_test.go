package desk_test

import (
	"encoding/base64"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// choose puts a file into a field, as a reader does who picks it.
func choose(b *webtest.Tab, field, text string) {
	webtest.Eval[bool](b, `(() => {
		const bytes = Uint8Array.from(atob('`+base64.StdEncoding.EncodeToString([]byte(text))+`'), (c) => c.charCodeAt(0));
		const to = new DataTransfer();
		to.items.add(new File([bytes], '第一批.csv'));
		document.querySelector('`+field+`').files = to.files;
		return true;
	})()`)
}

// fill writes into a field of several lines.
func fill(b *webtest.Tab, field, text string) {
	webtest.Eval[bool](b, `(document.querySelector('`+field+`').value = `+strconv.Quote(text)+`, true)`)
}

// TestAClerksEvening: an inspection begins, a batch comes with a wrong row and is mended, two letters turn out to be one
// thing, one is divided, and what there is goes to a unit before the night.
func TestAClerksEvening(t *testing.T) {
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			city, site := serve(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
			b := webtest.Open(t, site, view)
			b.SetCookie("session", clerk(city))
			look := func(page string) { t.Helper(); b.Shot(page + "-" + name); b.Check() }
			b.Go("/complaints/desk")
			look("office-none")
			b.Follow("main a.button")
			look("office-new")
			for field, text := range map[string]string{"code": "XN2023", "name": "第三轮中央生态环境保护督察", "team": "第五督察组", "round": "3", "division": "西宁市"} {
				b.Type("#f-"+field, text)
			}
			webtest.Eval[bool](b, `(document.querySelector('#f-from').value = '`+city.Day(0).String()+`', document.querySelector('#f-until').value = '`+city.Day(30).String()+`', true)`)
			b.Follow("form .button-main")
			look("office-begun")
			b.Follow(".notice a")
			look("office-import")
			choose(b, "#f-file", table+"D3QH202311230004,,城西区,油烟,来电,\n")
			fill(b, "#f-notice-text", notice)
			b.Follow("form .button-main")
			b.Shot("office-wrong-" + name)
			b.Forget() // a refusal has a status of its own, which a console calls an error
			b.Follow(`button[value="back"]`)
			choose(b, "#f-file", table)
			fill(b, "#f-notice-text", notice)
			b.Follow("form .button-main")
			look("office-preview")
			b.Follow(`button[value="confirm"]`)
			look("office-taken")
			b.Follow("main a.button")
			look("office-questions")
			b.Follow(`button[value="yes"]`)
			b.Type("#f-why", "同一处暂存间，两人先后反映")
			look("office-merge")
			b.Follow("form.panel .button-main")
			b.Go("/complaints/letters")
			look("office-letters")
			b.Follow("tbody tr:nth-child(2) th a")
			b.Click(".again summary")
			b.Type("#f-why", "拆分")
			look("office-letter")
			b.Follow(".again .button-main")
			for field, text := range map[string]string{
				"text-0": "夜间噪声大，烟气直排，周边居民无法开窗", "title-0": "铝厂夜间噪声和烟气", "text-1": "厂区北侧堆场扬尘也很大", "title-1": "铝厂北侧堆场扬尘",
			} {
				fill(b, "#f-"+field, text)
			}
			look("office-divide")
			b.Follow("form .button-main")
			look("office-divided")
			b.Go("/complaints/assign")
			b.Type("#f-lead", "市医院")
			b.Click(`tbody tr:nth-child(1) input`)
			b.Click(`tbody tr:nth-child(2) input`)
			look("office-assign")
			b.Follow("form .button-main")
			look("office-assign-preview")
			b.Follow(`button[value="confirm"]`)
			b.Forget()
			b.Shot("office-assign-wrong-" + name)
			b.Follow(`button[value="propose"]`)
			look("office-assign-proposed")
			b.Follow(`button[value="confirm"]`)
			look("office-assigned")
			b.Go("/complaints/desk")
			look("office-desk")
			if p := city.Look("XN2023-0001"); p.Stage != complaint.Assigned || p.Letters != 2 {
				t.Errorf("%+v", p)
			}
			if p := city.Look("XN2023-0004"); p.Title != "铝厂北侧堆场扬尘" {
				t.Errorf("%+v", p)
			}
		})
	}
}
