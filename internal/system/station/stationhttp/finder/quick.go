package finder

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// QuickNearest answers the plain form of the question that programs ask most, a
// position and perhaps needs, a mode, an hour and a limit, without the detour
// through reflection. Its answer is that of the operation to the last byte; all
// that is not quite plain, and every error, is left to the operation.
func (p *Pages) QuickNearest(operation http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, _ := quickAsks.Get().(*quickAsk)
		defer quickAsks.Put(q)
		if !q.parse(r, p.Now()) || !q.answer(p.town(), web.LangOf(r)) {
			operation.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h["Content-Type"] = jsonType
		h["Content-Length"] = []string{strconv.Itoa(len(q.body))}
		_, _ = w.Write(q.body) // an error says that the program has left
	})
}

var jsonType = []string{"application/json"}

// quickAsk is a plain question and its answer, with the memory of both.
type quickAsk struct {
	ask.Ask
	limit int
	point geo.Point
	found network.Answer
	body  []byte
}

var quickAsks = sync.Pool{New: func() any { return new(quickAsk) }}

// parse reads a plain question. It is false for whatever the operation may read
// otherwise: a parameter that is unknown, empty, written twice or wrong.
func (q *quickAsk) parse(r *http.Request, now time.Time) bool {
	q.Ask, q.limit, q.point = ask.Ask{At: now}, usualLimit, geo.Point{}
	if r.Method != http.MethodGet || !plainAccept(r.Header["Accept"]) {
		return false
	}
	var seen [quickParameters]bool
	for rest := r.URL.RawQuery; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		name, value, _ := strings.Cut(pair, "=")
		if strings.ContainsAny(pair, "%+;") {
			var err error
			if value, err = url.QueryUnescape(value); err != nil || strings.Contains(pair, ";") {
				return false
			}
		}
		which, ok := q.set(name, value, now)
		if !ok || seen[which] && which != quickNeed {
			return false
		}
		seen[which] = true
	}
	q.Here = &q.point
	return seen[quickLat] && seen[quickLon] && q.point.Valid()
}

// answer asks the network and writes what it says. Of a failure the operation
// tells more.
func (q *quickAsk) answer(c *town, l lang.Lang) bool {
	if c.Network.FindInto(&q.found, q.Question(q.limit)) != nil {
		return false
	}
	var err error
	q.body, err = c.appendNearest(q.body[:0], l, q.Ask, q.found)
	return err == nil
}

// usualLimit is the operation's default.
const usualLimit = 10

// The parameters of a plain question.
const (
	quickLat = iota
	quickLon
	quickNeed
	quickLimit
	quickMode
	quickAt
	quickLang // was read already, see web.LangOf
	quickParameters
)

func (q *quickAsk) set(name, value string, now time.Time) (which int, ok bool) {
	var err error
	switch name {
	case "lat":
		q.point.Lat, err = strconv.ParseFloat(value, 64)
		return quickLat, err == nil
	case "lon":
		q.point.Lon, err = strconv.ParseFloat(value, 64)
		return quickLon, err == nil
	case "need":
		for key := range strings.SplitSeq(value, ",") {
			need, ok := needsByKey[key]
			if !ok {
				return quickNeed, false
			}
			q.Needs |= station.ServicesOf(need)
		}
		return quickNeed, true
	case "limit":
		q.limit, err = strconv.Atoi(value)
		return quickLimit, err == nil && q.limit >= 1 && q.limit <= 100
	case "mode":
		q.Mode, ok = network.ParseMode(value)
		return quickMode, ok
	case "at":
		q.At, q.Chosen, err = ask.ParseMoment(value, now)
		return quickAt, err == nil && q.Chosen
	case "lang":
		return quickLang, true
	}
	return 0, false
}

var needsByKey = func() map[string]station.Need {
	all := map[string]station.Need{}
	for n := range station.Needs() {
		all[n.Key()] = n
	}
	return all
}()

func plainAccept(accept []string) bool {
	return len(accept) == 0 || len(accept) == 1 && (accept[0] == "*/*" || accept[0] == "application/json")
}

// appendNearest writes the answer as json.Marshal writes a Nearest.
func (c *town) appendNearest(b []byte, l lang.Lang, a ask.Ask, found network.Answer) ([]byte, error) {
	b = append(b, `{"at":"`...)
	b = a.At.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","estimated":`...)
	b = strconv.AppendBool(b, found.Estimated)
	b = append(b, `,"isolated":`...)
	b = strconv.AppendBool(b, found.Isolated)
	b = append(b, `,"stations":[`...)
	for i, f := range found.Found {
		if i > 0 {
			b = append(b, ',')
		}
		card, err := c.card(l, f)
		if err != nil {
			return b, err
		}
		b = append(append(b, `{"station":`...), card...)
		b = strconv.AppendInt(append(b, `,"way_s":`...), int64(f.Way/time.Second), 10)
		b = strconv.AppendUint(append(b, `,"way_m":`...), uint64(f.Length/10), 10)
		if tenth := f.Length % 10; tenth > 0 {
			b = append(b, '.', byte('0'+tenth))
		}
		b = f.Arrive.Truncate(time.Second).AppendFormat(append(b, `,"arrive":"`...), time.RFC3339Nano)
		said, err := c.said.get(page.SayingOf(l, a, f))
		if err != nil {
			return b, err
		}
		b = append(append(b, '"'), said...)
	}
	return append(b, ']', '}', '\n'), nil
}

// sayings keeps the ends of what is said of a station: its standing, when that
// changes, and the sentence. A day has a few thousand.
type sayings struct {
	mu   sync.RWMutex
	kept map[page.Saying][]byte
}

const mostSayings = 1 << 14

func (k *sayings) get(s page.Saying) ([]byte, error) {
	k.mu.RLock()
	said, ok := k.kept[s]
	k.mu.RUnlock()
	if ok {
		return said, nil
	}
	said = append(append(said, `,"standing":"`...), standingKeys[s.Standing]...)
	if !s.Changes.IsZero() {
		said = s.Changes.AppendFormat(append(said, `","changes":"`...), time.RFC3339Nano)
	}
	sentence, err := json.Marshal(s.Words())
	said = append(append(append(said, `","sentence":`...), sentence...), '}')
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= mostSayings { // yesterday's are of no use
		k.kept = map[page.Saying][]byte{}
	}
	k.kept[s] = said
	return said, nil
}

// cards keeps what the API says of each station in each language, written when it
// is first asked for.
type cards struct {
	all   [2][]atomic.Pointer[[]byte] // by language, then by index in Network.Stations
	bytes atomic.Int64
}

// mostCardBytes bounds the cards of a snapshot. A city's take a few megabytes;
// beyond it a card is written each time.
const mostCardBytes = 64 << 20

// card returns the station of f as json.Marshal writes its StationJSON.
func (c *town) card(l lang.Lang, f network.Found) ([]byte, error) {
	held := &c.cards.all[l][f.Index()]
	if card := held.Load(); card != nil {
		return *card, nil
	}
	card, err := json.Marshal(figures.StationOf(l, *f.Station))
	if err != nil {
		return nil, err
	}
	if c.cards.bytes.Add(int64(len(card))) <= mostCardBytes {
		held.Store(&card)
	}
	return card, nil
}
