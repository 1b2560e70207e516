package alike_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/system/complaint/alike"
)

var (
	places = strings.Fields("人民街 水井巷 雪莲二巷 昆仑路 海湖新区 甘河工业园 大通县桥头镇 湟中区鲁沙尔镇 城北区小桥大街 城东区八一路 南川东路 同仁路 五四大街 生物园区 多巴镇")
	sites  = strings.Fields("医院医疗废物暂存间 铝厂电解车间 碳纤维厂 废旧轮胎回收点 烧烤店 建筑工地 混凝土搅拌站 养殖场 洗车店 汽修厂喷漆房 垃圾中转站 屠宰场 砂石料场 锅炉房 污水处理厂")
	wrongs = strings.Fields("夜间排放刺鼻异味 污水直排河道 施工噪声扰民 油烟直排居民楼 粉尘漫天 垃圾长期不清运 废气未经处理排放 占用河道堆放渣土 危险废物露天堆存 机器轰鸣无法入睡")
	asks   = strings.Fields("多次反映未解决 希望尽快处理 要求彻底整改 请有关部门核查 影响老人小孩健康 已持续三个月 曾整改后又反弹 居民苦不堪言")
)

// letter draws a complaint.
func letter(r *rand.Rand) string {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	return fmt.Sprintf("%s%d号%s，%s，%s，距离小区%d米，%s。联系时间%d点，车牌尾号%03d，第%d次投诉。", pick(places), 1+r.IntN(400), pick(sites), pick(wrongs), pick(asks),
		10+r.IntN(900), pick(asks), r.IntN(24), r.IntN(1000), 1+r.IntN(9))
}

// retold is a letter as another would write it down.
func retold(r *rand.Rand, s string) string {
	runes := []rune(s)
	switch r.IntN(4) {
	case 0: // a part left out
		at := r.IntN(len(runes) / 2)
		return string(runes[:at]) + string(runes[at+len(runes)/8:])
	case 1: // words before and behind
		return "来电反映：" + s + "请督察组重视。"
	case 2: // other marks and width
		return strings.NewReplacer("，", " ", "。", "；", "号", "號", "1", "１").Replace(s)
	}
	at := r.IntN(len(runes) - 6) // a few characters mistyped
	for i := range 3 {
		runes[at+2*i] = []rune("错别字")[i]
	}
	return string(runes)
}

// TestNearFindsWhatAScanFinds: at least 95 of 100 hits of a look at all texts.
func TestNearFindsWhatAScanFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var ix alike.Index
	var all []string
	for i := range 6000 {
		s := letter(r)
		if i%5 == 0 && i > 0 {
			s = retold(r, all[r.IntN(len(all))])
		}
		all = append(all, s)
		ix.Add(strconv.Itoa(i), alike.Of(s))
	}
	found, there := 0, 0
	for range 300 {
		q := alike.Of(retold(r, all[r.IntN(len(all))]))
		near := map[string]bool{}
		for _, h := range ix.Near(q, 100) {
			near[h.ID] = true
		}
		for _, h := range ix.Scan(q, 100) {
			there++
			if near[h.ID] {
				found++
			}
		}
	}
	t.Logf("%d of %d hits", found, there)
	if there < 300 || found*100 < there*95 {
		t.Errorf("%d of the %d hits of a scan were found", found, there)
	}
}

// TestNumbersTellPlacesApart: the same words about another building are less alike than another's words
// about the same.
func TestNumbersTellPlacesApart(t *testing.T) {
	a := alike.Of("昆仑路18号3单元烧烤店油烟直排居民楼")
	same := alike.Of("昆仑路18号3单元烧烤店，油烟直接排向居民楼")
	other := alike.Of("昆仑路72号6单元烧烤店油烟直排居民楼")
	if x, y := alike.Share(a, same), alike.Share(a, other); x <= y {
		t.Errorf("the same place %.2f, another %.2f", x, y)
	}
	if s := alike.Share(alike.Of("ＡＢ１２ 三，号"), alike.Of("ab12三号")); s != 1 {
		t.Errorf("width and marks make a difference: %.2f", s)
	}
	if s := alike.Share(alike.Of("，。"), alike.Of("")); s != 0 {
		t.Errorf("nothing is like nothing: %.2f", s)
	}
}

// TestTheOrderOfAddingDoesNotMatter, nor when the index is asked in between.
func TestTheOrderOfAddingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var a, b alike.Index
		letters := make([]string, 50)
		for i := range letters {
			letters[i] = letter(r)
		}
		for i, s := range letters {
			a.Add(strconv.Itoa(i), alike.Of(s))
		}
		for _, i := range r.Perm(len(letters)) {
			b.Add(strconv.Itoa(i), alike.Of(letters[i]))
			b.Near(alike.Of(letters[0]), 5)
		}
		q := alike.Of(retold(r, letters[r.IntN(len(letters))]))
		if x, y := fmt.Sprint(a.Near(q, 10)), fmt.Sprint(b.Near(q, 10)); x != y {
			t.Fatalf("%s\n%s", x, y)
		}
	})
}
