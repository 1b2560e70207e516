package main

import (
	"fmt"
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

	Backup  backupCommand  `cmd:"" help:"${backup}"`
	Restore restoreCommand `cmd:"" help:"${restore}"`
	Version versionCommand `cmd:"" help:"${version}"`
}

// settings are the flags that all commands share, as the application takes them.
func (c *cli) settings() app.Config {
	return app.Config{Home: c.Home, DSN: c.DB}
}

// texts are the help in language l.
func texts(l lang.Lang) map[string]string {
	return map[string]string{
		"xiadu":        l.T("夏都：找到走路能到、到了还开着的工会驿站；看全城十五分钟服务圈。", "Xiadu: find a rest station within a walk that is open when you get there; see the city's 15-minute circle."),
		"help":         l.T("看用法", "show this help"),
		"lang":         l.T("语言", "language"),
		"config":       l.T("配置文件，每行“名称 = 值”，名称与选项相同；默认读 "+defaultSettings, "settings file with lines name = value, named as the flags; "+defaultSettings+" is read by default"),
		"home":         l.T("数据目录", "folder of the data"),
		"db":           l.T("数据库：文件路径，或 postgres://…；默认是数据目录里的 xiadu.db", "database: a file's path, or postgres://…; by default xiadu.db in the data folder"),
		"backup":       l.T("把全部数据备份成一个文件", "back all data up into one file"),
		"backup_file":  l.T("写到哪个文件；“-”是标准输出", "the file to write; - is standard output"),
		"restore":      l.T("从备份恢复到空的数据库", "restore a backup into an empty database"),
		"restore_file": l.T("备份文件", "the backup"),
		"version":      l.T("版本", "the version"),
	}
}

type versionCommand struct{}

// Run prints the version and what it was built with.
func (versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintf(t.out, "xiadu %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
