package campaign

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

//go:embed rules.txt
var rulesText string

var ownRules = sync.OnceValues(func() ([]clock.Rule, error) { return clock.ReadRules(rulesText) })

// The clocks that a letter's or a problem's clock is chosen from.
const (
	ReportKey   = complaint.ClockReport + "-key"   // of a key letter
	WindowAgain = complaint.ClockWindow + "-again" // of a problem that has come back
)

// Preset is what a kind of campaign asks for. It is data: a campaign takes it over when it is made, and
// has its own from then on.
type Preset struct {
	Key      string
	Name     lang.Text
	Source   lang.Text
	Acceptor Acceptor
	Columns  string            // the column set of the public table
	Rules    map[string]string // by clock, the key of its rule
	Reports  Reports           // whether it takes reports of the public from the beginning
}

// Acceptor is who accepts on site.
type Acceptor string

// The acceptors.
const (
	ByUnrelated Acceptor = "unrelated" // a unit that has nothing to do with the responsible one
	BySuperior  Acceptor = "superior"  // its superior, and then an unrelated unit, too
)

func text(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// usual are the rules that all presets begin with.
var usual = map[string]string{
	complaint.ClockSign: "督察.签收", complaint.ClockDecide: "督察.退件处理", complaint.ClockVerify: "督察.核查", complaint.ClockCheck: "督察.现场核查",
	complaint.ClockPublicity: "督察.公示", complaint.ClockWindow: "督察.观察期", WindowAgain: "督察.再次观察期",
	complaint.ClockObjection: "督察.异议", complaint.ClockProposal: "督察.重开建议",
	complaint.ClockReport: "督察.普通件", ReportKey: "督察.重点件",
}

// standing is the preset of what is no inspection.
const standing = "public"

// presets have the sources that were seen; what differs by round is an example.
var presets = []Preset{
	{
		Key: "central", Name: text("中央督察边督边改", "central inspection"), Acceptor: BySuperior, Columns: "c", Rules: usual,
		Source: text("第二、三轮公开的一览表和各省边督边改方案；报结十日（山东 2018），重点件五日为示例", "published tables of rounds two and three, and plans of provinces; ten days to report (Shandong 2018), five for key ones as an example"),
	},
	{
		Key: "city", Name: text("市级督察", "a city's own inspection"), Acceptor: ByUnrelated, Columns: "c",
		Rules:  with(complaint.ClockReport, "督察.普通件三日", ReportKey, "督察.重点件五日"),
		Source: text("兰州 2019：一般件三日、重点件五日；示例", "Lanzhou 2019: three days, five for key ones; an example"),
	},
	{
		Key: standing, Name: text("常年受理公众反映", "reports of the public, all year"), Acceptor: ByUnrelated, Columns: "a", Rules: usual, Reports: ByPage,
		Source: text("没有督察组进驻，公众在网页上直接反映；时限与督察的相同，为示例", "no team is here: people report on the page themselves; the periods are those of an inspection, as an example"),
	},
}

func with(pairs ...string) map[string]string {
	rules := maps.Clone(usual)
	for i := 0; i < len(pairs); i += 2 {
		rules[pairs[i]] = pairs[i+1]
	}
	return rules
}

// Presets lists them.
func Presets() []Preset { return slices.Clone(presets) }

// PresetOf returns a preset by its key, or a fault.Invalid.
func PresetOf(key string) (Preset, error) {
	i := slices.IndexFunc(presets, func(p Preset) bool { return p.Key == key })
	if i < 0 {
		return Preset{}, fault.At("preset", fault.New(fault.Invalid, "没有“%[1]s”这个预设", "there is no preset %[1]q", lang.Short(key)))
	}
	return presets[i], nil
}

// Settings are the preset's, as a campaign that begins on a day takes them over.
func (p Preset) Settings(on calendar.Date) (Settings, error) {
	s := Settings{Preset: p.Key, Acceptor: p.Acceptor, Columns: p.Columns, Reports: p.Reports, Rules: map[string]clock.Rule{}}
	own, err := ownRules()
	if err != nil {
		return s, fmt.Errorf("campaign: %w", err)
	}
	for name, key := range p.Rules {
		i := slices.IndexFunc(own, func(r clock.Rule) bool { return r.Name == key })
		if i >= 0 {
			s.Rules[name] = own[i]
		} else if s.Rules[name], err = clock.Find(key, on); err != nil {
			return s, fmt.Errorf("campaign: preset %s: %w", p.Key, err)
		}
	}
	return s, nil
}
