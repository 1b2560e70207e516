package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/xiadu/xiadu/internal/fault"
)

// defaultSettings is read if it exists; a file that was asked for must exist.
const defaultSettings = "xiadu.conf"

// settingsFile gives flags their values from a file of "name = value" lines,
// named as the flags are:
//
//	# where this city's data are
//	home   = /srv/xiadu
//	listen = 0.0.0.0:8080
//
// It is a kong.Resolver.
type settingsFile struct {
	args   []string
	path   string
	values map[string]string
}

// Validate has nothing to add: kong asks for values before it validates.
func (s *settingsFile) Validate(*kong.Application) error { return nil }

// read reads the file, and refuses names that no command knows: a slip of the
// pen must not become a default.
func (s *settingsFile) read(app *kong.Application) error {
	s.values = map[string]string{}
	asked := s.find()
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		return nil
	}
	if err != nil {
		return fault.New(fault.NotFound, "读不了配置文件 %s", "cannot read the settings file %s", s.path).Because(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	known := map[string]bool{}
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(text, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
		if !ok || !known[name] {
			return fault.New(fault.Invalid, "配置文件 %[1]s 第 %[2]d 行：没有“%[3]s”这个设置。写法是“名称 = 值”，名称与命令行选项相同",
				"settings file %[1]s, line %[2]d: there is no setting %[3]q. Write name = value, with the names of the flags", s.path, n, name)
		}
		s.values[name] = value
	}
	return lines.Err()
}

// find tells which file to read, and whether it was asked for.
func (s *settingsFile) find() (asked bool) {
	s.path = defaultSettings
	if path := os.Getenv("XIADU_CONFIG"); path != "" {
		s.path, asked = path, true
	}
	for i, arg := range s.args {
		if path, ok := strings.CutPrefix(arg, "--config="); ok {
			s.path, asked = path, true
		} else if arg == "--config" && i+1 < len(s.args) {
			s.path, asked = s.args[i+1], true
		}
	}
	return asked
}

// Resolve returns the flag's value in the file, unless the environment has one:
// kong would let the file win.
func (s *settingsFile) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if s.values == nil {
		if err := s.read(ctx.Model); err != nil {
			return nil, err
		}
	}
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" { // set to nothing is not set
			return nil, nil
		}
	}
	if value, ok := s.values[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}
