package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// preferences are the reader's two switches. The query wins over the cookie, so
// that the switches work where cookies are refused, one page at a time.
type preferences struct {
	lang  lang.Lang
	large bool
}

const preferenceYears = 365 * 24 * 3600 // seconds a switch is remembered

func preferencesOf(r *http.Request) preferences {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
		return p.preferences
	}
	return readPreferences(r)
}

// LangOf returns the language to answer r in: what the reader switched to, or
// Chinese. A program that sends no cookie is asked by Accept-Language.
func LangOf(r *http.Request) lang.Lang { return preferencesOf(r).lang }

func readPreferences(r *http.Request) preferences {
	var query url.Values
	// Most programs ask with neither switch, and need not wait for their query to
	// be read twice. A name may be escaped, but then there is a % in it.
	if raw := r.URL.RawQuery; strings.Contains(raw, "lang") || strings.Contains(raw, "large") || strings.Contains(raw, "%") {
		query = r.URL.Query()
	}
	setting := func(name string) string {
		if v := query.Get(name); v != "" {
			return v
		}
		if c, err := r.Cookie(name); err == nil {
			return c.Value
		}
		return ""
	}
	tag := setting("lang")
	if tag == "" && forProgram(r) {
		tag = r.Header.Get("Accept-Language")
	}
	return preferences{lang: lang.Parse(tag), large: setting("large") == "1"}
}

// remember stores a switch that was just pressed.
func remember(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := preferencesOf(r); !forProgram(r) {
			for name, value := range map[string]string{"lang": p.lang.Tag()[:2], "large": flag(p.large)} {
				if r.URL.Query().Has(name) {
					http.SetCookie(w, &http.Cookie{
						Name: name, Value: value, Path: "/", MaxAge: preferenceYears,
						HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
					})
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// With returns the address of the page with one parameter of its query changed;
// an empty value removes it.
func (p Page) With(name, value string) string {
	q, err := url.ParseQuery(p.Query)
	if err != nil {
		q = url.Values{}
	}
	if value == "" {
		q.Del(name)
	} else {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return p.Path
	}
	return p.Path + "?" + q.Encode()
}

// forProgram reports whether r comes from a program rather than from a reader:
// it decides how an error is written.
func forProgram(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasSuffix(r.URL.Path, "json") {
		return true // .json and .geojson are for programs too
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
