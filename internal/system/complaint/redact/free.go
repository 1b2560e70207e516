package redact

import (
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

// Free wants a text in which no rule is sure of personal data: a digest, a title, a reason, which units and later the
// public read and nobody redacts. What it finds is told, so that whoever wrote it can take it out.
func Free(field, text string) error {
	var found []string
	for _, s := range Find(text) {
		if s.Sure {
			found = append(found, s.Text)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return fault.At(field, fault.New(fault.Invalid, "这里别的单位和公众会看到，不能有个人信息，请去掉：%[1]s", "Units and the public read this, so it has nobody's data; take this out: %[1]s", strings.Join(found, "、")))
}
