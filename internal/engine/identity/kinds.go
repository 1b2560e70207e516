package identity

import (
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Kinds lists the entries that this package appends. Many differ in nothing but their
// name, so that their type does not tell them apart.
func Kinds() (all []record.Kind) {
	for _, k := range [...]struct {
		kind, subject string
		says          lang.Text
	}{
		{setUp, somebody, lang.Text{ZH: "设立了最初的管理员", EN: "The first administrators were made"}},
		{personAdded, somebody, lang.Text{ZH: "添加了一个人", EN: "A person was added"}},
		{personChanged, somebody, lang.Text{ZH: "一个人的资料改了", EN: "What is known of a person changed"}},
		{personLeft, somebody, lang.Text{ZH: "一个人离开了，所有能进入的凭据都失效", EN: "A person left, and lost all that lets them in"}},
		{personErased, somebody, lang.Text{ZH: "一个人的姓名和号码抹掉了", EN: "A person's name and number were erased"}},
		{accountMade, somebody, lang.Text{ZH: "开了一个账号", EN: "An account was made"}},
		{accountClosed, somebody, lang.Text{ZH: "停用了一个账号", EN: "An account was closed"}},
		{accountOpened, somebody, lang.Text{ZH: "重新启用了一个账号", EN: "An account was opened again"}},
		{accountReset, somebody, lang.Text{ZH: "一个账号的密码被他人作废", EN: "An account's password was voided by another"}},
		{invited, "invitation/…", lang.Text{ZH: "发出了一个邀请", EN: "An invitation went out"}},
		{invitationUsed, "invitation/…", lang.Text{ZH: "一个邀请用掉了", EN: "An invitation was used"}},
		{invitationEnded, "invitation/…", lang.Text{ZH: "一个邀请没有用就结束了", EN: "An invitation ended unused"}},
		{deviceRevoked, "device/…", lang.Text{ZH: "取消了一部设备", EN: "A device was revoked"}},
		{tokenMade, "token/…", lang.Text{ZH: "给一个程序发了口令", EN: "A program was given a token"}},
		{tokenRevoked, "token/…", lang.Text{ZH: "收回了一个程序的口令", EN: "A program's token was taken"}},
	} {
		all = append(all, record.Kind{Example: plainAct(k.kind, k.subject, about{}), Says: k.says})
	}
	for _, k := range [...]struct {
		kind, subject string
		says          lang.Text
	}{
		{passwordChanged, somebody, lang.Text{ZH: "有人设定了自己的密码", EN: "Somebody chose their password"}},
		{factorSet, somebody, lang.Text{ZH: "有人设定了第二重验证", EN: "Somebody set up a second factor"}},
		{guessedAt, somebody, lang.Text{ZH: "一个账号输错密码，开始要等", EN: "Wrong passwords for one account began to cost time"}},
		{signedIn, "session/…", lang.Text{ZH: "有人登录了", EN: "A session began"}},
		{sessionRaised, "session/…", lang.Text{ZH: "一次登录又进一步，或再次确认", EN: "A session came a step further, or was asked again"}},
		{sessionEnded, "session/…", lang.Text{ZH: "一次登录结束了，或一个人的全部登录", EN: "A session ended, or all of a person's"}},
		{invitationAgain, "invitation/…", lang.Text{ZH: "又有一个浏览器打开了邀请链接", EN: "A second browser opened a link"}},
	} {
		all = append(all, record.Kind{Example: ownAct(k.kind, k.subject, about{}), Says: k.says})
	}
	for _, k := range [...]struct {
		kind string
		says lang.Text
	}{
		{keyChanged, lang.Text{ZH: "从此用另一把密钥加密个人信息", EN: "Another key of personal data is in use from here on"}},
		{keyRotated, lang.Text{ZH: "所有行都已换成现用的密钥", EN: "Every row is under the key in use"}},
		{keyLost, lang.Text{ZH: "一把密钥丢了，用它加密的也丢了", EN: "A key was lost, with all that was under it"}},
		{swept, lang.Text{ZH: "清理了到期的", EN: "What had run out was ended"}},
		{restored, lang.Text{ZH: "发现是较旧的数据库，结束了全部登录", EN: "An older database was found, and all sessions ended"}},
	} {
		all = append(all, record.Kind{Example: counted{kind: k.kind}, Says: k.says})
	}
	return append(all,
		record.Kind{Example: granted{}, Says: lang.Text{ZH: "授予了一个角色，在哪里、到什么时候", EN: "A role was given, where and until when"}},
		record.Kind{Example: revoked{}, Says: lang.Text{ZH: "收回了一个角色", EN: "A role was taken"}},
		record.Kind{Example: organised{}, Says: lang.Text{ZH: "添加了一个单位", EN: "An organisation was added"}},
		record.Kind{Example: reorganised{}, Says: lang.Text{ZH: "一个单位改了：从此是这样", EN: "An organisation changed, and is this from here on"}},
		record.Kind{Example: organisationAct{kind: organisationClosed}, Says: lang.Text{ZH: "停用了一个单位", EN: "An organisation was closed"}},
		record.Kind{Example: organisationAct{kind: organisationOpened}, Says: lang.Text{ZH: "重新启用了一个单位", EN: "An organisation was opened again"}},
	)
}
