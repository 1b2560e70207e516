package contesthttp_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/sequencer"
)

var seenIn = regexp.MustCompile(`name="seen" value="(\d+)"`)

// seen is the version that a page's form was opened with.
func (a answer) seen() string {
	a.t.Helper()
	m := seenIn.FindStringSubmatch(a.body)
	if m == nil {
		a.t.Fatalf("no form: %s", plain(a.body))
	}
	return m[1]
}

// From prize to spread: a unit writes the card of its winner, the organiser shows it, another unit adopts it with evidence, the case's
// unit verifies, and everybody reads all of it and finds it in the library. Nobody reads what is not public.
func TestFromPrizeToSpread(t *testing.T) {
	s := serve(t)
	nobody, unit, other, office := visitor{s, ""}, s.as("contest.unit", "市医院"), s.as("contest.adopter", "住建局"), s.organiser()
	nobody.get("/contests/cards").want(http.StatusOK, "案例库还是空的")
	nobody.get("/contests/cards/adoptions").want(http.StatusOK, "还没有单位记采用")
	numbers := s.Final("cases-26", [2]string{"诊所备案当日办", "市医院"}, [2]string{"竣工联合验收", "住建局"}, [2]string{"没有入选的", "卫生健康委"})
	const list = "/contests/cases-26/cards"
	at := list + "/" + numbers[0]
	nobody.get("/contests/cases-26").want(http.StatusOK, `href="`+list+`"`)
	nobody.get(list).want(http.StatusOK, "诊所备案当日办", "还没有公开", "!没有入选的", "!写案例卡")
	unit.get(list).want(http.StatusOK, at+"/edit", "!"+list+"/"+numbers[1]+"/edit")

	edit := unit.get(at+"/edit").want(http.StatusOK, "诊所备案当日办")
	form := []string{"seen", edit.seen(), "title", "诊所备案当日办", "field", "service", "problem", "要跑三趟", "measures", "一窗收件", "effect", "半天办完", "office", "市医院医务科", "phone", "0971-8230000"}
	figure := []string{"figure-1-what", "评审", "figure-1-said", "1 次", "figure-1-at", "/receipts/figures/contest.results/1"}
	other.get(at + "/edit").want(http.StatusForbidden)
	unit.post(at+"/edit", append(form, "figure-1-what", "评审", "figure-1-said", "1 次", "figure-1-at", "/receipts/figures/nothing/7")...).want(http.StatusUnprocessableEntity, "没有这个数字的凭据", "要跑三趟", "/receipts/figures/nothing/7")
	bad := append([]string{}, form...)
	bad[9] = "找张三 13912345678"
	unit.post(at+"/edit", bad...).want(http.StatusUnprocessableEntity, "请去掉个人手机号", "找张三", "半天办完")
	unit.post(at+"/edit", append(form, figure...)...).went(at + "?done=saved")
	unit.post(at+"/edit", append(form, figure...)...).went(at + "?done=saved") // the same form came twice
	stale := append([]string{}, form...)
	stale[3] = "别人改的标题"
	office.post(at+"/edit", stale...).want(http.StatusConflict, "别人改过", "别人改的标题")
	nobody.get(at).want(http.StatusNotFound, "还没有公开")
	other.get(at).want(http.StatusNotFound)
	own := unit.get(at).want(http.StatusOK, "草稿", "请组织方公开", "!公开这一版")
	unit.post(at+"/step", "seen", own.seen(), "do", "offered").went(at + "?done=offered")
	unit.post(at+"/step", "seen", unit.get(at).seen(), "do", "shown").want(http.StatusForbidden)
	office.post(at+"/step", "seen", office.get(at).seen(), "do", "returned", "why", " ").want(http.StatusUnprocessableEntity, "请填写")
	office.post(at+"/step", "seen", office.get(at).seen(), "do", "shown").went(at + "?done=shown")

	nobody.get(at).want(http.StatusOK, "一窗收件", "1 次", "现在算不出", "市医院医务科", "0971-8230000", "还没有单位记采用", "!请组织方公开", "!改内容")
	signer, err := sequencer.Open(t.Context(), s.DB, s.log, "city.invalid/log")
	if err == nil {
		err = signer.Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	nobody.get(at).want(http.StatusOK, "1 次", "<strong>1</strong>", `href="/receipts/figures/contest.results/1"`)
	file := nobody.get(at+"/card.json").want(http.StatusOK, `"xiadu case card 1"`)
	sum := sha256.Sum256([]byte(file.body))
	s.View(func(tx *db.Tx) error {
		items, err := record.Latest(tx, "contest.card-shown", "", 10)
		if len(items) != 1 || !strings.Contains(items[0].Public, hex.EncodeToString(sum[:])) {
			t.Errorf("the log does not have the hash of the file: %+v", items)
		}
		return err
	})
	nobody.get("/contests/cards?q="+url.QueryEscape("一窗 备案")).want(http.StatusOK, "诊所备案当日办", at)
	nobody.get("/contests/cards?q="+url.QueryEscape("停车")).want(http.StatusOK, "没有找到")
	nobody.get("/contests/cards?field=service&year=x&at=x").want(http.StatusOK, at)

	unit.get(at+"/adopt").want(http.StatusForbidden, "不是案例本单位")
	nobody.get(at + "/adopt").want(http.StatusSeeOther)
	adopting := []string{"division", "630102", "since", "2026-09", "changed", "搬到了网上", "effect", "一天办完"}
	other.get(at+"/adopt").want(http.StatusOK, "住建局")
	wrong := append([]string{}, adopting...)
	wrong[1], wrong[3] = "没有这个地方", "2999-01"
	other.post(at+"/adopt", wrong...).want(http.StatusUnprocessableEntity, "没有这个地方", "搬到了网上")
	made := other.post(at+"/adopt", adopting...)
	adoption, _, _ := strings.Cut(made.to, "?")
	if made.status != http.StatusSeeOther || !strings.HasPrefix(adoption, at+"/adoptions/") {
		t.Fatal(made)
	}
	other.post(at+"/adopt", adopting...).went(adoption + "?done=recorded")
	nobody.get(adoption).want(http.StatusOK, "住建局", "城东区", "自报", "!佐证")
	nobody.get(at).want(http.StatusOK, "已核实 0，自报 1", "搬到了网上")
	unit.post(adoption+"/decide", "seen", unit.get(adoption).seen(), "to", "verified", "reason", "看过").want(http.StatusConflict, "没有佐证")
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	unit.upload(adoption+"/files", "@files", picture.String()).want(http.StatusForbidden)
	other.upload(adoption+"/files", "@files", picture.String()).went(adoption + "?done=attached")
	other.post(adoption+"/decide", "seen", "1", "to", "verified", "reason", "我说的").want(http.StatusForbidden)
	unit.post(adoption+"/decide", "seen", "7", "to", "verified", "reason", "看过系统截图").want(http.StatusConflict, "别人办过", "看过系统截图")
	unit.post(adoption+"/decide", "seen", unit.get(adoption).seen(), "to", "verified", "reason", "看过系统截图").went(adoption + "?done=decided")
	nobody.get(at).want(http.StatusOK, "已核实 1，自报 0", "看过系统截图")
	nobody.get("/contests/cards/adoptions").want(http.StatusOK, "2026年9月", "已核实 1，自报 0", "/receipts/figures/contest.adoptions/1")
	other.post(adoption+"/decide", "seen", other.get(adoption).seen(), "to", "withdrawn", "reason", "停用了").went(adoption + "?done=decided")
	nobody.get(adoption).want(http.StatusNotFound)
	nobody.get(at).want(http.StatusOK, "还没有单位记采用", "!搬到了网上")

	office.post(at+"/step", "seen", office.get(at).seen(), "do", "withdrawn", "why", "做法停用").went(at + "?done=withdrawn")
	nobody.get(at).want(http.StatusNotFound, "做法停用")
	nobody.get("/contests/cards").want(http.StatusOK, "案例库还是空的")
	nobody.get(at + "/card.json").want(http.StatusNotFound)
}
