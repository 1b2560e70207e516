package osm

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// block parses the inflated blocks of a PBF, one after the other.
type block struct {
	texts                 [][]byte // the block's string table
	key                   []string // the same, where the text is a kept key, else ""
	value                 []string // the same, as far as it was asked for
	sets                  tagSets  // of ways, by their packed keys and values
	granularity           int64    // nanodegrees
	latOffset, lonOffset  int64
	out                   *batch
	newest                int64 // edit of a way, in seconds
	tags                  Tags
	ids, lats, lons, keys wire // the columns of dense nodes
}

// parse returns the batch of raw, and false if raw is malformed.
func (k *block) parse(raw []byte) (*batch, bool) {
	k.sets.clear()
	ways := 0 // as many as in the block before, most likely
	if k.out != nil {
		ways = len(k.out.ways)
	}
	*k = block{
		texts: k.texts[:0], key: k.key[:0], value: k.value[:0], sets: k.sets,
		tags: k.tags[:0], granularity: 100, out: &batch{ways: make([]packedWay, 0, ways+ways/16)},
	}
	w := wire{b: raw}
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			k.table(w.message(kind))
		case 17:
			k.granularity = int64(int32(w.number(kind)))
		case 19:
			k.latOffset = int64(w.number(kind))
		case 20:
			k.lonOffset = int64(w.number(kind))
		default:
			w.skip(kind)
		}
	}
	// The scale may stand behind the data that it applies to: hence twice.
	ok := !w.bad
	w = wire{b: raw}
	for field, kind := w.next(); field != 0 && ok; field, kind = w.next() {
		if field == 2 {
			ok = k.group(w.message(kind))
			continue
		}
		w.skip(kind)
	}
	k.out.newest = date(k.newest)
	return k.out, ok && !w.bad
}

func (k *block) table(w wire) {
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		if field != 1 {
			w.skip(kind)
			continue
		}
		text := w.message(kind)
		key := ""
		if keeps(string(text.b)) {
			key = string(text.b)
		}
		k.texts, k.key, k.value = append(k.texts, text.b), append(k.key, key), append(k.value, "")
	}
}

func (k *block) group(w wire) bool {
	ok := !w.bad
	for field, kind := w.next(); field != 0 && ok; field, kind = w.next() {
		switch field {
		case 1:
			ok = k.node(w.message(kind))
		case 2:
			ok = k.dense(w.message(kind))
		case 3:
			ok = k.way(w.message(kind))
		case 4:
			ok = k.relation(w.message(kind))
		default:
			w.skip(kind)
		}
	}
	return ok && !w.bad
}

// takeNode takes a node by its position in the units of the block. In those of most
// files, which are ours, there is nothing to convert.
func (k *block) takeNode(id, lon, lat int64) {
	if !k.tags.notable() {
		k.tags = k.tags[:0]
	}
	const east, north = 180 * 1e7, 90 * 1e7
	if k.granularity == 100 && k.lonOffset|k.latOffset == 0 && lon >= -east && lon <= east && lat >= -north && lat <= north {
		k.out.place(id, geo.Fixed{Lon: int32(lon), Lat: int32(lat)}, k.taken())
		return
	}
	k.out.addNode(id, k.place(lon, lat), k.taken())
}

func (k *block) place(lon, lat int64) geo.Point {
	return geo.Point{
		Lon: float64(k.lonOffset+k.granularity*lon) / 1e9,
		Lat: float64(k.latOffset+k.granularity*lat) / 1e9,
	}
}

// tag adds a tag by its places in the string table, if its key is kept.
func (k *block) tag(key, value uint64) bool {
	if key >= uint64(len(k.texts)) || value >= uint64(len(k.texts)) {
		return false
	}
	if name := k.key[key]; name != "" {
		if k.value[value] == "" {
			k.value[value] = string(k.texts[value])
		}
		k.tags = append(k.tags, Tag{name, k.value[value]})
	}
	return true
}

// taken returns the tags collected since the last call.
func (k *block) taken() Tags {
	if len(k.tags) == 0 {
		return nil
	}
	t := sorted(append(Tags(nil), k.tags...))
	k.tags = k.tags[:0]
	return t
}

// columns reads keys and values that stand in two packed fields.
func (k *block) columns(keys, values wire) bool {
	for len(keys.b) > 0 {
		if !k.tag(keys.uvarint(), values.uvarint()) || keys.bad || values.bad {
			return false
		}
	}
	return true
}

// set returns the set of a way's tags, or untagged if they do not matter. Many
// ways of a block share a few sets, so each is made once.
func (k *block) set(keys, values wire) (int32, bool) {
	if len(keys.b) == 0 {
		return untagged, len(values.b) == 0
	}
	at := k.sets.find(keys.b, values.b)
	if at.keys == nil {
		if !k.columns(keys, values) {
			return untagged, false
		}
		at.keys, at.values, at.set = keys.b, values.b, untagged
		if k.tags.matters() {
			at.set = k.out.set(k.taken())
		}
		k.tags = k.tags[:0]
	}
	return at.set, true
}

