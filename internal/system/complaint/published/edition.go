package published

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
)

// editions are the bulletins that were published, in the order of the log.
type editions struct{ bulletins []edition }

// edition is a version of a bulletin.
type edition struct {
	bulletin.Out
	back []bulletin.Back
	at   int // place among the entries that were taken in
}

// file is where its table lies now.
func (e edition) file() string {
	if n := len(e.back); n > 0 {
		return e.back[n-1].Instead
	}
	return e.File
}

func (e edition) name() string {
	return fmt.Sprintf("%s v%d", e.Subject(), e.Version)
}

// publish takes in that a bulletin was published, or that a text was taken out of one.
func (es *editions) publish(s logtree.Statement) error {
	if s.Kind == (bulletin.Out{}).Kind() {
		var e edition
		err := json.Unmarshal(s.Public, &e.Out)
		es.bulletins = append(es.bulletins, e)
		return err
	}
	var b bulletin.Back
	if err := json.Unmarshal(s.Public, &b); err != nil {
		return err
	}
	i := slices.IndexFunc(es.bulletins, func(e edition) bool { return e.Campaign == b.Campaign && e.file() == b.File })
	if i < 0 {
		return fmt.Errorf("it is of no bulletin: %s", b.File)
	}
	es.bulletins[i].back = append(es.bulletins[i].back, b)
	return nil
}

// came is what a letter was when it came, as its opening says.
type came struct {
	Campaign string   `json:"campaign"`
	Batch    int      `json:"batch"`
	Code     string   `json:"code"`
	Channel  string   `json:"channel"`
	Key      bool     `json:"key"`
	Kinds    []string `json:"kinds"`
	Division string   `json:"division"`
}

// openedLetter reads what a letter was that had been sealed; it is false of what is no letter.
func openedLetter(s logtree.Statement) (l came, ok bool, err error) {
	var o struct {
		Statement json.RawMessage `json:"statement"`
	}
	if err := json.Unmarshal(s.Public, &o); err != nil {
		return l, false, err
	}
	said, err := logtree.ParseStatement(o.Statement)
	if err != nil || said.Kind != received {
		return l, false, err
	}
	return l, true, json.Unmarshal(said.Public, &l)
}
