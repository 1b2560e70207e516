package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// Assets are the built style sheets, scripts, icons and the map library. All
// live under one revision, the hash of them all, so that an address never
// changes its content and scripts can import each other by relative name.
type Assets struct {
	files map[string]asset
	rev   string
}

type asset struct {
	kind          string // content type
	plain, zipped []byte
}

// embedded reads the assets of this binary, once: they are as constant as its
// code.
var embedded = sync.OnceValues(func() (*Assets, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the embedded assets: %w", err)
	}
	return readAssets(built)
})

// spriteURL is the address of the icons. An icon is drawn in the middle of
// everything, so it does not ask for a Page; no page is drawn without a Site,
// whose New has checked the assets.
func spriteURL() string {
	a, err := embedded()
	if err != nil {
		return ""
	}
	return a.URL("icons.svg")
}

func readAssets(built fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		b, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		base, zipped := strings.CutSuffix(name, ".gz")
		f := a.files[base]
		if f.kind = mimeType(base); zipped {
			f.zipped = b
		} else {
			f.plain = b
			_, _ = fmt.Fprintf(sum, "%s %d\n", name, len(b))
			_, _ = sum.Write(b)
		}
		a.files[base] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the embedded assets: %w", err)
	}
	for _, name := range []string{"app.css", "app.js", "map.js", "worker.js", "icons.svg"} {
		if a.files[name].plain == nil {
			return nil, errors.New("the front-end is not in this binary (" + name + " is missing): run `npm ci && npm run build`, then build again; `make build` does both")
		}
	}
	a.rev = hex.EncodeToString(sum.Sum(nil)[:6])
	return a, nil
}

func mimeType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(path.Ext(name))
	}
}

// URL returns the address of an asset. It panics for a name that was not
// built, which a template's first rendering in any test shows.
func (a *Assets) URL(name string) string {
	if _, ok := a.files[name]; !ok {
		panic("web: no asset " + name)
	}
	return "/assets/" + a.rev + "/" + name
}

// Text returns an asset's content, for a document that must carry its own
// style, such as an exported report. It panics like URL.
func (a *Assets) Text(name string) string {
	a.URL(name)
	return string(a.files[name].plain)
}

// compiling is the one script that may compile WebAssembly, to convert HEIC photos. A
// worker keeps the policy that it came with, so no page has to allow it.
const (
	compiling       = "heic.js"
	compilingPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)

// ServeHTTP serves an asset: for ever under the present revision, once under
// an older one, which a page left open across an update still asks for.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	if r.PathValue("name") == compiling {
		h.Set("Content-Security-Policy", compilingPolicy)
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("rev") == a.rev {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	if f.zipped != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
	}
	send(w, r, body, `"`+a.rev+`"`)
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// send answers with body, or with 304 to a reader who has it already.
func send(w http.ResponseWriter, r *http.Request, body []byte, tag string) {
	w.Header().Set("ETag", tag)
	if matches(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	// A reader who goes away is not an error, and nobody is left to be told.
	_, _ = w.Write(body)
}
