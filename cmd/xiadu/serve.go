package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/queue"
)

type serveCommand struct {
	Listen  string   `env:"XIADU_LISTEN" default:"127.0.0.1:8080" placeholder:"address" help:"${listen}"`
	Public  string   `name:"listen-public" env:"XIADU_LISTEN_PUBLIC" placeholder:"address" help:"${listen_public}"`
	Demo    bool     `env:"XIADU_DEMO" xor:"city" help:"${demo}"`
	Policy  string   `env:"XIADU_POLICY" placeholder:"name" help:"${people_policy}"`
	Proxies []string `env:"XIADU_PROXIES" sep:"," placeholder:"networks" help:"${proxies}"`
	Systems []string `env:"XIADU_SYSTEMS" sep:"," placeholder:"names" help:"${systems}"`
	OSM     string   `name:"osm" xor:"city" placeholder:"file" help:"${serve_osm}"`

	Relay      string `env:"XIADU_RELAY" placeholder:"url" help:"${serve_relay}"`
	Notices    string `env:"XIADU_NOTICES" placeholder:"file" help:"${serve_notices}"`
	RelayCreds string `env:"XIADU_RELAY_CREDS" placeholder:"file" help:"${nats_creds}"`
}

// Run serves the demo city, an extract, or what was imported before.
func (s serveCommand) Run(ctx context.Context, t terminal, cfg app.Config) (err error) {
	bar := t.progress()
	switch {
	case s.Demo:
		cfg, err = app.Demo(ctx, cfg, bar.step)
	case s.OSM != "":
		// A city of its own folder, so that going from one extract to another
		// mixes nothing.
		name, _, _ := strings.Cut(filepath.Base(s.OSM), ".")
		cfg.Home = filepath.Join(cfg.Home, "city-"+name)
		err = app.EnsureStreets(ctx, cfg, s.OSM, bar.step)
	}
	bar.finish()
	if err != nil {
		return err
	}
	cfg.Policy, cfg.Systems, cfg.Proxies, cfg.Notices = s.Policy, s.Systems, s.Proxies, s.Notices
	cfg.Guests = s.Public
	cfg.Relay = queue.Config{URL: s.Relay, Creds: s.RelayCreds}
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return app.Serve(ctx, cfg, s.Listen, log, func(s app.Started) { t.welcome(s, cfg) })
}

// welcome says where to look and what to try first.
func (t terminal) welcome(s app.Started, cfg app.Config) {
	if s.First != "" {
		defer fmt.Fprint(t.out, t.lang.F(`  还没有管理员。请在一天内用这个一次性地址建立（别转给别人）；以前显示过的地址都作废了：
    %[1]s

`, `  There are no administrators yet. Make them at this one-time address within a day, and show it to nobody. Any that was shown before is void now:
    %[1]s

`, s.First))
	}
	if s.Nation {
		fmt.Fprint(t.out, t.lang.F("\n  全国的数字在 %[1]s/nation （数据在 %[2]s，按 Ctrl+C 停止）\n\n", "\n  The country's figures are at %[1]s/nation (its data in %[2]s; Ctrl+C stops it)\n\n", s.URL, cfg.Home))
		return
	}
	if s.Hall {
		t.welcomeHall(s, cfg)
		return
	}
	if s.City.Title == "" {
		fmt.Fprint(t.out, t.lang.F("\n  夏都在 %[1]s （数据在 %[2]s，按 Ctrl+C 停止）\n\n", "\n  Xiadu is at %[1]s (its data in %[2]s; Ctrl+C stops it)\n\n", s.URL, cfg.Home))
		return
	}
	if s.City.Schematic {
		fmt.Fprintln(t.out, t.lang.T("示意城市，非测绘成果：街道、站点和人口都是编的。", "A schematic city, not survey data: its streets, stations and people are invented."))
	}
	fmt.Fprint(t.out, t.lang.F(`
  夏都在 %[1]s （数据在 %[2]s，按 Ctrl+C 停止）

  试一试：
    %[1]s/                 今天在这座城市：此刻多少人走得到开着的驿站
    %[1]s/find             找一个走路能到、到了还开着的驿站
    %[1]s/coverage         十五分钟服务圈：换到晚上 22 点看看
    %[1]s/whatif           试一试：关一个站、开一个站会怎样
    %[1]s/stations         站点名册，可导出表格
    %[1]s/complaints       督察信访整改：公开的一览表，按编号查办到哪一步
    %[1]s/contests         专家评审：每一个总分怎么来的，现场可以回放
    %[1]s/api              开放接口

%[3]s
`, `
  Xiadu is at %[1]s (its data in %[2]s; Ctrl+C stops it)

  Try:
    %[1]s/?lang=en         today in the city: how many can walk to an open station now
    %[1]s/find             find a station within a walk that is open when you get there
    %[1]s/coverage         the 15-minute circle: look at it at 22:00
    %[1]s/whatif           what if a station closed, or another opened
    %[1]s/stations         the register, to export
    %[1]s/complaints       complaints put right: the official tables, and each letter by its code
    %[1]s/contests         judged contests: how each total comes about, and the hall played again
    %[1]s/api              the API

%[3]s
`, s.URL, cfg.Home, t.howToSignIn(s, cfg)))
}

