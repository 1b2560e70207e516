package intake

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/gb"
)

// provinceLetters are the letters of the provinces by the first two digits of their divisions, after GB/T 2260.
var provinceLetters = map[string]string{
	"11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL", "31": "SH", "32": "JS", "33": "ZJ", "34": "AH",
	"35": "FJ", "36": "JX", "37": "SD", "41": "HA", "42": "HB", "43": "HN", "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ",
	"53": "YN", "54": "XZ", "61": "SN", "62": "GS", "63": "QH", "64": "NX", "65": "XJ",
}

var provinceOf = func() map[string]string {
	all := map[string]string{}
	for digits, letters := range provinceLetters {
		all[letters] = digits + "0000"
	}
	return all
}()

// fewest is from how many rows on a batch itself says which letters are usual in it.
const fewest = 3

// elsewhere remarks on codes that seem to be another place's: with other letters than most of the batch or, in a short one,
// with those of another province, or with the digits of a division that is not here. Teams do not all keep to the standard's
// letters, so it is a remark and no error.
func (r *reader) elsewhere() {
	count := map[string]int{}
	usual, of := "", 0
	for _, l := range r.batch.Letters {
		if region := l.Code.Region; region != "" {
			of++
			if count[region]++; count[region] > count[usual] {
				usual = region
			}
		}
	}
	if of < fewest || 2*count[usual] <= of {
		usual = ""
	}
	for _, l := range r.batch.Letters {
		if zh, en := r.foreign(l, usual); zh != "" {
			r.batch.finding(l.Row, fieldName(fCode), false, zh, en)
		}
	}
}

func (r *reader) foreign(l Letter, usual string) (zh, en string) {
	home := r.how.Home
	if digits := l.Code.Division; digits != "" && home.Valid() {
		d, err := gb.Parse(digits)
		if err != nil || !d.Within(home) {
			return fmt.Sprintf("编号里的区划 %s 不在%s，请核对是不是别处的件", digits, home.Name().ZH), fmt.Sprintf("the division %s in the code is not in %s: check whether it is another place's", digits, home.Name().EN)
		}
	}
	region := l.Code.Region
	if region == "" || region == usual {
		return "", ""
	}
	other := ""
	if p, err := gb.Parse(provinceOf[region]); err == nil && !home.Within(p) {
		other = p.Name().ZH
	}
	switch {
	case usual != "":
		return fmt.Sprintf("编号里的“%s”和这一批别的编号（%s）不一样%s，请核对是不是别处的件", region, usual, note("，是%s的代码", other)),
			fmt.Sprintf("%q in the code is not %q as in the other rows: check whether it is another place's", region, usual)
	case other != "" && home.Valid():
		return fmt.Sprintf("编号里的“%s”是%s的代码，请核对是不是外省的件", region, other), fmt.Sprintf("%q in the code stands for another province: check whether it is another place's", region)
	}
	return "", ""
}

func note(form, name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(form, name)
}
