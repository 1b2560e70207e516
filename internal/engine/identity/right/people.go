package right

import (
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// The rights over people themselves.
const (
	Accounts = "people.account" // make, close and reset accounts, end sessions, keep organisations
	Grants   = "people.grant"   // give and take roles, give programs their tokens
	Audit    = "people.audit"   // see who did what
)

// The three administrators, whom 等保 wants apart.
const (
	AccountsAdmin = "people.accounts"
	GrantsAdmin   = "people.grants"
	Auditor       = "people.auditor"
)

// People is what the engine itself declares.
var People = Declaration{
	System: "people",
	Rights: []Right{
		{Key: Accounts, Name: lang.Text{ZH: "管理人员和账号", EN: "manage people and accounts"}, Grave: true},
		{Key: Grants, Name: lang.Text{ZH: "授予和收回角色", EN: "give and take roles"}, Grave: true},
		{Key: Audit, Name: lang.Text{ZH: "查看谁做了什么", EN: "see who did what"}, Read: true},
	},
	Roles: []Role{
		{
			Key: AccountsAdmin, Name: lang.Text{ZH: "账号管理员", EN: "Accounts administrator"},
			Does:   lang.Text{ZH: "建立、停用和重置账号；不能授予任何角色。", EN: "Makes, closes and resets accounts; gives no role to anybody."},
			Rights: []string{Accounts}, Apart: []string{GrantsAdmin, Auditor}, Last: true,
		},
		{
			Key: GrantsAdmin, Name: lang.Text{ZH: "授权管理员", EN: "Grants administrator"},
			Does:   lang.Text{ZH: "授予和收回角色；不能建立账号，也不能给自己授权。", EN: "Gives and takes roles; makes no accounts and gives nothing to themselves."},
			Rights: []string{Grants}, Apart: []string{Auditor}, Last: true,
		},
		{
			Key: Auditor, Name: lang.Text{ZH: "审计员", EN: "Auditor"},
			Does:  lang.Text{ZH: "查看一切，不能改动任何内容。", EN: "Sees everything and changes nothing."},
			Reads: true, Last: true,
		},
	},
}

// Organisation is the kind of thing that a role over an organisation is about.
const Organisation = "organisation"

// Organisations are the names by which organisations go in a [Scope] and a [Place]. A
// place goes by the unit that answers for it and by all above it, so that who holds a
// role over one holds it over what is below:
//
//	up, err := identity.Above(tx, unit)
//	right.In(d, right.Organisations(up...)...)
func Organisations(ids ...string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = Organisation + "/" + id
	}
	return names
}

// OfOrganisation is the id of the organisation that a scope's subject names, if it names
// one.
func (s Scope) OfOrganisation() (id string, ok bool) {
	return strings.CutPrefix(s.Subject, Organisation+"/")
}
