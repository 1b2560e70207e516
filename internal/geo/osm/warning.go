package osm

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/lang"
)

// WarningKind is one sort of flaw in a file that leaves the rest of it usable.
type WarningKind uint8

// The kinds of warning.
const (
	MissingNodes       WarningKind = iota + 1 // a way refers to a node that is not in the file
	ShortWays                                 // a way is left with fewer than two nodes
	DuplicateNodes                            // a node comes twice: the later one counts
	DuplicateWays                             // a way comes twice: the newer one counts
	DuplicateRelations                        // a relation comes twice: the newer one counts
	Unsorted                                  // objects are not in the order of their ids
	BadPositions                              // a node is not on the earth
	MissingMembers                            // a multipolygon refers to a way that is not in the file
	OpenRings                                 // a multipolygon's outline does not close
	GappedAreas                               // a surface lost nodes of its outline, which was closed over the gap
	warningKinds
)

// Warning counts the flaws of one kind and gives the id of the first.
type Warning struct {
	Kind    WarningKind
	Count   int
	Example int64
}

// Text returns the warning as a sentence for the operator.
func (w Warning) Text() lang.Text {
	format := func(zh, en string) lang.Text {
		return lang.Text{ZH: fmt.Sprintf(zh, w.Count, w.Example), EN: fmt.Sprintf(en, w.Count, w.Example)}
	}
	switch w.Kind {
	case MissingNodes:
		return format("线引用了文件中没有的节点 %d 处，已在该处断开（例如节点 %d）",
			"%d references to nodes that are not in the file; the ways were cut there (for example node %d)")
	case ShortWays:
		return format("节点不足两个的线 %d 条，已略去（例如 %d）", "%d ways with fewer than two nodes were left out (for example %d)")
	case DuplicateNodes:
		return format("节点重复出现 %d 次，以后出现的为准（例如 %d）", "%d nodes came again; the later one counts (for example %d)")
	case DuplicateWays:
		return format("线重复出现 %d 次，以版本新的、否则以后出现的为准（例如 %d）", "%d ways came again; the newer version counts, or else the later one (for example %d)")
	case DuplicateRelations:
		return format("关系重复出现 %d 次，以版本新的、否则以后出现的为准（例如 %d）", "%d relations came again; the newer version counts, or else the later one (for example %d)")
	case Unsorted:
		return format("文件未按编号排序，%d 处倒序，不影响结果（例如 %d）",
			"the file is not sorted by id: %d steps back, without harm to the result (for example at %d)")
	case BadPositions:
		return format("坐标不在地球上的节点 %d 个，已略去（例如 %d）", "%d nodes that are not on the earth were left out (for example %d)")
	case MissingMembers:
		return format("多边形关系缺少成员 %d 处，该处按缺失处理（例如线 %d）",
			"%d members of multipolygons are not in the file (for example way %d)")
	case OpenRings:
		return format("轮廓没有闭合的多边形 %d 个，未闭合部分已略去（例如关系 %d）",
			"%d multipolygons with an outline that does not close; the open part was left out (for example relation %d)")
	case GappedAreas:
		return format("轮廓缺少节点的面 %d 个（建筑、水面等），缺口处以直线合上，只用于画图和估算，不当作路（例如 %d）",
			"%d surfaces (buildings, water and the like) lost nodes of their outline; it was closed straight over the gap, for drawing and estimating only and not as a street (for example way %d)")
	case warningKinds:
	}
	panic(fmt.Sprintf("osm: warning of unknown kind %d", w.Kind))
}

// tally counts warnings while reading.
type tally [warningKinds]Warning

func (t *tally) add(kind WarningKind, id int64) {
	if t[kind].Count == 0 {
		t[kind].Example = id
	}
	t[kind].Count++
}

func (t *tally) merge(o *tally) {
	for kind := range o {
		if t[kind].Count == 0 {
			t[kind].Example = o[kind].Example
		}
		t[kind].Count += o[kind].Count
	}
}

func (t *tally) list() []Warning {
	var out []Warning
	for kind, w := range t {
		if w.Count > 0 {
			w.Kind = WarningKind(kind)
			out = append(out, w)
		}
	}
	return out
}
