package signin

import (
	"net/http"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/web"
)

// Who tells a use case who a request comes from: the browser's session, or the program
// whose token it bears. Who shows neither is nobody, and no error.
func Who(people identity.Staff) func(*http.Request) (identity.Colleague, error) {
	return func(r *http.Request) (identity.Colleague, error) {
		bearer, program := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		token := cookie(r, sessionCookie)
		if !program && token == "" {
			return identity.Colleague{}, nil
		}
		s, err := people()
		if err != nil {
			return identity.Colleague{}, err
		}
		if program {
			who, err := s.Programs.Who(r.Context(), strings.TrimSpace(bearer))
			return s.Colleague(who), err
		}
		who, err := s.Sessions.Who(r.Context(), token)
		if identity.NeedsSignIn(err) {
			return identity.Colleague{}, nil
		}
		return s.Colleague(who), err
	}
}

// Reader tells pages what to offer. Whom it cannot find out about is the public:
// a page for everybody is not to fail for it.
func Reader(people identity.Staff) func(*http.Request) web.Reader {
	who := Who(people)
	return func(r *http.Request) web.Reader {
		a, err := who(r)
		if err != nil || !a.SignedIn() {
			return web.Reader{}
		}
		s, err := people()
		if err != nil {
			return web.Reader{}
		}
		return web.Reader{SignedIn: true, Mark: web.ReaderMark(a.Person), Rights: s.Catalogue().Held(a.Grants, time.Now())}
	}
}

// In tells a page of somebody's own who is in, all the way. Who is not is led to where one
// signs in, or to what is still due, and the page gets false.
func In(people identity.Staff) func(http.ResponseWriter, *http.Request) (identity.Colleague, bool, error) {
	p := pages{people: people}
	return func(w http.ResponseWriter, r *http.Request) (identity.Colleague, bool, error) {
		s, who, ok, err := p.who(w, r)
		if !ok {
			return identity.Colleague{}, false, err
		}
		if !who.SignedIn() {
			back := r.URL.Path
			if r.Method != http.MethodGet {
				back = Item.Href
			}
			http.Redirect(w, r, next(who.Level, who.Must, back), http.StatusSeeOther)
			return identity.Colleague{}, false, nil
		}
		return s.Colleague(who), true, nil
	}
}
