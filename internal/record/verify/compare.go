package verify

import (
	"context"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// compare names what differs from the right leaves, and replays entries that do not.
func (w *walk) compare(ctx context.Context, l leaves, right []tlog.Hash) {
	first := l.tile.N * logtree.TileWidth
	if len(l.hashes) == len(right) {
		for i, h := range l.hashes {
			if h != right[i] {
				w.found(Changed, logtree.TilePath(logtree.Tile(0, l.tile.N, l.tile.W)), "第 %[1]d 个散列与条目不符", "hash %[1]d is not that of its entry", i)
			}
		}
	}
	if len(l.entries) != l.tile.W {
		w.miscounted(l, right)
		return
	}
	for i, h := range l.entries {
		if h == right[i] {
			w.replayed(ctx, first+int64(i), l.statements[i])
		} else {
			w.differ = append(w.differ, difference{first + int64(i), h, right[i]})
		}
	}
}

// miscounted names the entry that a bundle lacks or has too many.
func (w *walk) miscounted(l leaves, right []tlog.Hash) {
	path := logtree.TilePath(l.tile)
	at := 0
	for at < min(len(l.entries), len(right)) && l.entries[at] == right[at] {
		at++
	}
	index := l.tile.N*logtree.TileWidth + int64(at)
	switch {
	case l.missing: // said already
	case len(l.entries) == len(right)-1 && slices.Equal(l.entries[at:], right[at+1:]):
		w.found(Removed, entry(index), "%s 里少了这一条", "it is left out of %s", path)
	case len(l.entries) == len(right)+1 && slices.Equal(l.entries[at+1:], right[at:]):
		w.found(Inserted, entry(index), "%s 里多出一条", "an entry was put into %s in front of it", path)
	default:
		w.found(Changed, path, "应有 %[1]d 条，实有 %[2]d 条，从第 %[3]d 条起不符", "it should have %[1]d entries and has %[2]d; they differ from entry %[3]d on", l.tile.W, len(l.entries), index)
	}
}

// settle names the differences: an entry that stands where another belongs has
// moved, any other was changed. A place that another took over is said once, with it.
func (w *walk) settle() {
	places := map[tlog.Hash]int64{}
	for _, d := range w.differ {
		places[d.want] = d.index
	}
	for _, d := range w.differ {
		if from, ok := places[d.got]; ok {
			w.found(Moved, entry(d.index), "这里是第 %d 条的内容：次序被改动", "what is here belongs to entry %d: the order was changed", from)
		} else {
			w.found(Changed, entry(d.index), "内容与签过名的不符", "it is not what was signed")
		}
	}
	w.replay.settle(w)
}
