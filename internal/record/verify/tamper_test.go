package verify_test

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// tampering is something that somebody does to a log, and what is found.
type tampering struct {
	name string
	do   func(t *testing.T, l *tampered)
	want []string // what and where
}

type tampered struct {
	key   signer
	all   [][]byte
	files files
	o     verify.Options
}

// inBundle changes the statements of a bundle and leaves all else.
func (l *tampered) inBundle(path string, change func([][]byte) [][]byte) {
	parts, _ := logtree.SplitBundle(l.files[path])
	var b []byte
	for _, s := range change(slices.Clone(parts)) {
		b = logtree.AppendStatement(b, s)
	}
	l.files[path] = b
}

// rewrite makes all files anew from other statements, but has no key.
func (l *tampered) rewrite(t *testing.T, all [][]byte) {
	t.Helper()
	signed := l.files["checkpoint"]
	l.files = publish(t, newSigner(t, origin), all)
	l.files["checkpoint"], l.files["keys"] = signed, []byte(l.key.public)
}

var table = []tampering{
	{"nothing", func(*testing.T, *tampered) {}, nil},
	{"an entry changed", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/001", func(s [][]byte) [][]byte {
			s[4] = statement(9999).Bytes()
			return s
		})
	}, []string{"changed: entry 260"}},
	{"an entry of the last, partial bundle changed", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/002.p/88", func(s [][]byte) [][]byte {
			s[87] = statement(9999).Bytes()
			return s
		})
	}, []string{"changed: entry 599"}},
	{"two neighbours exchanged", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/000", func(s [][]byte) [][]byte {
			s[7], s[8] = s[8], s[7]
			return s
		})
	}, []string{"moved: entry 7", "moved: entry 8"}},
	{"entries of two bundles exchanged", func(_ *testing.T, l *tampered) {
		one, other := l.all[3], l.all[520]
		l.inBundle("tile/entries/000", func(s [][]byte) [][]byte { s[3] = other; return s })
		l.inBundle("tile/entries/002.p/88", func(s [][]byte) [][]byte { s[8] = one; return s })
	}, []string{"moved: entry 3", "moved: entry 520"}},
	{"an entry removed", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/000", func(s [][]byte) [][]byte { return slices.Delete(s, 9, 10) })
	}, []string{"removed: entry 9"}},
	{"the last entry removed", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/002.p/88", func(s [][]byte) [][]byte { return s[:87] })
	}, []string{"removed: entry 599"}},
	{"an entry inserted", func(_ *testing.T, l *tampered) {
		l.inBundle("tile/entries/001", func(s [][]byte) [][]byte { return slices.Insert(s, 2, statement(9999).Bytes()) })
	}, []string{"inserted: entry 258"}},
	{"a bundle emptied", func(_ *testing.T, l *tampered) { l.files["tile/entries/001"] = []byte{} }, []string{"changed: tile/entries/001"}},
	{"a hash changed", func(_ *testing.T, l *tampered) { l.files["tile/0/000"][5*32] ^= 1 }, []string{"changed: tile/0/000"}},
	{"a hash above changed", func(_ *testing.T, l *tampered) { l.files["tile/1/000.p/2"][40] ^= 1 }, []string{"changed: tile/1/000.p/2"}},
	{"a tile cut short", func(_ *testing.T, l *tampered) { l.files["tile/0/001"] = l.files["tile/0/001"][:32*255] }, []string{"changed: tile/0/001"}},
	{"an entry and a tile elsewhere changed", func(_ *testing.T, l *tampered) {
		l.files["tile/0/000"][5*32] ^= 1
		l.inBundle("tile/entries/001", func(s [][]byte) [][]byte { s[4] = statement(9999).Bytes(); return s })
	}, []string{"changed: entry 260", "changed: tile/0/000"}},
	{"a file removed", func(_ *testing.T, l *tampered) { delete(l.files, "tile/entries/001") }, []string{"missing: tile/entries/001"}},
	{"a tile removed", func(_ *testing.T, l *tampered) { delete(l.files, "tile/1/000.p/2") }, []string{"missing: tile/1/000.p/2"}},
	{"all rewritten, an entry changed", func(t *testing.T, l *tampered) {
		t.Helper()
		l.all[4] = statement(9999).Bytes()
		l.rewrite(t, l.all)
	}, []string{"rewritten: checkpoint"}},
	{"all rewritten, in another order", func(t *testing.T, l *tampered) {
		t.Helper()
		slices.Reverse(l.all)
		l.rewrite(t, l.all)
	}, []string{"rewritten: checkpoint"}},
	{"all rewritten and signed with another key", func(t *testing.T, l *tampered) {
		t.Helper()
		l.all[4] = statement(9999).Bytes()
		l.files = publish(t, newSigner(t, origin), l.all)
	}, []string{"forged: checkpoint"}},
	{"all rewritten and signed with the key, one reader has seen the other", func(t *testing.T, l *tampered) {
		t.Helper()
		l.o.Seen = []verify.File{{Name: "on paper", Text: l.files["checkpoint"]}}
		l.all[4] = statement(9999).Bytes()
		l.files = publish(t, l.key, l.all)
	}, []string{"fork: on paper"}},
	{"a longer history without what one reader has seen", func(t *testing.T, l *tampered) {
		t.Helper()
		l.o.Seen = []verify.File{{Name: "on paper", Text: publish(t, l.key, l.all[:300])["checkpoint"]}}
		l.files = publish(t, l.key, slices.Delete(l.all, 299, 300))
	}, []string{"fork: on paper"}},
	{"a receipt of another history", func(t *testing.T, l *tampered) {
		t.Helper()
		l.o.Receipts = []verify.File{receiptOf(t, l, 17)}
		l.all[18] = statement(9999).Bytes()
		l.files = publish(t, l.key, l.all)
	}, []string{"fork: 17.tlog-proof"}},
	{"cut short, with a checkpoint of then", func(t *testing.T, l *tampered) {
		t.Helper()
		l.o.Seen = []verify.File{{Name: "kept", Text: l.files["checkpoint"]}}
		l.files = publish(t, l.key, l.all[:500])
	}, []string{"truncated: checkpoint"}},
	{"a checkpoint that the key has not signed, from elsewhere", func(t *testing.T, l *tampered) {
		t.Helper()
		l.o.Seen = []verify.File{{Name: "false", Text: publish(t, newSigner(t, origin), l.all)["checkpoint"]}}
	}, []string{"forged: false"}},
	{"a receipt with another entry in it", func(t *testing.T, l *tampered) {
		t.Helper()
		f := receiptOf(t, l, 17)
		r, err := logtree.ParseReceipt(f.Text)
		if err != nil {
			t.Fatal(err)
		}
		r.Statement = l.all[18]
		l.o.Receipts = []verify.File{{Name: f.Name, Text: r.Bytes()}}
	}, []string{"disproved: 17.tlog-proof"}},
	{"signed without form", func(t *testing.T, l *tampered) {
		t.Helper()
		l.all[30] = append(l.all[30], ' ')
		l.files = publish(t, l.key, l.all)
	}, []string{"malformed: entry 30"}},
	{"signed twice", func(t *testing.T, l *tampered) {
		t.Helper()
		l.all[30] = l.all[31]
		l.files = publish(t, l.key, l.all)
	}, []string{"repeated: entries"}},
	{"signed that what never was is erased", func(t *testing.T, l *tampered) {
		t.Helper()
		s := statement(30)
		s.Kind, s.Public = "record.erased", []byte(`{"entry":"nothing","reason":"x"}`)
		l.all[30] = s.Bytes()
		l.files = publish(t, l.key, l.all)
	}, []string{"unfounded: entry 30"}},
}