// welcomeHall says where the devices of a hall find the laptop.
func (t terminal) welcomeHall(s app.Started, cfg app.Config) {
	fmt.Fprint(t.out, t.lang.F("\n  评审在 %[1]s （数据在 %[2]s，按 Ctrl+C 停止）\n\n", "\n  Contests are at %[1]s (their data in %[2]s; Ctrl+C stops it)\n\n", s.URL, cfg.Home))
	if len(s.LAN) == 0 {
		fmt.Fprint(t.out, t.lang.T("  别的设备连不上：只在这台电脑上提供服务。现场请用 --listen 0.0.0.0:8080 启动，并先连上现场的网络。\n\n",
			"  No other device reaches it: it serves this machine alone. In a hall start it with --listen 0.0.0.0:8080, once the hall's network is there.\n\n"))
		return
	}
	fmt.Fprintln(t.out, t.lang.T("  现场的设备打开：", "  The devices of the hall open:"))
	for _, at := range s.LAN {
		fmt.Fprintf(t.out, "    %s\n", at)
	}
	if len(s.Guests) > 0 {
		fmt.Fprintln(t.out, t.lang.T("  观众只给这个（只有公开页面，不能登录）：", "  Guests have this alone (public pages, no sign-in):"))
		for _, at := range s.Guests {
			fmt.Fprintf(t.out, "    %s\n", at)
		}
	}
	fmt.Fprint(t.out, t.lang.F("  评委、大屏和观众的二维码：登录后打开 %[1]s/contests，进入那一场，“组织”里的“入场”页可以打印。\n\n",
		"  QR codes for judges, screen and guests: sign in, open %[1]s/contests, and print the page Joining under Organise of the contest.\n\n", s.LAN[0]))
}

// howToSignIn says what it takes to change something.
func (t terminal) howToSignIn(s app.Started, cfg app.Config) string {
	if s.Demo { // elsewhere there is no cast, however schematic the streets are
		return t.lang.F("  看和试不用登录。要保存方案、修改名册：在 %[1]s/sign-in 点一个演示人员。\n",
			"  Looking and trying need no sign-in. To keep plans and change the register, choose one of the cast at %[1]s/sign-in.\n", s.URL)
	}
	return t.lang.F(`  看和试不用登录。要保存方案、修改名册，建一个账号，再到 %[1]s/sign-in 登录：
    xiadu --home %[2]s people add office --name 办公室 --role station.office
`, `  Looking and trying need no sign-in. To keep plans and change the register, make an account and sign in at %[1]s/sign-in:
    xiadu --home %[2]s people add office --name Office --role station.office
`, s.URL, cfg.Home)
}
