package publiclog

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Published is an entry of the log as the public may have it.
type Published struct {
	Index     int64
	Statement []byte
	Said      logtree.Statement
	Leaf      tlog.Hash
}

// From returns the published entries from an index on, no more than most, and the
// checkpoint that they are under. It has none where the index is that of the next entry.
func (l *Log) From(ctx context.Context, index int64, most int) (c logtree.Checkpoint, all []Published, err error) {
	if c, err = l.Checkpoint(ctx); err != nil {
		return c, nil, err
	}
	count := int(min(int64(most), c.Size-index))
	if index < 0 || count <= 0 {
		return c, nil, nil
	}
	items, tree, err := l.entries(ctx, index, count)
	if err != nil {
		return c, nil, err
	}
	for i, item := range items {
		p := Published{Index: index + int64(i), Statement: item.Statement(), Leaf: tree[i].Hash}
		if p.Said, err = logtree.ParseStatement(p.Statement); err != nil {
			return c, nil, faultAltered(p.Index, item.ID).Because(err)
		}
		all = append(all, p)
	}
	return c, all, nil
}
