package complaint

import (
	"iter"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Kind is a kind of pollution. A letter may have several, and none.
type Kind uint8

// The kinds, as the tables of several provinces have them.
const (
	Water Kind = iota
	Air
	Soil
	Ecology
	Noise
	Waste
	Fumes
	Dust
	Radiation
	Sea
	Metal
	OtherKind
)

var kinds = [...]lang.Choice{
	Water:     {Key: "water", Name: lang.Text{ZH: "水", EN: "water"}, Also: []string{"水污染", "水环境", "废水", "污水", "黑臭水体", "饮用水"}},
	Air:       {Key: "air", Name: lang.Text{ZH: "大气", EN: "air"}, Also: []string{"大气污染", "气", "废气", "异味", "恶臭", "大气环境"}},
	Soil:      {Key: "soil", Name: lang.Text{ZH: "土壤", EN: "soil"}, Also: []string{"土壤污染", "土壤环境"}},
	Ecology:   {Key: "ecology", Name: lang.Text{ZH: "生态", EN: "ecology"}, Also: []string{"生态破坏", "生态污染", "生态环境", "自然生态", "生态类"}},
	Noise:     {Key: "noise", Name: lang.Text{ZH: "噪声", EN: "noise"}, Also: []string{"噪音", "噪声污染", "噪音污染", "声"}},
	Waste:     {Key: "waste", Name: lang.Text{ZH: "固废", EN: "solid waste"}, Also: []string{"固体废物", "固废污染", "垃圾", "生活垃圾", "危废", "危险废物", "医疗废物", "建筑垃圾"}},
	Fumes:     {Key: "fumes", Name: lang.Text{ZH: "油烟", EN: "cooking fumes"}, Also: []string{"餐饮油烟", "油烟污染"}},
	Dust:      {Key: "dust", Name: lang.Text{ZH: "扬尘", EN: "dust"}, Also: []string{"扬尘污染", "粉尘"}},
	Radiation: {Key: "radiation", Name: lang.Text{ZH: "辐射", EN: "radiation"}, Also: []string{"辐射污染", "核与辐射", "电磁辐射"}},
	Sea:       {Key: "sea", Name: lang.Text{ZH: "海洋", EN: "sea"}, Also: []string{"海洋污染", "海洋环境"}},
	Metal:     {Key: "metal", Name: lang.Text{ZH: "重金属", EN: "heavy metals"}, Also: []string{"重金属污染"}},
	OtherKind: {Key: "other", Name: lang.Text{ZH: "其他", EN: "other"}, Also: []string{"其它", "其他污染", "其他类", "群众身边的生态环境问题"}},
}

// Key is the kind in the log and in addresses.
func (k Kind) Key() string { return kinds[k].Key }

// Name is what it is called.
func (k Kind) Name() lang.Text { return kinds[k].Name }

// Kinds lists all.
func Kinds() iter.Seq[Kind] {
	return func(yield func(Kind) bool) {
		for k := range kinds {
			if !yield(Kind(k)) {
				return
			}
		}
	}
}

// ReadKinds reads the kinds of a cell, however they are parted, each once. What none of them goes by is
// in unknown, as it was written.
func ReadKinds(cell string) (all []Kind, unknown []string) {
	seen := map[Kind]bool{}
	parts := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、，,；;/／|｜+＋ \t\n\r　", r) })
	for _, part := range parts {
		found := kindsOf(part)
		if len(found) == 0 {
			unknown = append(unknown, part)
		}
		for _, k := range found {
			if !seen[k] {
				seen[k] = true
				all = append(all, k)
			}
		}
	}
	return all, unknown
}

// kindsOf reads one part: a name or two that 和 joins.
func kindsOf(part string) []Kind {
	if i, ok := lang.FindChoice(kinds[:], part); ok {
		return []Kind{Kind(i)}
	}
	if i, ok := lang.FindChoice(kinds[:], strings.TrimSuffix(part, "类")); ok {
		return []Kind{Kind(i)}
	}
	for _, join := range []string{"和", "及", "与"} {
		if a, b, ok := strings.Cut(part, join); ok {
			first, second := kindsOf(a), kindsOf(b)
			if len(first) > 0 && len(second) > 0 {
				return append(first, second...)
			}
		}
	}
	return nil
}

// KindKeys writes kinds as a row has them, each between spaces, so that one can be looked for.
func KindKeys(kinds []Kind) string {
	if len(kinds) == 0 {
		return ""
	}
	keys := make([]string, len(kinds))
	for i, k := range kinds {
		keys[i] = k.Key()
	}
	return " " + strings.Join(keys, " ") + " "
}

// KindsOf reads what KindKeys wrote.
func KindsOf(keys string) (all []Kind) {
	for key := range strings.FieldsSeq(keys) {
		for k := range Kinds() {
			if k.Key() == key {
				all = append(all, k)
			}
		}
	}
	return all
}
