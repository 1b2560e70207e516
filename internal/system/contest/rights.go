package contest

import (
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
)

// What one may do with contests beyond what the public sees.
const (
	Organise  = "contest.organise"  // begin contests, review entries, give seats, draw
	Enter     = "contest.enter"     // submit entries of one's unit
	Judge     = "contest.judge"     // mark what one's seat owes
	Score     = "contest.score"     // clock, paper, closing, asking for corrections
	Supervise = "contest.supervise" // confirm what takes two people, and check
	Host      = "contest.host"      // reveal what was checked
	Adopt     = "contest.adopt"     // say that one's unit has adopted a case
	Recommend = "contest.recommend" // nominate stations of one's division, and recommend them
	Fund      = "contest.fund"      // post where money went
)

func text(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// Rights are what the system declares to people.
var Rights = right.Declaration{
	System: System,
	Rights: []right.Right{
		{Key: Organise, Name: text("组织评审：征集、初审、评委席、抽签", "organise contests: call, review, seats, draw")},
		{Key: Enter, Name: text("申报本单位的作品", "submit entries of one's unit")},
		{Key: Judge, Name: text("给自己席位该评的作品打分", "mark what one's seat owes")},
		{Key: Score, Name: text("计时、录纸质评分表、收分、提出更正", "time, type paper sheets, close, ask for corrections")},
		{Key: Supervise, Name: text("确认缺席、弃权、更正和作废，复核", "confirm absences, forfeits, corrections and voidings; check")},
		{Key: Host, Name: text("公布复核过的成绩", "reveal what was checked")},
		{Key: Adopt, Name: text("记录本单位采用了哪个案例", "record that one's unit has adopted a case")},
		{Key: Recommend, Name: text("提名和推荐本区划的驿站", "nominate and recommend stations of one's division")},
		{Key: Fund, Name: text("登记奖补资金流水", "post where money of a selection went")},
	},
	Roles: []right.Role{
		{
			Key: "contest.organiser", Name: text("评审组织方", "Organiser"),
			Does:   text("建立评审、征集和初审作品、安排评委席、抽签、公示；不打分，也不复核。", "Begins contests, takes and reviews entries, gives seats, draws the order; neither marks nor checks."),
			Rights: []string{Organise}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.judge", "contest.scorekeeper", "contest.supervisor"},
		},
		{
			Key: "contest.unit", Name: text("申报单位", "Entrant"),
			Does:   text("申报本单位的作品，看初审意见；获奖以后写案例卡，也记录本单位采用了谁的案例；看不到别人的申报。", "Submits its own entries and sees what the review says of them; writes the case cards of those that won, and records what its unit has adopted; never sees another's entry."),
			Rights: []string{Enter, Adopt}, Of: "organisation", Given: right.Grants, Home: "/contests",
		},
		{
			Key: "contest.adopter", Name: text("学用单位", "Adopter"),
			Does:   text("记录本单位采用了哪个获奖案例，附佐证；自己核实不了自己的。", "Records which winning cases its unit has adopted, with evidence; verifies none of its own."),
			Rights: []string{Adopt}, Of: "organisation", Given: right.Grants, Home: "/contests/cards",
		},
		{
			Key: "contest.judge", Name: text("评委", "Judge"),
			Does:   text("在自己的席位上打分、封存评分表；看不到别的评委的分，回避的作品什么也看不到。", "Marks and seals the sheets of one's own seat; never sees another's, and nothing of what one is recused from."),
			Rights: []string{Judge}, Given: right.Grants, Way: right.ByDevice, Home: "/contests/judge", Apart: []string{"contest.organiser", "contest.scorekeeper", "contest.supervisor"},
		},
		{
			Key: "contest.scorekeeper", Name: text("计分员", "Scorekeeper"),
			Does:   text("计时、录入纸质评分表、收分、提出更正；自己提出的自己不能确认，也不决定结果。", "Keeps the clock, types paper sheets, closes, asks for corrections; confirms nothing of its own and decides no result."),
			Rights: []string{Score}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.organiser", "contest.judge", "contest.supervisor"},
		},
		{
			Key: "contest.supervisor", Name: text("监督员", "Supervisor"),
			Does:   text("确认缺席、弃权、更正和作废，复核每个成绩；不录入分数。", "Confirms absences, forfeits, corrections and voidings, and checks each result; enters no marks."),
			Rights: []string{Supervise}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.organiser", "contest.judge", "contest.scorekeeper"},
		},
		{
			Key: "contest.host", Name: text("主持人", "Host"),
			Does:   text("照屏幕提示主持，一键公布复核过的成绩；看不到没有公布的。", "Is told what to say next, and reveals what was checked with one key; sees nothing that is not revealed."),
			Rights: []string{Host}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.judge", "contest.supervisor"},
		},
		{
			Key: "contest.recommender", Name: text("推荐单位", "Recommender"),
			Does:   text("提名本区划的驿站，按名额逐级推荐或退回；不打分。", "Nominates stations of its division, recommends them within its quota or sends them back; never marks."),
			Rights: []string{Recommend}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.judge"},
		},
		{
			Key: "contest.treasurer", Name: text("资金经办", "Treasurer"),
			Does:   text("登记奖补资金的预算、拨付、收讫和支出；登记了就不能改，只能冲回。", "Posts budgets, payments, receipts and spending; what is posted is never changed, only taken back."),
			Rights: []string{Fund}, Given: right.Grants, Home: "/contests", Apart: []string{"contest.judge", "contest.recommender"},
		},
	},
}
