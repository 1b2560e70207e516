package inbox

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// self is how somebody stands in the log who does what is theirs.
const self = "self"

// about is the private part: whom it is about.
type about struct {
	Person string `json:"person"`
	Note   string `json:"note,omitempty"`
}

// deviceAdded is a browser that signs for somebody. Who signs in where is nobody's business, so that it
// is sealed.
type deviceAdded struct{ device, person string }

func (deviceAdded) Kind() string      { return "offline.device-added" }
func (d deviceAdded) Subject() string { return "offline-device/" + d.device }
func (deviceAdded) Sealed()           {}
func (d deviceAdded) Private() any    { return about{Person: d.person} }

// deviceRevoked is that it signs no more.
type deviceRevoked struct{ device, person string }

func (deviceRevoked) Kind() string      { return "offline.device-revoked" }
func (d deviceRevoked) Subject() string { return "offline-device/" + d.device }
func (d deviceRevoked) Private() any    { return about{Person: d.person} }

// held is an act that came and was not done before its author says so.
type held struct {
	act, person string

	Why Why `json:"why"`
}

func (held) Kind() string      { return "offline.held" }
func (h held) Subject() string { return "act/" + h.act }
func (h held) Private() any    { return about{Person: h.person} }

// accepted is that the author had it done.
type accepted struct {
	act, person string

	Why Why `json:"why"`
}

func (accepted) Kind() string      { return "offline.accepted" }
func (a accepted) Subject() string { return "act/" + a.act }
func (a accepted) Private() any    { return about{Person: a.person} }

// rejected is that the author did not want it.
type rejected struct {
	act, person, note string

	Why Why `json:"why"`
}

func (rejected) Kind() string      { return "offline.rejected" }
func (r rejected) Subject() string { return "act/" + r.act }
func (r rejected) Private() any    { return about{r.person, r.note} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: deviceAdded{device: "…"}, Says: lang.Text{ZH: "一个浏览器从此可以离线办事，由它签名", EN: "A browser may work without a signal from now on, and signs"}},
		{Example: deviceRevoked{device: "…"}, Says: lang.Text{ZH: "一个浏览器不再能签名", EN: "A browser signs no more"}},
		{Example: held{act: "…"}, Says: lang.Text{ZH: "一件离线办的事暂不办，等本人决定，为什么", EN: "Something done without a signal waits for its author to decide, and why"}},
		{Example: accepted{act: "…"}, Says: lang.Text{ZH: "本人决定办一件待定的事", EN: "Its author had something done that was waiting"}},
		{Example: rejected{act: "…"}, Says: lang.Text{ZH: "本人决定不办一件待定的事", EN: "Its author did not want something that was waiting"}},
	}
}
