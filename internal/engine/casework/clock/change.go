package clock

import (
	"time"

	"github.com/xiadu/xiadu/internal/lang"
)

// Change is a pause, its end, or an extension, as a reckoning explains it.
type Change struct {
	Kind     Kind      `json:"kind"`
	Happened time.Time `json:"happened"`
	Recorded time.Time `json:"recorded"`
	Reason   string    `json:"reason,omitempty"` // one of the rule's
	Length   *Length   `json:"length,omitempty"`
	By       string    `json:"by,omitempty"` // opaque, unless Named
	Asked    string    `json:"asked,omitempty"`
	Why      string    `json:"why,omitempty"`
}

// nobody is who approves in a question that is no case's.
const nobody = "?"

func changeOf(e Event) Change {
	c := Change{e.Kind, e.Happened, e.Recorded, e.Reason, e.Length, e.By, e.Asked, e.Why}
	if c.By == nobody {
		c.By = ""
	}
	return c
}

// Named puts names in the place of what those who did it are known by.
func (r Reckoning) Named(name func(id string) string) Reckoning {
	all := make([]Change, len(r.Changes))
	for i, c := range r.Changes {
		if c.By != "" {
			c.By = name(c.By)
		}
		if c.Asked != "" {
			c.Asked = name(c.Asked)
		}
		all[i] = c
	}
	r.Changes = all
	return r
}

// By are those who changed it, or asked for that, by what they are known by.
func (r Reckoning) By() (ids []string) {
	for _, c := range r.Changes {
		for _, id := range []string{c.By, c.Asked} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Changed says of each pause and extension who, when and why.
func (r Reckoning) Changed() []lang.Text {
	all := make([]lang.Text, len(r.Changes))
	for i, c := range r.Changes {
		all[i] = r.told(c)
	}
	return all
}

func (r Reckoning) told(c Change) lang.Text {
	at := minute(c.Happened)
	t := lang.Text{ZH: at + " ", EN: at + " "}
	switch c.Kind {
	case Paused:
		t.ZH, t.EN = t.ZH+"中止（"+c.Reason+"）", t.EN+"paused ("+r.pauseName(c.Reason)+")"
	case Resumed:
		t.ZH, t.EN = t.ZH+"恢复（"+c.Reason+"）", t.EN+"went on ("+r.pauseName(c.Reason)+")"
	case Extended:
		t.ZH, t.EN = t.ZH+"延长"+c.Length.Text().ZH, t.EN+"extended by "+c.Length.Text().EN
	case Started, Ruled, Rebased, Voided, Confirmed, Met, Ended, Recounted: // are no changes
	}
	if c.Asked != "" {
		t.ZH, t.EN = t.ZH+"，"+c.Asked+"提出", t.EN+", as "+c.Asked+" asked"
	}
	switch {
	case c.By != "" && c.Kind == Extended:
		t.ZH, t.EN = t.ZH+"，"+c.By+"批准", t.EN+", approved by "+c.By
	case c.By != "":
		t.ZH, t.EN = t.ZH+"，"+c.By, t.EN+", "+c.By
	}
	if c.Why != "" {
		t.ZH, t.EN = t.ZH+"："+c.Why, t.EN+": "+c.Why
	}
	return t
}
