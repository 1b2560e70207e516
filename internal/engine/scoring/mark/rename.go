package mark

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// Rename takes what a table calls its one part and its one criterion for those of a rule that has just one of them: a preset's keys are
// nobody's words. It says what it took. Where a table has several names, or one of the rule's, nothing is renamed.
func (s *Set) Rename(r *rule.Rule) (said []lang.Text) {
	part := only(r)
	if part == nil {
		return nil
	}
	_, _, known := r.Part(part.Key)
	called, one := s.one(func(m *Mark) string { return m.Part })
	if _, _, there := r.Part(called); known && one && !there {
		for i := range s.Marks {
			s.Marks[i].Part = part.Key
		}
		said = append(said, took("环节", "part", called, part.Key))
	}
	if len(part.Judged.Criteria) != 1 {
		return said
	}
	key := part.Judged.Criteria[0].Key
	if called, one := s.one(func(m *Mark) string { return m.Criterion }); one && called != key {
		for i := range s.Marks {
			if s.Marks[i].Criterion != "" {
				s.Marks[i].Criterion = key
			}
		}
		said = append(said, took("指标", "criterion", called, key))
	}
	return said
}

func took(zh, en, called, key string) lang.Text {
	return lang.Text{
		ZH: fmt.Sprintf("表里的%s“%s”就当作规则里唯一的“%s”", zh, called, key),
		EN: fmt.Sprintf("the table's %s %q is taken for the rule's only one, %q", en, called, key),
	}
}

// only is the one judged part of a rule; nil: it has none or several.
func only(r *rule.Rule) (part *rule.Part) {
	for i := range r.Stages {
		for k := range r.Stages[i].Parts {
			p := &r.Stages[i].Parts[k]
			if p.Judged == nil {
				continue
			}
			if part != nil {
				return nil
			}
			part = p
		}
	}
	return part
}

// one is the only name that marks have for something, the empty one aside.
func (s *Set) one(name func(*Mark) string) (called string, one bool) {
	for i := range s.Marks {
		switch n := name(&s.Marks[i]); {
		case n == "" || n == called:
		case called != "":
			return "", false
		default:
			called = n
		}
	}
	return called, called != ""
}
