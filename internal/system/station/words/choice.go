package words

import (
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// UnknownChoice says that a choice of the list that name is called by in addresses is
// none of it.
func UnknownChoice(name, value string) error {
	return fault.At(name, fault.New(fault.Invalid, "没有“%s”这一项。请从页面上的列表里选。", "There is no choice “%s”. Choose from the list on the page.", lang.Short(value)))
}
