package rule

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
)

var plainDate = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)

// check looks at what is said of the rule: a page shows it.
func (f *File) check() error {
	var c checker
	a := &f.About
	if a.Key != "" {
		c.key("about.key", a.Key)
	}
	c.text("about.title", a.Title)
	for i := range c.some("about.sources", len(a.Sources)) {
		s, at := a.Sources[i], fmt.Sprintf("about.sources[%d]", i)
		c.wants(s.Title != "" && len(s.Title) <= maxText, at+".title", "写出处，最多 %d 字节", "say what the source is, in up to %d bytes", maxText)
		c.wants(s.Date == "" || plainDate.MatchString(s.Date), at+".date", "日期写成 2026、2026-05 或 2026-05-31；不知道就不写", "a date is 2026, 2026-05 or 2026-05-31; leave it out where it is not known")
	}
	keys := f.Rule.keys()
	for _, key := range slices.Sorted(maps.Keys(a.Names)) {
		c.wants(keys[key], "about.names."+lang.Short(key), "规则里没有叫“%s”的", "nothing in the rule is called %q", lang.Short(key))
		c.text("about.names."+lang.Short(key), a.Names[key])
	}
	return errors.Join(c.faults...)
}

func (c *checker) text(at string, t lang.Text) {
	c.wants(len(t.ZH) <= maxText && len(t.EN) <= maxText, at, "最多 %d 字节", "there are at most %d bytes", maxText)
}

// keys is everything in the rule that can have a name.
func (r *Rule) keys() map[string]bool {
	keys := map[string]bool{}
	measured := func(all []Points) {
		for _, p := range all {
			keys[p.Measure] = true
		}
	}
	for _, s := range r.Stages {
		keys[s.Key] = true
		measured(s.Deductions)
		for _, p := range s.Parts {
			keys[p.Key] = true
			measured(p.Measured)
			measured(p.Deductions)
			if p.Votes != nil {
				keys[p.Votes.Measure] = true
			}
			if p.Judged != nil {
				for _, k := range p.Judged.Criteria {
					keys[k.Key] = true
				}
			}
		}
	}
	for _, cut := range r.Cuts {
		keys[cut.Key] = true
	}
	for _, q := range r.Quotas {
		keys[q.Of] = true
	}
	for _, g := range r.Grades {
		keys[g.Key] = true
		for _, f := range g.Floors {
			keys[f.Measure] = true
		}
	}
	return keys
}
