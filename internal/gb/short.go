package gb

import "regexp"

// autonomous is the name of a county, prefecture or banner with its peoples in it:
// 大通回族土族自治县. Offices leave them out: 大通县.
var autonomous = regexp.MustCompile(`^(\p{Han}{2,}?)(?:(?:` +
	`蒙古|维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|高山|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|乌孜别克|` +
	`俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺)族?|(?:回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各)族)+自治(县|州|旗)$`)

// short is the name of a division as offices write it, or "" where that is its own.
func short(name string) string {
	m := autonomous.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}
