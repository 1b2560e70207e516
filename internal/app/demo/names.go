package demo

// Side streets are named from two lists, in Chinese and in pinyin.
var (
	nameHeads = [][2]string{
		{"兴海", "Xinghai"},
		{"祥和", "Xianghe"},
		{"东风", "Dongfeng"},
		{"民主", "Minzhu"},
		{"团结", "Tuanjie"},
		{"文化", "Wenhua"},
		{"礼让", "Lirang"},
		{"饮马", "Yinma"},
		{"石坡", "Shipo"},
		{"观门", "Guanmen"},
		{"教场", "Jiaochang"},
		{"仓门", "Cangmen"},
		{"玉井", "Yujing"},
		{"学院", "Xueyuan"},
		{"果洛", "Golog"},
		{"玉树", "Yushu"},
		{"海东", "Haidong"},
		{"格尔木", "Golmud"},
		{"刚察", "Gangcha"},
		{"门源", "Menyuan"},
		{"乐都", "Ledu"},
		{"贵德", "Guide"},
		{"同德", "Tongde"},
		{"兴隆", "Xinglong"},
		{"永安", "Yongan"},
		{"和平", "Heping"},
		{"光明", "Guangming"},
		{"青稞", "Qingke"},
		{"柳湾", "Liuwan"},
		{"丁香", "Dingxiang"},
		{"杨树", "Yangshu"},
		{"沙棘", "Shaji"},
		{"雪莲", "Xuelian"},
		{"鲁青", "Luqing"},
		{"昆仑里", "Kunlunli"},
		{"泉湾", "Quanwan"},
	}
	nameMiddles = [][2]string{{"", ""}, {"", ""}, {"东", "East "}, {"西", "West "}, {"南", "South "}, {"北", "North "}, {"一", "First "}, {"二", "Second "}}
	nameTails   = [][2]string{{"巷", "Lane"}, {"巷", "Lane"}, {"街", "Street"}, {"路", "Road"}}
)

// sideName names the side street that begins at p.
func sideName(p point) (zh, en string) {
	luck := at(p, 31)
	head, middle := pick(luck, nameHeads), pick(luck.again(), nameMiddles)
	tail := pick(luck.again().again(), nameTails)
	return head[0] + middle[0] + tail[0], middle[1] + head[1] + " " + tail[1]
}