func receiptOf(t *testing.T, l *tampered, index int64) verify.File {
	t.Helper()
	c, err := logtree.ParseCheckpoint(l.files["checkpoint"])
	if err != nil {
		t.Fatal(err)
	}
	proof, err := tlog.ProveRecord(c.Size, index, logtree.Hashes(c.Size, func(level int, n int64, count int) ([]tlog.Hash, error) {
		total := c.Size >> (8 * level)
		tile := logtree.Tile(level, n/256, int(min(256, total-n/256*256)))
		hashes, err := logtree.SplitHashes(l.files[logtree.TilePath(tile)])
		return hashes[n%256:][:count], err
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := logtree.Receipt{Statement: l.all[index], Index: index, Proof: proof, Checkpoint: c}
	return verify.File{Name: fmt.Sprintf("%d.tlog-proof", index), Text: r.Bytes()}
}

func TestTampering(t *testing.T) {
	key := newSigner(t, origin)
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			l := &tampered{key: key, all: statements(600), o: verify.Options{Keys: []string{key.public}}}
			l.files = publish(t, key, l.all)
			if r := check(t, l.files, verify.Options{Receipts: []verify.File{receiptOf(t, l, 599)}}); len(r.Findings) > 0 {
				t.Fatal("before:", r.Findings)
			}
			c.do(t, l)
			var got []string
			for _, f := range check(t, l.files, l.o).Findings {
				if s := fmt.Sprintf("%s: %s", f.What, f.Where); !slices.Contains(got, s) {
					got = append(got, s)
				}
				if f.Text.ZH == "" || f.Text.EN == "" {
					t.Errorf("no text: %+v", f)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
