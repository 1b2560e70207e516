package finder_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

func TestFinderPutsOpenOnArrivalFirst(t *testing.T) {
	site := pagetest.TownSite(t)
	// T-2 is nearest but shut by day, T-3 has unknown hours.
	body := pagetest.Page(t, site+"/find?"+pagetest.At(560, 0))
	pagetest.WantInOrder(t, body, "走 5 分钟，营业到 20:00，有热水、卫生间", "到时开着的里面，这家最近", "走 14 分钟，营业到 20:00",
		"没有人说过几点开门", "走 1 分钟，到时关着，20:00 开")
	body = pagetest.Page(t, site+"/find?"+pagetest.At(560, 0)+"&at=2026-11-23T22:00&lang=en")
	pagetest.WantInOrder(t, body, "1 minute on foot, open until 08:00 tomorrow, with hot water", "nobody has said when it opens", "opens 08:00 tomorrow")
}

func TestFinderSaysWhyThereIsNothing(t *testing.T) {
	site := pagetest.TownSite(t)
	body := pagetest.Page(t, site+"/find?"+pagetest.At(560, 0)+"&need=toilet&need=rest")
	pagetest.WantInOrder(t, body, "附近没有同时有休息、卫生间的驿站", "最接近的一家：没有休息，其余都有", "白天驿站", "不要休息，走 5 分钟", "不要卫生间，走 6 分钟")
	body = pagetest.Page(t, site+"/find?lat=39.9&lon=116.4")
	pagetest.WantInOrder(t, body, "您离这座城市很远", "公里")
	body = pagetest.Page(t, site+"/find?q=Nowhere")
	pagetest.WantInOrder(t, body, "没有找到“Nowhere”", "请换一个写法")
	// Marks that turn the direction of writing would make the sentence another.
	body = pagetest.Page(t, site+"/find?q=No%E2%80%AEwhere")
	pagetest.WantInOrder(t, body, "没有找到“No□where”", "请换一个写法")
	// Beyond the streets, but not far away: an estimate that says so.
	body = pagetest.Page(t, site+"/find?"+pagetest.At(1000, 3500))
	pagetest.WantInOrder(t, body, "您附近没有道路数据")
}
