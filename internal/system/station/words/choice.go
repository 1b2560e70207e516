package words

import (
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// UnknownChoice says that a choice of a list is none of it.
func UnknownChoice(name, value string) error {
	return fault.New(fault.Invalid, "筛选条件 %[1]s 没有“%[2]s”这一项。请从页面上的下拉框选。",
		"There is no “%[2]s” for %[1]s. Choose from the lists on the page.", name, lang.Short(value))
}
