package main

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/lang"
)

// cli declares the commands and flags. Their texts are in texts, by name.
type cli struct {
	Help   helpFlag `short:"h" help:"${help}"`
	Lang   string   `env:"XIADU_LANG" placeholder:"zh|en" help:"${lang}"`
	Config string   `env:"XIADU_CONFIG" placeholder:"file" help:"${config}"`
	Home   string   `env:"XIADU_HOME" default:"var" placeholder:"folder" help:"${home}"`
	DB     string   `name:"db" env:"XIADU_DB" placeholder:"dsn" help:"${db}"`

	Evidence string `env:"XIADU_EVIDENCE" placeholder:"folder" help:"${evidence}"`

	Holidays string `env:"XIADU_HOLIDAYS" placeholder:"file" help:"${holidays}"`

	LogOrigin string `env:"XIADU_LOG_ORIGIN" placeholder:"name" help:"${log_origin}"`

	WalkKmh  float64 `env:"XIADU_WALK_KMH" placeholder:"km/h" help:"${walk_kmh}"`
	EbikeKmh float64 `env:"XIADU_EBIKE_KMH" placeholder:"km/h" help:"${ebike_kmh}"`

	Serve    serveCommand    `cmd:"" help:"${serve}"`
	Coverage coverageCommand `cmd:"" help:"${coverage}"`
	Site     siteCommand     `cmd:"" help:"${site}"`
	Import   importCommand   `cmd:"" help:"${import}"`
	Run      runCommand      `cmd:"" help:"${run}"`
	Worker   workerCommand   `cmd:"" help:"${worker}"`
	Score    scoreCommand    `cmd:"" help:"${score}"`
	Due      dueCommand      `cmd:"" help:"${due}"`
	Time     timeCommand     `cmd:"" help:"${time}"`

	Complaints complaintsCommand `cmd:"" help:"${complaints}"`

	Contest contestCommand `cmd:"" help:"${contest}"`

	Photos evidenceCommand `cmd:"" name:"evidence" help:"${evidence_commands}"`

	People  peopleCommand  `cmd:"" help:"${people}"`
	Backup  backupCommand  `cmd:"" help:"${backup}"`
	Restore restoreCommand `cmd:"" help:"${restore}"`
	Log     logCommand     `cmd:"" help:"${log}"`
	Verify  verifyCommand  `cmd:"" help:"${verify}"`
	Version versionCommand `cmd:"" help:"${version}"`
}

// settings are the flags that all commands share, as the application takes them.
func (c *cli) settings() app.Config {
	return app.Config{Home: cmp.Or(c.Home, "var"), DSN: c.DB, Evidence: c.Evidence, LogOrigin: c.LogOrigin, Holidays: c.Holidays, WalkKmh: c.WalkKmh, EbikeKmh: c.EbikeKmh}
}

// texts are the help in language l.
func texts(l lang.Lang) map[string]string {
	all := siteTexts(l)
	maps.Copy(all, commandTexts(l))
	maps.Copy(all, demandTexts(l))
	maps.Copy(all, logTexts(l))
	maps.Copy(all, peopleTexts(l))
	maps.Copy(all, unitTexts(l))
	maps.Copy(all, scoreTexts(l))
	maps.Copy(all, dueTexts(l))
	maps.Copy(all, timeTexts(l))
	maps.Copy(all, complaintsTexts(l))
	maps.Copy(all, evidenceTexts(l))
	maps.Copy(all, contestTexts(l))
	return all
}

func commandTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"xiadu":     l.T("夏都：找到走路能到、到了还开着的工会驿站；看全城十五分钟服务圈。", "Xiadu: find a rest station within a walk that is open when you get there; see the city's 15-minute circle."),
		"help":      l.T("看用法", "show this help"),
		"lang":      l.T("语言", "language"),
		"config":    l.T("配置文件，每行“名称 = 值”，名称与选项相同；默认读 "+defaultSettings, "settings file with lines name = value, named as the flags; "+defaultSettings+" is read by default"),
		"home":      l.T("数据目录", "folder of the data"),
		"db":        l.T("数据库：文件路径，或 postgres://…；默认是数据目录里的 xiadu.db", "database: a file's path, or postgres://…; by default xiadu.db in the data folder"),
		"evidence":  l.T("照片和文件的目录；默认是数据目录里的 evidence，几台机器共用一个数据库时也要共用它", "folder of photos and papers; by default evidence in the data folder. Machines that share a database share it, too"),
		"holidays":  l.T("程序还不知道的年份的节假日安排：一个文件，写法见 docs/due.md；本站用过一次就记住了", "holidays of years that the program does not know yet: a file as docs/due.md says; a site remembers what it was told"),
		"walk_kmh":  l.T("导入街道时的步行速度，不写是 4.8", "walking speed of streets imported from now on; 4.8 if not given"),
		"ebike_kmh": l.T("导入街道时的电动自行车速度，不写是 15", "e-bike speed of streets imported from now on; 15 if not given"),

		"serve":         l.T("打开网页服务", "serve the pages"),
		"proxies":       l.T("可信的反向代理所在的网络，如 10.0.3.0/24：按它们报的地址计算输错密码的次数（本机的代理一向可信）", "networks of reverse proxies to be trusted, as 10.0.3.0/24: wrong passwords are counted by the addresses that they name (those on this machine always are)"),
		"listen":        l.T("在哪个地址上", "the address to listen on"),
		"listen_public": l.T("给观众另开的地址：只有公开的页面、大屏、实时更新和公开日志，不能登录", "another address, for guests: public pages, screen, live updates and the public log alone, and no sign-in"),
		"demo":          l.T("用示意的西宁，第一次会先生成", "show a schematic Xining, which is made first if need be"),
		"serve_osm":     l.T("用这份 OpenStreetMap 数据里的城市，有变化才重新导入", "show the city of this OpenStreetMap extract, imported if it has changed"),
		"systems":       l.T("提供哪些系统，用逗号隔开：station,complaint,inspection,contest,coop；不写就是全部", "the systems to serve, with commas between: station,complaint,inspection,contest,coop; all when left out"),

		"coverage":       l.T("算十五分钟服务圈：不用开服务，也不改动数据", "compute the 15-minute circle, without a server and changing nothing"),
		"cover_osm":      l.T("街道：OpenStreetMap 数据；不写就用已导入的", "streets: an OpenStreetMap extract; by default those imported"),
		"cover_streets":  l.T("街道：从网页上下载的街道文件；站点、需求也都用写明的文件，不用已导入的", "streets: a file of streets from the pages; then stations and demand are those of the files that are named, and nothing imported"),
		"cover_stations": l.T("站点文件；不写就用已导入的", "a file of stations; by default those imported"),
		"cover_places":   l.T("用街道数据里这些种类的地方当站点，如 bank,toilets", "take places of these kinds in the streets for stations, as bank,toilets"),
		"cover_demand":   l.T("需求文件，或 种类=文件（列为 day、night，可写多次）；不写就用已导入的", "a file of demand, or kind=file with columns day and night, any number of them; by default what was imported"),
		"cover_mode":     l.T("walk 步行，ebike 电动自行车", "walk or ebike"),
		"cover_minutes":  l.T("几分钟以内", "within how many minutes"),
		"cover_at":       l.T("什么时候：22:00 或 2026-11-23T22:00；不写就是现在", "when: 22:00 or 2026-11-23T22:00; by default now"),
		"cover_any_hour": l.T("不论开没开门", "whether open or not"),
		"cover_json":     l.T("写成一个 JSON 对象", "print one JSON object"),
		"cover_geojson":  l.T("另写一个 GeoJSON 文件：需求网格、站点和缺口", "also write demand, stations and gaps to a GeoJSON file"),
		"cover_html":     l.T("另写一份报告：一个网页文件，不用联网", "also write a report: one HTML file that needs no network"),

		"import":          l.T("导入街道、站点和需求", "import streets, stations and demand"),
		"import_streets":  l.T("从 OpenStreetMap 数据导入一座城市的街道和底图", "import a city's streets and map from an OpenStreetMap extract"),
		"osm_file":        l.T(".osm.pbf 或 .osm（可以是 .gz、.bz2）", "a .osm.pbf or .osm file (.gz and .bz2 too)"),
		"title":           l.T("城市名称，写在页面上", "the city's name, for the pages"),
		"import_stations": l.T("从表格（CSV、XLSX）或 GeoJSON 导入站点；有一行错就一行也不导入", "import stations from a sheet (CSV, XLSX) or GeoJSON; one wrong row and none comes in"),
		"stations_file":   l.T("站点文件", "the file of stations"),
		"import_places":   l.T("把街道数据里的银行、邮局、公厕等变成站点", "make stations of the banks, post offices, toilets and so on of the streets file"),
		"dry_run":         l.T("只试运行，说出结果，不改动", "say what would come of it and change nothing"),
		"replace":         l.T("文件里没有的站点就移除", "remove the stations that the file does not have"),
		"division":        l.T("没写区划的行属于哪里：代码或名称", "the division of rows without one: its code or name"),
		"source":          l.T("没写来源的行从哪里来", "the source of rows without one"),
		"datum":           l.T("没写坐标系的行用什么：WGS84、GCJ02、BD09", "the datum of rows without one: WGS84, GCJ02 or BD09"),
		"kinds":           l.T("只要哪些种类，如 bank,post_office；不写就全要", "which kinds, as bank,post_office; by default all"),
		"candidate":       l.T("作为候选点，不算开放的站点", "as candidates, which do not count as open"),

		"backup":         l.T("把全部数据备份成一个文件", "back all data up into one file"),
		"backup_file":    l.T("写到哪个文件；“-”是标准输出", "the file to write; - is standard output"),
		"backup_replace": l.T("即使已有的备份内容更多，也替换它", "replace a backup that is there even if it holds more"),
		"restore":        l.T("从备份恢复到空的数据库", "restore a backup into an empty database"),
		"restore_file":   l.T("备份文件；“-”是标准输入", "the backup; - is standard input"),
		"version":        l.T("版本", "the version"),
	}
}

type versionCommand struct{}

// Run prints the version and what it was built with.
func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintf(t.out, "xiadu %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
