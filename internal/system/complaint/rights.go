package complaint

import (
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
)

// What one may do with complaints beyond what the public sees.
const (
	Coordinate = "complaint.coordinate" // take batches in, assign, decide returns, objections and proposals
	Answer     = "complaint.answer"     // sign for, verify, put right and report what one's unit is responsible for
	Check      = "complaint.check"      // look on site whether it was put right
	SignOff    = "complaint.sign-off"   // sign off what was checked
	Publish    = "complaint.publish"    // prepare and publish bulletins
	Supervise  = "complaint.supervise"  // visit sites and give instructions there
	Look       = "complaint.look"       // see all problems and what became of them
	Original   = "complaint.original"   // see a letter as it came, with a reason that is kept
	Report     = "complaint.report"     // report by Open311, for somebody who is not asked who they are
)

// Rights are what the system declares to people.
var Rights = right.Declaration{
	System: "complaint",
	Rights: []right.Right{
		{Key: Coordinate, Name: text("接收、交办和协调信访件", "take in, assign and coordinate complaints")},
		{Key: Answer, Name: text("办理本单位负责的信访问题", "deal with what one's unit is responsible for")},
		{Key: Check, Name: text("现场核查整改", "check on site what was put right")},
		{Key: SignOff, Name: text("审核签字", "sign off what was checked")},
		{Key: Publish, Name: text("编制并发布公开批次", "prepare and publish bulletins"), Grave: true},
		{Key: Supervise, Name: text("现场督办", "supervise on site")},
		{Key: Look, Name: text("查看全部信访问题", "see all problems"), Read: true},
		{Key: Original, Name: text("查看信访件原文", "see letters as they came")},
		{Key: Report, Name: text("用程序转交公众的反映（Open311）", "pass on reports of the public by a program (Open311)")},
	},
	Roles: []right.Role{
		{
			Key: "complaint.coordinator", Name: text("协调联络组", "Coordination group"),
			Does:   text("接收批次、拆分合并、当日交办、处理退件和异议、编制公开批次；不能核查，也不能审核签字。", "Takes batches in, splits and merges, assigns the same day, decides returns and objections, prepares bulletins; neither checks nor signs off."),
			Rights: []string{Coordinate, Publish, Look, Original}, Given: right.Grants, Home: "/complaints/desk", Apart: []string{"complaint.unit", "complaint.checker", "complaint.signer"},
		},
		{
			Key: "complaint.unit", Name: text("责任单位", "Responsible unit"),
			Does:   text("签收、核查、整改、报结、申请销号本单位负责的问题；看到的是摘要，不是原信，也不能给自己销号。", "Signs for, verifies, puts right, reports and applies for its own problems; sees a digest and not the letter, and closes nothing of its own."),
			Rights: []string{Answer}, Of: "organisation", Given: right.Grants, Home: "/me", Apart: []string{"complaint.coordinator"},
		},
		{
			Key: "complaint.checker", Name: text("核查组", "Checker"),
			Does:   text("到现场核查别的单位是否整改到位，问群众；不能核查本单位的问题。", "Looks on site whether others have put things right, and asks people; never their own unit's."),
			Rights: []string{Check, Look}, Given: right.Grants, Home: "/complaints/checks",
		},
		{
			Key: "complaint.signer", Name: text("审核签字人", "Signer"),
			Does:   text("审核签字核查通过的问题；不能签自己核查过的。", "Signs off what was checked, never what they checked themselves."),
			Rights: []string{SignOff, Look}, Given: right.Grants, Home: "/complaints/checks", Apart: []string{"complaint.unit"},
		},
		{
			Key: "complaint.supervisor", Name: text("督办领导", "Supervisor"),
			Does:   text("到现场督办，当场下指令，指令成为有责任人和期限的措施。", "Visits sites and gives instructions that become measures with an owner and a date."),
			Rights: []string{Supervise, Look}, Given: right.Grants, Home: "/complaints/visits",
		},
		{
			Key: "complaint.watcher", Name: text("纪检和督查", "Discipline and inspection"),
			Does:   text("查看全部问题、谁办的、谁验收的；不能改动任何内容。", "Sees all problems, who dealt with them and who accepted; changes nothing."),
			Rights: []string{Look}, Given: right.Grants, Home: "/complaints/desk",
		},
		{
			Key: "complaint.program", Name: text("反映接入程序", "Program that reports"),
			Does:   text("把公众在别处反映的问题按 Open311 转交进来，看不到任何内容。", "Passes on by Open311 what people report elsewhere; sees nothing."),
			Rights: []string{Report}, Way: right.ByToken, Given: right.Grants,
		},
	},
}

// mostPhoto and mostPaper bound what is taken; a phone's photo has some 5 MB, a scanned report 20.
const (
	mostPhoto = 20 << 20
	mostPaper = 30 << 20
	mostInk   = 512 << 10 // a signature that was drawn with a finger
)

// EvidenceKinds are what the system takes as evidence.
func EvidenceKinds() []evidence.Kind {
	kinds := []evidence.Kind{
		{Key: System + "." + ProofPhoto, Name: text("现场照片", "photo"), Media: []picture.Media{picture.JPEG, picture.PNG, picture.WebP}, MaxBytes: mostPhoto},
		{Key: System + "." + ProofPaper, Name: text("办理材料（扫描件）", "paper (scanned)"), Media: []picture.Media{picture.PDF, picture.JPEG, picture.PNG}, MaxBytes: mostPaper},
		{Key: System + "." + ProofSignature, Name: text("手写签名", "signature"), Media: []picture.Media{picture.PNG}, MaxBytes: mostInk, Uncompared: true},
	}
	for i, k := range kinds {
		kinds[i].Keep = leastKept(k.Key)
	}
	return kinds
}
