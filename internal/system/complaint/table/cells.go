package table

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Cell is what a row has in a column.
func (r Row) Cell(c Column) string {
	switch c {
	case ColumnNumber:
		return star(r.Key) + strconv.Itoa(r.Number)
	case ColumnCode:
		return r.Code
	case ColumnText:
		return r.Text
	case ColumnRegion:
		if r.Region == "" && r.Division.Valid() {
			return r.Division.Name().ZH
		}
		return r.Region
	case ColumnPlace:
		return r.Place
	case ColumnKinds:
		if r.KindsText == "" {
			return kindNames(r.Kinds)
		}
		return r.KindsText
	case ColumnFound:
		return r.Found
	case ColumnVerdict:
		if r.Verdict == complaint.Unjudged {
			return r.Judged
		}
		return r.Verdict.Name().ZH
	case ColumnPoints:
		return r.pointsCell()
	case ColumnDone:
		return r.Done
	case ColumnAim:
		return r.Aim
	case ColumnStatus:
		return r.statusCell()
	case ColumnSanctions:
		return r.sanctionsCell()
	case ColumnAccounts:
		if r.Sanctions.Accounts == "" && r.Sanctions.Accountable > 0 {
			return fmt.Sprintf("问责 %d 人", r.Sanctions.Accountable)
		}
		return r.Sanctions.Accounts
	case ColumnKey:
		if r.Key {
			return "是"
		}
	case ColumnChannel:
		if r.Channel != complaint.Unsaid {
			return r.Channel.Name().ZH
		}
	case ColumnNote:
		return r.Note
	}
	return ""
}

func star(key bool) string {
	if key {
		return "*"
	}
	return ""
}

func kindNames(kinds []complaint.Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name().ZH)
	}
	return strings.Join(names, "、")
}

// pointsCell is the verdict of each point under its number.
func (r Row) pointsCell() string {
	var all []string
	for i, p := range r.Points {
		number := p.Number
		if number == "" {
			number = strconv.Itoa(i + 1)
		}
		all = append(all, number+"："+p.Verdict.Name().ZH)
	}
	return strings.Join(all, "\n")
}

// statusCell says of a stage-closed letter what comes next, and who owes it.
func (r Row) statusCell() string {
	if r.Status == Unsaid {
		return ""
	}
	name := r.Status.Name().ZH
	if r.Next == (calendar.Date{}) {
		return name
	}
	owes := ""
	if r.Owes != "" {
		owes = "，责任单位：" + r.Owes
	}
	return name + "（下一节点：" + r.Next.String() + owes + "）"
}

// sanctionsCell is what was written, or the counts.
func (r Row) sanctionsCell() string {
	s := r.Sanctions
	if s.Text != "" {
		return s.Text
	}
	var all []string
	say := func(n int, format string) {
		if n > 0 {
			all = append(all, fmt.Sprintf(format, n))
		}
	}
	say(s.Penalised, "立案处罚 %d 件")
	if s.Fined > 0 {
		all = append(all, "罚款 "+yuan(s.Fined)+" 元")
	}
	say(s.Interviewed, "约谈 %d 人")
	say(s.Accountable, "问责 %d 人")
	return strings.Join(all, "，")
}

func yuan(fen int64) string {
	if fen%100 == 0 {
		return strconv.FormatInt(fen/100, 10)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}
