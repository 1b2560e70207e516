package desk_test

import (
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
)

// A letter that is with a unit is divided on the same page, with a reason; its further point waits on the list to assign.
func TestALetterInHandIsDividedOnItsPage(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		city, site := serve(t, d)
		c := client{t, site, clerk(city)}
		city.Begin("XN2023", "city")
		city.Take("XN2023", table)
		p := city.Handed("XN2023-0002", 910)
		l := city.LettersOf(p)[0]
		at := "/complaints/letters/" + l.ID
		status, _, body := c.do("POST", at+"/original", "why", "拆分")
		c.want(status, body, 200, "第 1 点留在 XN2023-0002", "为什么现在拆", `name="title-1"`, `!name="title-0"`)
		parts := []string{"why", "拆分", "seen", strconv.Itoa(l.Version), "text-0", "夜间噪声大，烟气直排", "kind-0", "noise", "text-1", "堆场扬尘很大", "title-1", "铝厂北侧堆场扬尘", "kind-1", "dust"}
		status, _, body = c.do("POST", at+"/divide", parts...)
		c.want(status, body, 422, `id="e-ground"`, "堆场扬尘很大")
		if status, to, body := c.do("POST", at+"/divide", append(parts, "ground", "信里还说了堆场")...); status != 303 {
			t.Fatal(status, to, main(body))
		}
		status, _, body = c.do("GET", at)
		c.want(status, body, 200, "XN2023-0004", "问题点变动", "信里还说了堆场")
		status, _, body = c.do("GET", "/complaints/assign?campaign=XN2023")
		c.want(status, body, 200, "铝厂北侧堆场扬尘", "!XN2023-0002@")
		status, _, body = c.do("POST", at+"/original", "why", "再看")
		c.want(status, body, 200, "已经有 2 点", "第 3 点")
		if p := city.Look("XN2023-0002"); p.Stage != complaint.Rectifying {
			t.Errorf("%+v", p)
		}
	})
}
