package judge

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
)

func whole(text string) (int, error) { return strconv.Atoi(text) }

// widths are the digits and points of a Chinese keyboard, which are taken for what they mean.
var widths = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9", "．", ".", "。", ".", "－", "-")

// plain is a mark in its one form: 9.3 where 09.30 was typed. What is no number stays as it was typed. island/sheet.ts does the same.
func plain(typed string) string {
	text := widths.Replace(strings.TrimSpace(typed))
	digits, minus := strings.CutPrefix(text, "-")
	head, tail, _ := strings.Cut(digits, ".")
	if head+tail == "" || strings.Trim(head+tail, "0123456789") != "" {
		return text
	}
	if head = strings.TrimLeft(head, "0"); head == "" {
		head = "0"
	}
	if tail = strings.TrimRight(tail, "0"); tail != "" {
		head += "." + tail
	}
	if minus && strings.Trim(head, "0.") != "" {
		head = "-" + head
	}
	return head
}

// places is how many decimals a mark of a criterion may have.
func places(c *rule.Criterion) int { return max(decimals(c.From.String()), decimals(c.Step.String())) }

func decimals(text string) int {
	_, tail, _ := strings.Cut(text, ".")
	return len(tail)
}

// fits says at once, and in the words of somebody who types, why a text is no mark of a criterion.
func fits(c *rule.Criterion, text string) error {
	n, err := exact.Parse(text)
	if err != nil {
		return fault.At(c.Key, fault.New(fault.Invalid, "写成 9 或 9.3 这样的数", "write a number, as 9 or 9.3"))
	}
	most := places(c)
	switch {
	case decimals(text) > most && most == 0:
		return fault.At(c.Key, fault.New(fault.Invalid, "只能是整数", "whole numbers only"))
	case decimals(text) > most && most == 1:
		return fault.At(c.Key, fault.New(fault.Invalid, "最多一位小数", "one decimal at most"))
	case decimals(text) > most:
		return fault.At(c.Key, fault.New(fault.Invalid, "最多 %d 位小数", "%d decimals at most", most))
	case n.Less(c.From) || c.To.Less(n):
		return fault.At(c.Key, fault.New(fault.Invalid, "要在 %[1]s 到 %[2]s 之间", "between %[1]s and %[2]s", c.From, c.To))
	case !c.On(n):
		return fault.At(c.Key, fault.New(fault.Invalid, "从 %[1]s 起，每次加 %[2]s", "from %[1]s on, in steps of %[2]s", c.From, c.Step))
	}
	return nil
}

// sum is what a whole sheet comes to, by the code that scores it; empty: something is missing or is no mark.
func sum(j *rule.Judged, marks map[string]string) string {
	values := make([]mark.Value, len(j.Criteria))
	for i := range j.Criteria {
		n, err := exact.Parse(marks[j.Criteria[i].Key])
		if err != nil {
			return ""
		}
		values[i] = mark.Of(n)
	}
	return scoring.Sum(j, &mark.Sheet{State: mark.Given, Marks: values}).String()
}
