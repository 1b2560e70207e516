package rule

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed presets/*.json
var presetFiles embed.FS

// presets are read once; a file that does not hold is a defect of the program.
var presets = sync.OnceValue(func() (all []File) {
	names, err := fs.Glob(presetFiles, "presets/*.json") // in the order of their names
	if err != nil {
		panic("rule: " + err.Error())
	}
	for _, name := range names {
		text, err := presetFiles.ReadFile(name)
		if err != nil {
			panic("rule: " + err.Error())
		}
		f, err := Read(text)
		if err != nil {
			panic("rule: " + name + ": " + err.Error())
		}
		if f.About.Key != strings.TrimSuffix(path.Base(name), ".json") {
			panic("rule: " + name + " is called " + f.About.Key)
		}
		all = append(all, f)
	}
	return all
})

// Presets are the rules that come with the program, by their keys. They are shared: a caller changes none.
func Presets() []File { return append([]File(nil), presets()...) }

// Preset is the one of a key.
func Preset(key string) (File, bool) {
	for _, f := range presets() {
		if f.About.Key == key {
			return f, true
		}
	}
	return File{}, false
}
