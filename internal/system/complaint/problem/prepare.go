package problem

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// prepare reads what is special about a move.
func (k *making) prepare() (err error) {
	switch k.m.Move {
	case "assign":
		return k.assign()
	case "found", "untrue":
		return k.judge()
	case "done":
		if err := k.somethingNew(); err != nil {
			return err
		}
	case "stage":
		owes, err := checkOwes(k.tx, k.m.Owes)
		if err != nil {
			return err
		}
		k.step.Fields[complaint.FieldNext], k.step.Fields[complaint.FieldOwes] = k.m.Day.String(), owes
		k.p.NextDay, k.p.NextOwes, k.says.Next = k.m.Day.String(), owes, k.m.Day.String()
	case "apply":
		return k.tests()
	case "confirm", "check", "check-against", "accept", "check-too":
		return k.checked()
	case "sign-off", "file":
		return stillHolds(k)
	case "reopen":
		k.says.Accepted = k.p.Accepted // whose acceptance failed
		k.p.Accepted, k.p.FiledAt, k.p.Verdict = "", nil, ""
	case "merge":
		return k.into()
	}
	if k.m.Move != "stage" && k.p.Stage == complaint.Staged {
		k.p.NextDay, k.p.NextOwes = "", ""
	}
	return nil
}

// maxOwes bounds who answers for a next step, in characters.
const maxOwes = 80

// checkOwes wants an organisation to answer for a next step, or a post in words that the public may read.
func checkOwes(tx *db.Tx, owes string) (string, error) {
	owes = strings.TrimSpace(owes)
	if t, ok := lang.CheckText(owes, maxOwes); !ok {
		return "", fault.At("owes", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if _, err := identity.Named(tx, owes); fault.KindOf(err) != fault.NotFound {
		return owes, err
	}
	return owes, redact.Free("owes", owes)
}

func (k *making) assign() error {
	if k.m.Lead == "" {
		return fault.At("lead", fault.New(fault.Invalid, "请选主办单位", "choose the unit that leads"))
	}
	k.m.Joint = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(k.m.Joint))), func(o string) bool { return o == k.m.Lead || o == "" })
	for i, id := range append([]string{k.m.Lead}, k.m.Joint...) {
		o, err := identity.Named(k.tx, id)
		if err == nil && o.ClosedAt != nil {
			err = fault.New(fault.Conflict, "“%[1]s”已经停用，请选别的单位", "%[1]q is closed: choose another", o.Name)
		}
		if err != nil {
			return fault.At([]string{"lead", "joint"}[min(i, 1)], err)
		}
	}
	if k.m.Lead == k.c.Office {
		return fault.At("lead", fault.New(fault.Invalid, "协调单位不能把问题交办给自己：交办的和办理的要分开", "the office that coordinates cannot assign to itself: who assigns and who does it are apart"))
	}
	k.step.Lead, k.step.Joint, k.says.Joint = k.m.Lead, append([]string{}, k.m.Joint...), k.m.Joint
	return nil
}

