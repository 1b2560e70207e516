// Package lang holds the two languages of the product: Chinese first, English
// complete.
//
// A text is written once, where it is used, in both languages side by side:
// l.T("附近的驿站", "Stations nearby"). A text without its translation does not
// compile, and whoever changes one sees the other. Texts that travel (errors,
// names of services) are carried as a Text and rendered at the edge.
package lang

import "fmt"

// Lang is one of the product's languages. The zero value is Chinese.
type Lang uint8

// The languages.
const (
	ZH Lang = iota
	EN
)

// Parse reads a language tag such as "zh-CN", "en_US.UTF-8" or "en"; anything
// that is not English is Chinese.
func Parse(tag string) Lang {
	if len(tag) >= 2 && (tag[:2] == "en" || tag[:2] == "EN") {
		return EN
	}
	return ZH
}

// Tag returns the BCP 47 tag for an html lang attribute.
func (l Lang) Tag() string { return l.T("zh-CN", "en") }

// T returns the text of language l.
func (l Lang) T(zh, en string) string {
	if l == EN {
		return en
	}
	return zh
}

// F formats the text of language l. Where the two languages need their
// arguments in different order they use indexes: %[2]s.
func (l Lang) F(zh, en string, args ...any) string {
	return fmt.Sprintf(l.T(zh, en), args...)
}

// Text is a text in both languages, for a value that is made before its
// reader is known.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the text in language l.
func (t Text) In(l Lang) string { return l.T(t.ZH, t.EN) }
