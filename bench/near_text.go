package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/system/complaint/alike"
)

// nearTexts measure the search for letters about the same thing among a million, beside a
// look at all of them by the same measure. Proven first: at least 95 of 100 hits of the look
// are found.
func nearTexts() []Entry {
	return []Entry{{
		Name: "near-text", Unit: "searches/s", Peer: "a look at all texts", Must: 50, Stretch: 200,
		Run: func(ctx context.Context) (Figures, error) { return measureNearTexts(ctx, 1_000_000, 5) },
	}}
}

var (
	textPlaces = strings.Fields("人民街 水井巷 雪莲二巷 昆仑路 海湖新区 甘河工业园 桥头镇 鲁沙尔镇 小桥大街 八一路 南川东路 同仁路 五四大街 生物园区 多巴镇")
	textSites  = strings.Fields("医院医疗废物暂存间 铝厂电解车间 碳纤维厂 废旧轮胎回收点 烧烤店 建筑工地 混凝土搅拌站 养殖场 洗车店 喷漆房 垃圾中转站 屠宰场 砂石料场 锅炉房")
	textWrongs = strings.Fields("夜间排放刺鼻异味 污水直排河道 施工噪声扰民 油烟直排居民楼 粉尘漫天 垃圾长期不清运 废气未经处理排放 占用河道堆放渣土 危险废物露天堆存")
	textAsks   = strings.Fields("多次反映未解决 希望尽快处理 要求彻底整改 请有关部门核查 影响老人小孩健康 已持续三个月 曾整改后又反弹 居民苦不堪言")
)

// complaintText draws a letter: from few words, so that many are somewhat alike, as they are.
func complaintText(r *rand.Rand) string {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	return fmt.Sprintf("%s%d号%s，%s，%s，距离小区%d米，%s。联系时间%d点，车牌尾号%03d，第%d次投诉。", pick(textPlaces), 1+r.IntN(400), pick(textSites), pick(textWrongs), pick(textAsks),
		10+r.IntN(900), pick(textAsks), r.IntN(24), r.IntN(1000), 1+r.IntN(9))
}

func measureNearTexts(ctx context.Context, size, rounds int) (f Figures, err error) {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same letters in every run
	var ix alike.Index
	questions := make([]alike.Text, 30)
	for i := range size {
		if i%10_000 == 0 && ctx.Err() != nil {
			return f, ctx.Err()
		}
		text := complaintText(r)
		ix.Add(strconv.Itoa(i), alike.Of(text))
		if step := size / len(questions); i%step == 0 && i/step < len(questions) { // another tells of the same, and leaves something out
			runes := []rune(text)
			questions[i/step] = alike.Of("来电反映" + string(runes[len(runes)/6:]))
		}
	}
	there, found := 0, 0
	for i := range questions {
		near := map[string]bool{}
		for _, h := range ix.Near(questions[i], size) {
			near[h.ID] = true
		}
		for _, h := range ix.Scan(questions[i], size) {
			if there++; near[h.ID] {
				found++
			}
		}
	}
	if there < len(questions) || found*100 < 95*there {
		return f, fmt.Errorf("%d of %d hits were found: %w", found, there, errors.New("fewer than 95 of 100, or too few to tell"))
	}
	const most = 20
	f, err = interleave(ctx, rounds, func() (float64, error) {
		began := processor()
		for _, q := range questions {
			ix.Near(q, most)
		}
		return float64(len(questions)) / (processor() - began).Seconds(), nil
	}, func() (float64, error) {
		began := processor()
		ix.Scan(questions[0], most)
		return 1 / (processor() - began).Seconds(), nil
	})
	f.Note = fmt.Sprintf("%d texts, %d of %d hits of %d looks found", size, found, there, len(questions))
	return f, err
}
