package course

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Algorithm is what the terms of a draw say: package lots describes it.
const Algorithm = "xiadu draw 1"

// The kinds of entries.
const (
	KindCommitted = "draw.committed"
	KindSeeded    = "draw.seeded"
	KindSkipped   = "draw.skipped"
	KindExtended  = "draw.extended"
	KindCancelled = "draw.cancelled"
	KindClosed    = "draw.closed"
	KindOpened    = "draw.opened"
)

// Subject is that of all entries of a draw.
func Subject(draw string) string { return "draw/" + draw }

// Act is what all entries of a draw have: which it is, and who did it. Persons are not published.
type Act struct {
	Draw string `json:"draw"`

	by, second string
}

// By returns an act of one person, or of two.
func By(draw, person, second string) Act { return Act{draw, person, second} }

// Subject names the draw.
func (a Act) Subject() string { return Subject(a.Draw) }

// Private is who did it.
func (a Act) Private() any {
	return struct {
		By     string `json:"by"`
		Second string `json:"second,omitempty"`
	}{a.by, a.second}
}

// Title is what people call a draw.
type Title struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Text is the title for a page.
func (t Title) Text() lang.Text { return lang.Text{ZH: t.ZH, EN: t.EN} }

// Committed are the terms of a draw: all that it depends on but the seed.
type Committed struct {
	Act
	Algorithm string        `json:"algorithm"`
	Before    string        `json:"before"` // the draw of the purpose that was before; empty: this is the first
	Blind     int           `json:"blind"`  // codes
	Excluded  int           `json:"excluded"`
	List      string        `json:"list"` // SHA-256 of the file beside the log
	Lots      int           `json:"lots"`
	Number    int           `json:"number"` // within the purpose
	Of        string        `json:"of"`     // the thing for which is drawn, as contest/…
	People    int           `json:"people"`
	Purpose   string        `json:"purpose"`
	Seed      []seed.Choice `json:"seed"` // and perhaps a fallback
	Shape     lots.Shape    `json:"shape"`
	Skips     []string      `json:"skips"` // reasons for which may be skipped after the seed
	Title     Title         `json:"title"`
}

// Kind names the event.
func (Committed) Kind() string { return KindCommitted }

var (
	ofForm   = regexp.MustCompile(`^[a-z]{2,20}(/[a-z0-9][a-z0-9-]{0,63}){1,2}$`)
	whatForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)
)

const mostTitle = 120 // bytes

// Settle fills in what follows from the list and the sources, and holds the terms against what they may be.
func (t Committed) Settle(l *lots.List, at time.Time) (Committed, error) {
	sum, err := l.Hash()
	if err != nil {
		return t, err
	}
	t.Algorithm = cmp.Or(t.Algorithm, Algorithm)
	t.List = cmp.Or(t.List, sum)
	t.Number = max(t.Number, 1)
	t.Skips = slices.Clone(t.Skips)
	slices.Sort(t.Skips)
	if t.Skips == nil {
		t.Skips = []string{}
	}
	t.Lots, t.People, t.Blind, t.Excluded = len(l.Lots), len(l.People), l.Blinded(), len(l.Excluded)
	what, of := strings.CutPrefix(t.Purpose, t.Of+"/")
	switch {
	case t.Algorithm != Algorithm:
		return t, fault.New(fault.Invalid, "不认识算法“%[1]s”：可能要用更新的程序", "the algorithm %[1]q is not known; a newer program may know it", lang.Short(t.Algorithm))
	case t.List != sum:
		return t, fault.New(fault.Conflict, "名单不是约定的那份：约定的散列是 %[1]s，这份的是 %[2]s", "the list is not the one of the terms: theirs has the hash %[1]s, this one %[2]s", t.List, sum)
	case t.Draw == "" || !ofForm.MatchString(t.Of) || !of || !whatForm.MatchString(what):
		return t, fault.New(fault.Invalid, "抽签的用途“%[1]s”要以它的对象“%[2]s”开头，再加一个词", "the purpose %[1]q has to begin with what it is of, %[2]q, and one word", lang.Short(t.Purpose), lang.Short(t.Of))
	case t.Title.ZH == "" || t.Title.EN == "" || len(t.Title.ZH) > mostTitle || len(t.Title.EN) > mostTitle:
		return t, fault.New(fault.Invalid, "抽签要有中英文标题，各不超过 %[1]d 字节", "a draw has a title in Chinese and in English, of %[1]d bytes each at most", mostTitle)
	}
	for i, s := range t.Skips {
		if _, known := lots.Reason(s); !known || i > 0 && t.Skips[i-1] == s {
			return t, fault.New(fault.Invalid, "可以跳过的理由“%[1]s”不在表里，或写了两次", "%[1]q is no reason to skip, or is there twice", lang.Short(s))
		}
	}
	if err := t.Shape.Check(l); err != nil {
		return t, err
	}
	return t, t.settleSeed(at)
}

func (t *Committed) settleSeed(at time.Time) error {
	if len(t.Seed) < 1 || len(t.Seed) > 2 {
		return fault.New(fault.Invalid, "种子要有一种来源，最多再有一种备用的", "a seed has a choice of sources, and at most one fallback")
	}
	t.Seed = slices.Clone(t.Seed)
	for i := range t.Seed {
		var err error
		if t.Seed[i], err = t.Seed[i].Settle(at); err != nil {
			return err
		}
	}
	if len(t.Seed) == 2 && t.Seed[1].From.Before(t.Seed[0].Until) {
		return fault.New(fault.Invalid, "备用来源（%[1]s）必须在等第一种来源的期限（%[2]s）以后：否则主办方可以两个都看了再选", "the fallback (%[1]s) has to come after the deadline of the first choice (%[2]s): else the organiser sees both and chooses", seed.Clock(t.Seed[1].From), seed.Clock(t.Seed[0].Until))
	}
	return nil
}

// Hash is that of the terms, which the order depends on.
func (t Committed) Hash() (string, error) { return HashOf(t) }

// From is when somebody may first know a part of the seed: what is cancelled later publishes its result.
func (t Committed) From() time.Time { return t.Seed[0].From }

// Last is when nothing is waited for any longer.
func (t Committed) Last() time.Time { return t.Seed[len(t.Seed)-1].Until }

// EntryKinds lists the entries of draws.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: Committed{}, Says: lang.Text{ZH: "约定了一次抽签：名单的散列、算法、种子将来取自哪里", EN: "A draw was committed to: the hash of its list, how it is drawn, and the public source of its seed, which is yet to come"}},
		{Example: Seeded{}, Says: lang.Text{ZH: "一次抽签的种子公布了，抽出了结果", EN: "The seed of a draw is there, and what was drawn"}},
		{Example: Skipped{}, Says: lang.Text{ZH: "抽中的一个被跳过，为什么", EN: "One that was drawn is skipped, and why"}},
		{Example: Extended{}, Says: lang.Text{ZH: "一次抽签按原来的顺序续抽", EN: "A draw went on down the same order"}},
		{Example: Cancel{}, Says: lang.Text{ZH: "一次抽签取消了，为什么；种子可能已知的，结果照样公布", EN: "A draw was cancelled, and why; where its seed may have been known its result is published all the same"}},
		{Example: Closed{}, Says: lang.Text{ZH: "一次抽签结束了，或等不到种子", EN: "A draw is over, or its seed never came"}},
		{Example: Opened{}, Says: lang.Text{ZH: "公开了盲码代表谁，附上可以核对的盐", EN: "Whom blind codes stand for, with the salts that prove it"}},
	}
}