// judge takes the verdicts of all points, and holds them against the move.
func (k *making) judge() error {
	points, err := letter.PointsOf(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	if err := letter.Judge(k.tx, points, k.m.Verdicts); err != nil {
		return err
	}
	if err := Pointed(k.tx, k.by, points); err != nil {
		return err
	}
	var all []complaint.Verdict
	for _, p := range points {
		all = append(all, k.m.Verdicts[p.Key()])
	}
	v := complaint.Of(all)
	switch {
	case k.m.Move == "untrue" && v != complaint.Untrue:
		return fault.At("verdict", fault.New(fault.Invalid, "有的问题点属实或部分属实，不能认定为不属实", "some points are true, at least in part: this is not untrue"))
	case k.m.Move == "found" && v == complaint.Untrue:
		return fault.At("verdict", fault.New(fault.Invalid, "所有问题点都不属实：请选“认定不属实”，由无关单位复核", "no point is true: choose “found untrue”, and an unrelated unit looks again"))
	}
	k.p.Verdict, k.says.Verdict, k.step.Fields[complaint.FieldVerdict] = v.Key(), v.Key(), v.Key()
	return nil
}

func (k *making) tests() error {
	met := map[string]bool{}
	for _, t := range k.m.Tests {
		met[t] = true
	}
	var missing []string
	for _, t := range Tests {
		if !met[t.Key] {
			missing = append(missing, t.Says[0])
		}
	}
	if len(missing) > 0 {
		return fault.At("tests", fault.New(fault.Invalid, "五项标准还没有全部达到：%[1]s", "not all five tests are met: %[2]d are missing", strings.Join(missing, "；"), len(missing)))
	}
	k.step.Fields[complaint.FieldTests] = strings.Join(k.m.Tests, " ")
	return nil
}

// checked asks what people say, and which way of accepting the campaign has.
func (k *making) checked() error {
	if k.m.Move != "confirm" && k.m.Move != "check-too" {
		if superior := k.c.Acceptor == campaign.BySuperior; superior != (k.m.Move == "accept") {
			if superior {
				return fault.New(fault.Conflict, "这次督察由责任单位的上级先验收，再由无关单位复核：请走“上级验收通过”。", "In this inspection the superior accepts first, and an unrelated unit checks then: use “accepted by the superior”.")
			}
			return fault.New(fault.Conflict, "这次督察由无关单位直接核查，没有上级验收这一步。", "In this inspection an unrelated unit checks at once; there is no acceptance by the superior.")
		}
	}
	heard, err := k.heard()
	if err != nil {
		return err
	}
	k.says.Words = &heard
	if heard.Not > 0 && k.m.Move != "check-against" {
		return fault.New(fault.Conflict, "有 %[1]d 位群众认为没有解决：退回整改；确认是另外的问题、仍要通过的，走“群众认为没解决，仍核查通过”，会计数并公开。",
			"%[1]d say that it is not solved: send it back. If that is another matter and it passes all the same, use the step for it, which is counted and published.", heard.Not)
	}
	if k.m.Move == "check-against" {
		k.step.Fields[complaint.FieldAgainst] = strconv.Itoa(heard.Not)
	}
	k.step.Proofs = append(k.step.Proofs, casework.Proof{Kind: complaint.ProofWord, Ref: k.p.Code})
	k.p.Accepted = k.by.Sign
	return nil
}

// stillHolds holds a closing up that was checked against what came since: each letter has a word, also one that came
// late, and no photo is in doubt. What people say is published as it stands when it is filed.
func stillHolds(k *making) error {
	if err := k.likenesses(); err != nil {
		return err
	}
	points, err := letter.PointsOf(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	for _, p := range points {
		if p.Verdict == "" {
			return fault.New(fault.Conflict, "有后来并入的问题点还没有认定是否属实：请责任单位先认定。", "A point that came later was not judged yet: the responsible unit says first whether it is true.")
		}
	}
	heard, err := k.heard()
	if err != nil {
		return err
	}
	k.step.Proofs = append(k.step.Proofs, casework.Proof{Kind: complaint.ProofWord, Ref: k.p.Code})
	if k.m.Move == "file" {
		k.says.Words = &heard
		k.step.Proofs = append(k.step.Proofs, casework.Proof{Kind: complaint.ProofBulletin, Ref: k.p.Code})
	}
	return nil
}

// round is when the problem was last sent to be put right, and whether it had been called done before that, in this
// life or in one that came back: what was shown then is past.
func (k *making) round() (began time.Time, again bool, err error) {
	err = k.steps(func(s casework.Past) {
		switch {
		case s.Move == "reopen":
			began, again = s.Recorded, true
		case s.Life != k.p.Life || s.To == s.From:
		case s.To == complaint.Rectifying && s.From != complaint.Staged:
			began = s.Recorded
		case s.To == complaint.Done:
			again = true
		}
	})
	return began, again, err
}

// somethingNew wants something done since a problem was sent back: else what was not enough would be applied for
// again.
func (k *making) somethingNew() error {
	began, again, err := k.round()
	if err != nil || !again {
		return err
	}
	measures, err := Measures(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	for _, m := range measures {
		if m.DoneAt != nil && !m.DoneAt.Before(began) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "退回整改以后还没有新完成的措施：先加一项措施，拍新的照片完成它，再办结。", "Nothing was done since it was sent back: add a measure, prove it with new photos, and then call it done.")
}

// likenesses holds a closing up while nobody has said whether a photo of it, or of its measures, is an old one. Photos
// of before it was sent back are past: what was wrong with them is why it went back.
func (k *making) likenesses() error {
	began, _, err := k.round()
	if err != nil {
		return err
	}
	measures, err := Measures(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	subjects := []string{k.p.Evidence()}
	for _, m := range measures {
		subjects = append(subjects, m.Evidence())
	}
	for _, subject := range subjects {
		items, err := evidence.Items(k.tx, complaint.System, subject)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.At.Before(began) {
				continue
			}
			if err := k.alike(item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *making) alike(item evidence.Item) error {
	if item.State == evidence.Pending {
		return fault.New(fault.Late, "有照片还在处理，过一会儿再试。", "A photo is still being looked at: try again in a moment.")
	}
	questions, err := evidence.Likenesses(k.tx, item.ID)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if q.A != item.ID { // this one is the earlier: it was not taken from the other
			continue
		}
		switch q.Answer {
		case "":
			return fault.New(fault.Conflict, "有照片疑似用过，还没有人判断：先在问题页的“照片”里判断是不是同一张。", "A photo may have been used before, and nobody has said yet: decide it first, under the problem's photos.")
		case evidence.Same:
			return fault.New(fault.Conflict, "有照片被认定为重复使用：请退回整改，重新拍照。", "A photo was found to have been used before: send it back for new ones.")
		case evidence.Another, evidence.Meant:
		}
	}
	return nil
}

// attach makes evidence of what was brought.
func (k *making) attach() error {
	for _, f := range k.m.Files {
		id, err := k.Problems.attach(k.tx, k.by, k.p.Evidence(), f)
		if err != nil {
			return err
		}
		k.step.Proofs = append(k.step.Proofs, casework.Proof{Kind: f.Kind, Ref: id})
		k.says.Proofs = append(k.says.Proofs, id)
	}
	return nil
}

func (s *Problems) attach(tx *db.Tx, by identity.Admitted, subject string, f File) (id string, err error) {
	if f.Kind != complaint.ProofPhoto && f.Kind != complaint.ProofPaper {
		return "", fault.At("files", fault.New(fault.Invalid, "没有“%[1]s”这种材料", "there is no evidence of the kind %[1]q", f.Kind))
	}
	album, err := s.evidence()
	if err != nil {
		return "", fault.At("files", err)
	}
	item, err := album.Attach(tx, evidence.New{
		Hash: f.Hash, Kind: complaint.System + "." + f.Kind, System: complaint.System, Subject: subject, By: by.Sign, Person: by.Person,
	})
	return item.ID, fault.At("files", err)
}

// proves looks at what is shown for a need.
func (k *making) proves(tx *db.Tx, n process.Need, proof casework.Proof) (same string, err error) {
	switch n.Name {
	case complaint.ProofPhoto, complaint.ProofPaper:
		return k.proven(tx, k.p.Evidence(), proof)
	case complaint.ProofWord:
		return proof.Ref, k.everybodyHeard()
	case complaint.ProofBulletin:
		return proof.Ref, k.published()
	}
	return "", fmt.Errorf("problem: nothing proves %q", n.Name)
}

// proven names the bytes of a piece of evidence of a subject.
func (s *Problems) proven(tx *db.Tx, subject string, proof casework.Proof) (string, error) {
	album, err := s.evidence()
	if err != nil {
		return "", err
	}
	item, err := album.Item(tx, proof.Ref)
	if err != nil {
		return "", err
	}
	if item.System != complaint.System || item.Subject != subject || item.Kind != complaint.System+"."+proof.Kind {
		return "", fault.New(fault.Invalid, "有一份材料不属于这个问题", "a piece of evidence is not of this problem")
	}
	return evidence.Bytes(tx, item.ID)
}

// published wants each letter of the problem in a bulletin.
func (k *making) published() error {
	letters, err := letter.Of(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.Bulletin == 0 {
			return fault.New(fault.Conflict, "信访件 %[1]s 还没有公开：先在公开批次里发布，再备案销号。", "The letter %[1]s was not published yet: publish it in a bulletin first.", l.Title())
		}
	}
	return nil
}

// takeUpAgain has the letters of a problem that has come back answered anew.
func (k *making) takeUpAgain() error {
	letters, err := letter.Of(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if err := letter.Again(k.tx, k.book, k.by, k.c, l, k.m.Why); err != nil {
			return err
		}
	}
	return nil
}
