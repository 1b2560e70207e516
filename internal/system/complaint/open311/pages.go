package open311

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Part is which of the requests that a query asks for are answered: so many, behind one. The standard leaves that to
// whoever serves it.
type Part struct {
	After string // an id; empty: from the first
	Size  int
}

// ParsePart reads after and page_size. An answer has [Most] at most, and that many where nothing is said.
func ParsePart(v url.Values) (Part, error) {
	p := Part{After: strings.TrimSpace(v.Get("after")), Size: Most}
	if why, ok := lang.CheckText(p.After, maxID); !ok {
		return Part{}, fault.At("after", &fault.Error{Kind: fault.Invalid, Text: why})
	}
	if s := strings.TrimSpace(v.Get("page_size")); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > Most {
			return Part{}, fault.At("page_size", fault.New(fault.Invalid, "page_size 是 1 到 %[1]d 的数，不是“%[2]s”", "page_size is a number from 1 to %[1]d, not %[2]q", Most, lang.Short(s)))
		}
		p.Size = n
	}
	return p, nil
}

// Of cuts the part out of requests, and says behind which the next one begins; empty: there is none. An id that is none
// of them is a fault.Invalid.
func (p Part) Of(all []Request) (part []Request, next string, err error) {
	if p.After != "" {
		i := 0
		for i < len(all) && all[i].ID != p.After {
			i++
		}
		if i == len(all) {
			return nil, "", fault.At("after", fault.New(fault.Invalid, "after 不是这次查询里的编号：“%[1]s”", "after is no id of this query: %[1]q", lang.Short(p.After)))
		}
		all = all[i+1:]
	}
	if len(all) > p.Size {
		return all[:p.Size], all[p.Size-1].ID, nil
	}
	return all, "", nil
}
