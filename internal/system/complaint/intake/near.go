package intake

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// mostBeside is how many problems that are closed are asked about, by their place, for one letter.
const mostBeside = 2

// askNear proposes to begin again what is closed, of the same kind and at the place of a letter that comes, in whatever words;
// what its wording has proposed is left out. The proposal says what speaks for it and what against.
func (t *taking) askNear(made letter.Letter, l Letter, proposed map[string]bool) error {
	if t.near == nil {
		near, err := problem.NearOf(t.tx, t.c.Code)
		if err != nil {
			return err
		}
		t.near = &near
	}
	for _, b := range t.near.Find(l.Place+"\n"+l.Text, l.At, l.Kinds, mostBeside) {
		if proposed[b.ID] {
			continue
		}
		letters, err := letter.Of(t.tx, b.ID)
		if err != nil {
			return err
		}
		says := saysOf{SameKind: true, Closed: true, SamePlace: b.Division != "" && b.Division == made.Division}
		says.After = int(t.tx.Now().Sub(b.ClosedAt()).Hours() / 24)
		if b.SameSite {
			says.Site = b.Site
		}
		if b.Metres >= 0 {
			says.Metres = max(1, b.Metres)
		}
		if err := t.problems.ProposeFor(t.tx, t.by, b.Problem, made, says.words()); err != nil {
			return err
		}
		t.o.Reopenings++
		if len(letters) == 0 || letters[0].ID == made.ID {
			continue
		}
		says.Days = int(made.ReceivedAt.Sub(letters[0].ReceivedAt).Hours() / 24)
		if err := t.question(Question{Kind: Alike, Letter: made.ID, Other: letters[0].ID, says: says}); err != nil {
			return err
		}
	}
	return nil
}

// words are what speaks for a proposal by place, and what against.
func (s saysOf) words() string {
	var pro []string
	if s.Site != "" {
		pro = append(pro, "同一个点位（"+s.Site+"）")
	}
	if s.Metres > 0 {
		pro = append(pro, "相距 "+strconv.Itoa(s.Metres)+" 米")
	}
	pro = append(pro, "类型相同", "办结后第 "+strconv.Itoa(s.After)+" 天")
	return "像是同一件事：" + strings.Join(pro, "，") + "。不像的：写法不同，文字不到一半相同。"
}
