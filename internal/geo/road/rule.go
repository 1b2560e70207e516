package road

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/lang"
)

// Rule says what a traveller does about some OpenStreetMap tags, and why. The
// rules of a Profile are tried in order and the first that applies decides;
// they are data, so that the guide prints the very table that the import obeys.
type Rule struct {
	// When is one or more of key=value|value, all of which must hold. A value *
	// stands for any, and a key! for a tag that is absent.
	When string
	Then Effect
	Why  lang.Text

	conditions []condition
	alike      bool // the first condition is that of the rule before
}

// Effect is what a rule decides.
type Effect uint8

// The effects.
const (
	Refuse  Effect = iota + 1 // may not travel, or pass
	Allow                     // may travel both ways, or pass
	Along                     // may travel only as the line is drawn
	Against                   // may travel only against the line
)

// Text names the effect for the table of rules.
func (e Effect) Text() lang.Text {
	switch e {
	case Refuse:
		return lang.Text{ZH: "不可通行", EN: "no"}
	case Allow:
		return lang.Text{ZH: "可通行", EN: "yes"}
	case Along:
		return lang.Text{ZH: "只可顺线", EN: "only along the line"}
	case Against:
		return lang.Text{ZH: "只可逆线", EN: "only against the line"}
	}
	panic(fmt.Sprintf("road: effect %d", e))
}

type condition struct {
	key    string
	values []string // none: the key must be absent
}

// rule makes a Rule; the texts come from this package, so that a malformed one
// is a defect that the first test shows.
func rule(when string, then Effect, zh, en string) Rule {
	r := Rule{When: when, Then: then, Why: lang.Text{ZH: zh, EN: en}}
	for part := range strings.FieldsSeq(when) {
		if key, absent := strings.CutSuffix(part, "!"); absent {
			r.conditions = append(r.conditions, condition{key: key})
			continue
		}
		key, values, ok := strings.Cut(part, "=")
		if !ok {
			panic("road: rule without a value: " + when)
		}
		r.conditions = append(r.conditions, condition{key, strings.Split(values, "|")})
	}
	return r
}

// letIn makes the rules for ways that a tag expressly lets a traveller into. They
// are streets, platforms, squares, and lines that are nothing else. On the outline of
// a building, a park or a car park the tag says who may go in, and not that one can
// walk along it.
func letIn(tag, zh, en string) []Rule {
	const noSurface = " area! building! building:part! landuse! leisure! natural! amenity! shop! tourism! office! historic! place! boundary! indoor!"
	var rules []Rule
	for _, on := range []string{" highway=*", " railway=platform", " public_transport=platform", " place=square"} {
		rules = append(rules, rule(tag+on, Allow, zh, en))
	}
	rules = append(rules, rule(tag+noSurface, Allow, zh+"（建筑、公园等面的轮廓不算路）", en+" (the outline of a building, a park or the like is no street)"))
	for i := range rules {
		rules[i].alike = i > 0
	}
	return rules
}

// failing returns the first condition of r that t does not meet, or how many there
// are.
func (r *Rule) failing(t osm.Tags) int {
	for i, c := range r.conditions {
		v := t.Get(c.key)
		switch {
		case len(c.values) == 0 && v != "", len(c.values) > 0 && v == "":
			return i
		case len(c.values) > 0 && c.values[0] != "*" && !slices.Contains(c.values, v):
			return i
		}
	}
	return len(r.conditions)
}

// decide returns the effect of the first rule that applies, or otherwise.
func decide(rules []Rule, t osm.Tags, otherwise Effect) Effect {
	failing := -1
	for i := range rules {
		r := &rules[i]
		if r.alike && failing == 0 {
			continue
		}
		if failing = r.failing(t); failing == len(r.conditions) {
			return r.Then
		}
	}
	return otherwise
}

// Rules returns the rules of p as a Markdown table in language l, for the
// guide.
func Rules(p Profile, l lang.Lang) string {
	var b strings.Builder
	part := func(title string, rules []Rule, otherwise string) {
		fmt.Fprintf(&b, "**%s**\n\n| %s | %s | %s |\n|---|---|---|\n", title, l.T("标签", "Tags"), l.T("处理", "Effect"), l.T("理由", "Reason"))
		for _, r := range rules {
			when := strings.ReplaceAll(strings.ReplaceAll(r.When, "|", ", "), " ", " ")
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", when, r.Then.Text().In(l), r.Why.In(l))
		}
		fmt.Fprintf(&b, "| %s | %s | |\n\n", l.T("其他", "anything else"), otherwise)
	}
	part(l.T("哪些道路可走", "Which ways"), p.ways, Refuse.Text().In(l))
	part(l.T("哪个方向", "Which direction"), p.directions, l.T("双向", "both"))
	part(l.T("路上的障碍", "Barriers on the way"), p.barriers, Allow.Text().In(l))
	return b.String()
}
