package clock

import (
	_ "embed" // the rules
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

//go:embed rules.txt
var rules string

var catalogue = mustRead(rules)

// Catalogue lists the periods of the law that the program knows, in the order of the file.
func Catalogue() []Rule { return slices.Clone(catalogue) }

// Find returns the rule of a key that was in force on a day, or a fault.NotFound that
// names those that sound like it.
func Find(key string, on calendar.Date) (Rule, error) {
	var near []string
	for _, r := range catalogue {
		switch {
		case r.Name != key:
			if key != "" && strings.Contains(r.Name+r.Title.ZH, key) || strings.Contains(key, r.Name) {
				near = append(near, r.Name)
			}
		case r.InForce(on):
			return r, nil
		default:
			return Rule{}, fault.New(fault.NotFound, "规则“%[1]s”在 %[2]v 不在施行中", "the rule %[1]s was not in force on %[2]v", key, on)
		}
	}
	if len(near) == 0 {
		return Rule{}, fault.New(fault.NotFound, "没有“%[1]s”这条期限规则", "there is no rule %[1]q", lang.Short(key))
	}
	return Rule{}, fault.New(fault.NotFound, "没有“%[1]s”这条期限规则。相近的有：%[2]s", "there is no rule %[1]q. Near it are: %[2]s", lang.Short(key), strings.Join(near, "、"))
}

// mustRead panics on a mistake in the embedded file.
func mustRead(text string) []Rule {
	all, err := ReadRules(text)
	if err != nil {
		panic("clock: rules.txt: " + err.Error())
	}
	return all
}

// ReadRules reads rules as rules.txt explains. The first mistake is a fault.Invalid that names its line.
func ReadRules(text string) (all []Rule, err error) {
	wrong := func(n int, line string, err error) error {
		return fault.New(fault.Invalid, "第 %[1]d 行读不懂：%[2]s", "line %[1]d cannot be read: %[2]s", n+1, lang.Short(line)).Because(err)
	}
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || strings.HasPrefix(word, "#") {
			continue
		}
		if word == "rule" {
			key, names, _ := strings.Cut(rest, " | ")
			all = append(all, Rule{Name: strings.TrimSpace(key), Title: text2(names)})
			continue
		}
		if len(all) == 0 {
			return nil, wrong(n, line, nil)
		}
		if err := all[len(all)-1].read(word, strings.TrimSpace(rest)); err != nil {
			return nil, wrong(n, line, err)
		}
	}
	seen := map[string]bool{}
	for _, r := range all {
		if err := r.Check(); err != nil {
			return nil, err
		}
		if seen[r.Name] {
			return nil, fault.New(fault.Invalid, "规则“%[1]s”写了两次", "the rule %[1]s is there twice", r.Name)
		}
		seen[r.Name] = true
	}
	return all, nil
}

// text2 reads "中文 | English".
func text2(s string) lang.Text {
	zh, en, _ := strings.Cut(s, "|")
	return lang.Text{ZH: strings.TrimSpace(zh), EN: strings.TrimSpace(en)}
}

// flag is a line that is one word or a few.
func (r *Rule) flag(line string) bool {
	switch line {
	case "back":
		r.Back = true
	case "clear":
		r.Clear = true
	case "same day":
		r.SameDay = true
	case "as it is":
		r.AsItIs = true
	case "closes":
		r.Closes = true
	default:
		return false
	}
	return true
}

func (r *Rule) read(word, rest string) (err error) {
	switch word {
	case "length":
		r.Length, err = ParseLength(rest)
	case "from":
		r.From = text2(rest)
	case "law":
		r.Law, r.Article, _ = strings.Cut(rest, " ")
	case "valid":
		return r.valid(rest)
	case "pauses":
		names, whole := strings.CutSuffix(rest, " whole")
		name := text2(names)
		r.Pauses = append(r.Pauses, Pause{Key: name.ZH, Name: name, Whole: whole})
	case "extend":
		return r.extension(rest)
	case "doubt":
		r.Doubt = text2(rest)
	default:
		if !r.flag(strings.TrimSpace(word + " " + rest)) {
			return fault.New(fault.Invalid, "不认识“%[1]s”", "%[1]q is not known", lang.Short(word))
		}
	}
	return err
}

func (r *Rule) valid(rest string) error {
	for i, day := range strings.Fields(rest) {
		d, err := calendar.ParseDate(day)
		if err != nil {
			return err
		}
		if i == 0 {
			r.ValidFrom = &d
		} else {
			r.ValidUntil = &d
		}
	}
	return nil
}

func (r *Rule) extension(rest string) error {
	head, who, _ := strings.Cut(rest, " by ")
	times, length, _ := strings.Cut(head, " ")
	n, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	most, err := ParseLength(length)
	r.Extend = &Extension{Most: most, Times: n, By: text2(who)}
	return err
}