// node reads a node that stands alone, as few programs write them.
func (k *block) node(w wire) bool {
	var id, lon, lat int64
	var keys, values wire
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch {
		case field == 1 && kind == wireVarint:
			id = w.svarint()
		case field == 2:
			keys = w.message(kind)
		case field == 3:
			values = w.message(kind)
		case field == 8 && kind == wireVarint:
			lat = w.svarint()
		case field == 9 && kind == wireVarint:
			lon = w.svarint()
		default:
			w.skip(kind)
		}
	}
	if w.bad || !k.columns(keys, values) {
		return false
	}
	k.takeNode(id, lon, lat)
	return true
}

// dense reads nodes that stand in columns.
func (k *block) dense(w wire) bool {
	k.ids, k.lats, k.lons, k.keys = wire{}, wire{}, wire{}, wire{}
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			k.ids = w.message(kind)
		case 8:
			k.lats = w.message(kind)
		case 9:
			k.lons = w.message(kind)
		case 10:
			k.keys = w.message(kind)
		default:
			w.skip(kind)
		}
	}
	var id, lat, lon int64
	k.out.ids, k.out.at = slices.Grow(k.out.ids, len(k.ids.b)), slices.Grow(k.out.at, len(k.ids.b)) // a byte each at least
	tagged := len(k.keys.b) > 0
	for len(k.ids.b) > 0 {
		id, lat, lon = id+k.ids.svarint(), lat+k.lats.svarint(), lon+k.lons.svarint()
		for tagged {
			key := k.keys.uvarint()
			if key == 0 {
				break
			}
			if !k.tag(key, k.keys.uvarint()) {
				return false
			}
		}
		if k.ids.bad || k.lats.bad || k.lons.bad || k.keys.bad {
			return false
		}
		k.takeNode(id, lon, lat)
	}
	return !w.bad
}

func (k *block) way(w wire) bool {
	var id int64
	var keys, values, refs, info, lats, lons wire
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			id = int64(w.number(kind))
		case 2:
			keys = w.message(kind)
		case 3:
			values = w.message(kind)
		case 4:
			info = w.message(kind)
		case 8:
			refs = w.message(kind)
		case 9:
			lats = w.message(kind)
		case 10:
			lons = w.message(kind)
		default:
			w.skip(kind)
		}
	}
	if len(lats.b) > 0 && !w.bad && !k.locate(refs, lats, lons) {
		return false
	}
	set, ok := k.set(keys, values)
	count, whole := varints(refs.b)
	if w.bad || !ok || !whole || refs.bad {
		return false
	}
	from := len(k.out.refs)
	k.out.refs = append(k.out.refs, refs.b...) // packed as we pack them
	e, edited := editionOf(info, len(keys.b) > 0)
	if !e.is(deleted) {
		k.newest = max(k.newest, edited)
	}
	k.out.keepWay(id, set, from, count, e)
	return true
}

// locate takes the positions beside a way's references. Where one is not on the
// earth the program that wrote the file had none.
func (k *block) locate(refs, lats, lons wire) bool {
	var id, lat, lon int64
	for len(refs.b) > 0 && len(lats.b) > 0 && len(lons.b) > 0 {
		id, lat, lon = id+refs.svarint(), lat+lats.svarint(), lon+lons.svarint()
		if refs.bad || lats.bad || lons.bad {
			return false
		}
		if p := k.place(lon, lat); p.Valid() {
			k.out.located = append(k.out.located, locatedNode{id, p.Fixed()})
		}
	}
	return true
}

// editionOf reads the info of an object: its version, whether it is still
// there, and when it was last changed, in seconds. Dates finer than a second
// exist in the format but not in the data.
func editionOf(info wire, hasTags bool) (e edition, edited int64) {
	if hasTags {
		e.flags = tagged
	}
	for field, kind := info.next(); field != 0; field, kind = info.next() {
		switch {
		case field == 1 && kind == wireVarint:
			if v := int32(info.uvarint()); v > 0 {
				e.version = uint32(v)
			}
		case field == 2:
			edited = int64(info.number(kind))
		case field == 6 && kind == wireVarint:
			if info.uvarint() == 0 {
				e.flags |= deleted
			}
		default:
			info.skip(kind)
		}
	}
	return e, edited
}

func (k *block) relation(w wire) bool {
	var id int64
	var keys, values, roles, refs, kinds, info wire
	for field, kind := w.next(); field != 0; field, kind = w.next() {
		switch field {
		case 1:
			id = int64(w.number(kind))
		case 2:
			keys = w.message(kind)
		case 3:
			values = w.message(kind)
		case 4:
			info = w.message(kind)
		case 8:
			roles = w.message(kind)
		case 9:
			refs = w.message(kind)
		case 10:
			kinds = w.message(kind)
		default:
			w.skip(kind)
		}
	}
	if w.bad || !k.columns(keys, values) {
		return false
	}
	var members []member
	for ref := int64(0); len(refs.b) > 0; {
		ref += refs.svarint()
		role, kind := roles.uvarint(), kinds.uvarint()
		if refs.bad || roles.bad || kinds.bad || role >= uint64(len(k.texts)) {
			return false
		}
		if kind == 1 {
			members = append(members, member{way: ref, inner: string(k.texts[role]) == "inner"})
		}
	}
	e, _ := editionOf(info, len(keys.b) > 0)
	k.out.addRelation(id, k.taken(), members, e)
	return true
}
