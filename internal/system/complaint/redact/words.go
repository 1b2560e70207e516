package redact

import "strings"

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

func words(s string) (all [][]rune) {
	for w := range strings.FieldsSeq(s) {
		all = append(all, []rune(w))
	}
	return all
}

func runes(s string) map[rune]bool {
	out := map[rune]bool{}
	for _, r := range s {
		out[r] = true
	}
	return out
}

// surnames are the common ones, and some that are common in Qinghai.
var surnames = runes("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳齐梅莫庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成裴席卫屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵强柴华车冉房辜吉饶刁瞿戚丘古米滕晋苑邬臧畅宫嵺苟褚廉简娄符奚穆郎邸冀谈姬郜晏栾郁喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽仲乐虞卞封竺冼楚佟栗匡宗巫鞠僧桑荆谌扬沙岑胥蔺冶妥绽拜尕蒲逄鄂逯谯嵇缪粟漆晁佘麦雒铁阚仝浦昝")

// compound are surnames of two characters.
var compound = set("欧阳 司马 上官 诸葛 尉迟 皇甫 令狐 东方 慕容 司徒 夏侯 公孙 长孙 宇文 独孤 南宫 端木 轩辕 百里 呼延 拓跋")

// certain are surnames that are hardly ever the beginning of another word.
var certain = runes("王李张刘陈赵吴徐孙朱郭罗郑谢韩冯董曹袁邓傅沈彭吕苏卢蒋蔡魏薛潘姜谭廖邹邱祁")

// never are characters that a given name does not have.
var never = runes("的了是在们个这那称说被把将于向对从由等及与或也都不未没已曾要请因所其该此某次区县市镇乡街路厂矿店站局院校场楼房记氏员您我你他她它很就还再又系者")

// stops are words that begin like names.
var stops = set(`安全 安置 安宁 安装 安静 安排 安心 安监 安保 白天 白色 白酒 白日 白灰 白烟 包括 包装 包含 包围 毕竟 常年 常常 常态 常住 常有 车辆 车间 车库 车位 车主 车流 成立 成片 成为 成品 成效 成员 成本 程序 程度
丁字 董事 杜绝 范围 方便 方面 方式 方才 方案 方法 方可 方向 房屋 房间 房东 房子 房产 费用 封闭 封堵 符合 甘河 甘肃 甘愿 高度 高温 高空 高速 高新 高压 高层 高达 高于 高考 高架 高峰 高铁 高原 高标 高声
高音 古城 古树 古建 谷物 顾客 顾虑 关于 关注 关门 关窗 关闭 关停 关心 关系 关键 管理 管道 管网 管委 管护 管控 何时 何地 何种 何人 何况 洪水 洪涝 胡乱 胡同 花园 花卉 花费 花坛 花草 黄河 黄土 黄色 黄昏
黄泥 黄烟 黄沙 季节 简单 简易 江边 江河 江水 焦化 焦炭 焦虑 焦煤 金额 金属 金融 金矿 景区 景观 景点 兰州 兰西 雷雨 黎明 林地 林木 林草 林业 林场 林区 凌晨 龙头 龙骨 陆续 陆地 路面 路口 路边 路过 路段
路灯 路基 马路 马上 马匹 马达 毛坯 毛驴 苗木 苗圃 莫名 穆斯 宁静 宁可 宁夏 宁愿 牛羊 牛粪 牛场 牛棚 庞大 齐全 齐心 钱财 钱款 强烈 强制 强行 强调 强拆 乔木 任何 任务 任意 任由 任期 沙场 沙石 沙土 沙尘
单位 单独 单元 单纯 申请 申诉 申报 申领 盛夏 施工 施行 施肥 石料 石材 石子 石灰 石油 石头 孙子 孙女 田地 田间 田野 童年 涂料 涂装 万元 万吨 万亩 万达 万人 万只 卫生 卫片 温度 温室 温泉 温暖 文明 文件
文化 武警 武装 夏季 夏天 夏日 项目 谢谢 谢绝 辛苦 辛辣 徐徐 许多 许可 严重 严格 严禁 严肃 严厉 严密 严查 颜色 杨树 杨絮 尤其 于近 于当 于去 于今 于本 于上 于下 于事 于此 于年 于夜 于凌 于晚 于早 于一
于二 于三 余户 余名 余人 余件 岳父 岳母 曾经 曾多 张贴 章程 郑重 钟头 仲裁 周边 周围 周末 周期 周一 周二 周三 周四 周五 周六 周日 周转 周密 祝福 庄稼 庄园 庄廓 左右 左侧 左边 纪委 纪检 纪律 冶炼 妥善
妥当 妥处 易燃 扬尘 扬言 冷却 冷库 艾草 蓝天 乐观 楚地 植被 植树 强力 司机 司法 席地 薄膜 车内 华灯 封山 成都 宁波 古村 桂花 柏树 柏油 房顶 房后 房前 饶恕 宗教 米粉 米面 金银 花钱 强光 乐于`)

