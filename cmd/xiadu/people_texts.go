package main

import "github.com/xiadu/xiadu/internal/lang"

// peopleTexts are the help of this command.
func peopleTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"people":               l.T("人员：没有人能登录时，在机房里管理账号和角色", "people: accounts and roles, for when nobody can sign in"),
		"people_policy":        l.T("密码和登录的规矩：plain 一般，hall 一人兼任，level3 等保三级，commercial 等保三级加国密", "what is asked of passwords and sessions: plain, hall (one person for all), level3 (等保 level 3), commercial (with SM3 and SM4)"),
		"people_list":          l.T("列出人员、账号和角色", "list people, their logins and roles"),
		"people_by_phone":      l.T("只看有这个电话号码的人", "only who has this telephone number"),
		"people_add":           l.T("建立账号，显示一次初始密码", "make an account and show its first password once"),
		"people_login":         l.T("账号：字母、汉字、数字或 . _ -", "the login: letters, digits or . _ -"),
		"people_name":          l.T("姓名", "the person's name"),
		"people_phone":         l.T("电话", "the telephone number"),
		"people_division":      l.T("所在区划：代码或名称；授予的角色也只管这个区划", "where they belong, and over which their roles are: a division's code or name"),
		"people_role":          l.T("授予的角色，管 --division 的区划；不写区划就是全部", "roles to give, over the --division, or over everything without one"),
		"people_reset":         l.T("换一个初始密码，结束所有登录，去掉第二因素，停用的重新启用", "give another first password, end all sessions, remove the second factor, and open the account if it was closed"),
		"people_who":           l.T("账号、编号或电话", "a login, id or telephone number"),
		"people_who_or_none":   l.T("账号、编号或电话；不写就列出所有角色", "a login, id or telephone number; without it all roles are listed"),
		"people_roles":         l.T("看有哪些角色，或某人的角色；也可以授予", "list the roles, or somebody's; or give one"),
		"people_give":          l.T("授予这个角色", "give this role"),
		"people_give_division": l.T("在这个区划之内；不写就是全部", "within this division; by default everywhere"),
		"people_give_subject":  l.T("针对哪一个对象", "over which one thing"),
		"people_give_until":    l.T("到哪一天为止", "to the end of which day"),
		"people_revoke":        l.T("收回一项授权", "take a role that somebody holds"),
		"people_grant":         l.T("授权的编号，见 people roles", "the number of the grant, see people roles"),
		"people_why":           l.T("为什么", "why"),
		"people_sessions":      l.T("看某人在哪里登录着，或全部结束", "see where somebody is signed in, or end it all"),
		"people_end":           l.T("结束全部登录，忘掉所有设备", "end all sessions and forget all devices"),
		"people_leave":         l.T("某人离开了：停用账号，结束角色和登录", "somebody has left: close the account, end roles and sessions"),
		"people_erase":         l.T("删除离开的人的个人信息", "forget somebody who has left"),
		"people_tokens":        l.T("程序口令：列出、新发、收回", "tokens of programs: list them, make or revoke one"),
		"people_token_make":    l.T("给这个名称的程序发口令，只显示一次", "make a token for the program of this name, shown once"),
		"people_token_role":    l.T("程序的角色，如 station.program", "the program's role, as station.program"),
		"people_token_until":   l.T("到哪一天为止，最长 400 天", "to the end of which day, 400 days from now at most"),
		"people_token_revoke":  l.T("收回这个编号的口令", "revoke the token of this number"),
		"people_key":           l.T("更换个人信息的密钥（可在服务运行时），或声明已丢失", "put another key of personal data in use (also while the site serves), or accept that it is lost"),
		"people_rotate":        l.T("新密钥的算法：aes，或国密 sm", "the new key's algorithms: aes, or sm for the national ones"),
		"people_resume":        l.T("把上次中断的更换做完", "finish a change that was broken off"),
		"people_lost":          l.T("密钥已丢失：姓名、电话、第二因素就此作废", "the key is lost: names, telephone numbers and second factors are void"),
	}
}
