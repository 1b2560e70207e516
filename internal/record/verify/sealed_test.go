package verify_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// TestOpeningsAreChecked: what an opening says has to be what was sealed, once.
func TestOpeningsAreChecked(t *testing.T) {
	salt := strings.Repeat("ab", 32)
	inner := statement(3)
	hidden := logtree.Statement{At: inner.At, ID: inner.ID, Kind: logtree.KindSealed, Public: []byte("{}"), Subject: "sealed", Commitment: logtree.SealedCommitment(salt, inner.Bytes())}
	opening := func(id, entry, salt string, said logtree.Statement) []byte {
		public, err := canonical.JSON(logtree.Opening{Entry: entry, Salt: salt, Statement: json.RawMessage(said.Bytes())})
		if err != nil {
			t.Fatal(err)
		}
		return logtree.Statement{At: inner.At, By: "x", ID: id, Kind: logtree.KindOpened, Public: public, Subject: said.Subject}.Bytes()
	}
	other, elsewhere := inner, inner
	other.By = "somebody else"
	elsewhere.ID = "0192-999999"
	right := opening("o-1", inner.ID, salt, inner)
	key := newSigner(t, origin)
	for name, c := range map[string]struct {
		entries [][]byte
		want    []verify.What
	}{
		"not opened":          {[][]byte{hidden.Bytes()}, nil},
		"opened":              {[][]byte{hidden.Bytes(), right}, nil},
		"another actor":       {[][]byte{hidden.Bytes(), opening("o-1", inner.ID, salt, other)}, []verify.What{verify.Misopened}},
		"another salt":        {[][]byte{hidden.Bytes(), opening("o-1", inner.ID, strings.Repeat("cd", 32), inner)}, []verify.What{verify.Misopened}},
		"opened twice":        {[][]byte{hidden.Bytes(), right, opening("o-2", inner.ID, salt, inner)}, []verify.What{verify.Misopened}},
		"never sealed":        {[][]byte{hidden.Bytes(), opening("o-1", elsewhere.ID, salt, elsewhere)}, []verify.What{verify.Unfounded}},
		"opened before":       {[][]byte{right, hidden.Bytes()}, []verify.What{verify.Unfounded}},
		"of another's entry":  {[][]byte{hidden.Bytes(), opening("o-1", elsewhere.ID, salt, inner)}, []verify.What{verify.Malformed}},
		"without a statement": {[][]byte{hidden.Bytes(), logtree.Statement{At: inner.At, By: "x", ID: "o-1", Kind: logtree.KindOpened, Public: []byte("{}"), Subject: "y"}.Bytes()}, []verify.What{verify.Malformed}},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, publish(t, key, c.entries), verify.Options{})
			var found []verify.What
			for _, f := range r.Findings {
				found = append(found, f.What)
			}
			if !slices.Equal(found, c.want) {
				t.Errorf("%v, want %v", r.Findings, c.want)
			}
		})
	}
	if r := check(t, publish(t, key, [][]byte{hidden.Bytes(), right}), verify.Options{}); r.Opened != 1 || fmt.Sprint(r.Kinds) != "map[record.opened:1 record.sealed:1]" {
		t.Errorf("%+v", r)
	}
}