// follow are words that may stand behind a name, and end one.
var follow = strings.Fields(`反映 投诉 举报 表示 表达 称 说 述 提供 提出 要求 承诺 承认 承包 承租 认为 在 于 将 向 对 与 和 及 或 因 被 为 是 系 的 家 等 未 已 不 多次 多年 私自 擅自 违法 违规 违反 非法 长期 常年 从 到 也 又 都 正在
作 受 给 签字 驾驶 经营 存栏 无证 无法 拒 组织 带领 带人 出具 自行 自述 自称 依法 接受 联系 联名 电话 手机 住 现场 名下 所 先生 女士 同志 处 党 行政 立即 进行 诫勉 警告 均 两 二人 三人 兄弟 夫妇 父子 夫妻 身份证 个人 本人 停 阻 拉 摆 养 发现 发布 通过 留
参加 负 担任 开 收 租 占 倾 排 偷 堆 种 建 盖 上门 上访 来电 来信 来访 去 指使 雇 一家 一户 以 当场 当日 擅 此前 曾 再次 又 还 就 没 有 随意 乱 夜间 白天 每天 每晚 经 回 也 同 监管 监督 履职 失职 记过 免职 撤职 停职 批评 涉嫌 用 把 利用 使用 请 申请 能 可 会 男 女`)

// cutting are characters of follow that no name has for its last.
var cutting = runes("的称说在于将向对与及被是系等未已不从也又都因为")

// organs end the name of an enterprise or a place.
var organs = strings.Fields(`公司 厂 店 馆 院 局 所 站 社 中心 村 镇 乡 街道 小区 矿 集团 学校 饭店 餐厅 超市 市场 养殖场 场 部 协会 有限 县 区 市 路 街 广场 矿业 商行 门市 工程 项目 大队 酒楼 酒店 宾馆`)

// strong are cues behind which there is mostly a name; weak ones stand for anybody.
var (
	strong = strings.Fields(`举报人 投诉人 来电人 来信人 反映人 信访人 投诉者 举报者 当事人 行为人 见证人 经营者 经营人 法定代表人 法人代表 法人 负责人 联系人 责任人 承包人 承包者 承租人 出租人 实际控制人 控制人 收款人 签字人 户主 户名 姓名
村民代表 业主代表 居民代表 村民小组长 小组长 房东 店主 店长 摊主 场主 老板 老板娘 厂长 矿长 经理 董事长 安全员 护林员 巡查员 网格员 管理员 专员 司机 驾驶员 驾驶人 车主 村支书 支书 书记 主任 局长 镇长 乡长 县长 区长 市长 科长 队长 所长 组长 站长 校长 院长 处长 股长
妻子 丈夫 儿子 女儿 父亲 母亲 其妻 其夫 弟弟 哥哥 姐姐 妹妹 岳父 岳母 邻居 名叫 叫做 股东 合伙人 养殖户 种植户 承包户 牧户 农户 保洁员 保安员 文书 会计 村长 社长 护士 店员 职员 驾驶员 操作员 饲养员 本人 个人`)
	weak = strings.Fields(`业主 村民 居民 住户 群众 市民 牧民 农民 渔民 租户 商户 工人 职工 保安 教师 医生 干部 人员 经营户`)
)

// tibetan are parts of Tibetan names.
var tibetan = words(`扎西 才让 卓玛 多杰 仁青 仁增 尼玛 达瓦 次仁 旦增 丹增 丹巴 索南 拉姆 央金 桑吉 桑杰 加措 嘉措 旺堆 旺姆 旺毛 东智 东珠 顿珠 南杰 朋措 平措 更登 更尕 贡保 公保 华旦 华青 吉太 角巴 昂毛 昂旺 阿旺 洛桑 罗藏 格桑 格日 卓嘎 白玛 德吉 措毛 拉毛 拉加 周毛 周本 切羊 切吉 看卓 卡毛 俄日 夏吾 先巴 项欠 完么 完德 豆格 关却 久美 晋美 坚赞 曲珍 巴桑 普布 边巴 措姆 江措 尖措 尕藏 多吉 才旦 才仁 西然 羊措 拉泽 东主 却吉 万玛 万德 加羊 华毛 桑德 英措 措 加 吉 毛 杰 本 太 旦`)

// transcribed are characters with which names of Salar and Hui people are written down.
var transcribed = runes("乙四夫哈麻尔麦卜力么乃牙古拜索者阿依布拉毛萨西木德录穆罕默优素则给目沙赛里米热艾吾铁提江汗买杜十三五七八六")
