package db

import (
	"database/sql/driver"
	"fmt"
	"math/bits"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// statement is the parsed text of a Query.
type statement struct {
	source   string
	in, out  *fields
	inType   reflect.Type
	outType  reflect.Type
	pieces   []piece
	optional int
	list     string   // the parameter that is a list
	texts    sync.Map // choice → SQL text
}

// choice is what the text of a statement depends on: which optional pieces are in, and how many
// values there are in its list.
type choice struct {
	mask uint64
	size int
}

// piece is a stretch of text: either always there or one optional clause.
type piece struct {
	text     []string // before, between and after the parameters
	args     [][]int
	names    []string // of the parameters, as they are written
	lists    []bool   // whether a parameter is a list
	optional bool
}

// declared holds every statement, for a test to prepare. It is written by
// package initialisation only, which is sequential.
var declared []*statement

// token finds what has a meaning of its own inside SQL: literals and comments
// are passed over whole, so that a bracket or colon in them is only text.
var token = regexp.MustCompile(`/\*cols\*/|'[^']*'|--[^\n]*|/\*(?s:.*?)\*/|\[|\]|::?[a-zA-Z_]\w*`)

func declare(source string, in, out reflect.Type) *statement {
	s := undeclared(source, in, out)
	declared = append(declared, s)
	return s
}

// undeclared parses a text without listing it: for one engine only.
func undeclared(source string, in, out reflect.Type) *statement {
	s := &statement{source: source, in: fieldsOf(in), out: fieldsOf(out), inType: in, outType: out}
	if err := s.parse(); err != nil {
		panic("db: " + err.Error())
	}
	return s
}

func (s *statement) parse() error {
	p := piece{text: []string{""}}
	add := func(text string) { p.text[len(p.text)-1] += text }
	flush := func(optional bool) {
		s.pieces = append(s.pieces, p)
		p = piece{text: []string{""}, optional: optional}
	}
	at, single := 0, ""
	for _, m := range token.FindAllStringIndex(s.source, -1) {
		add(s.source[at:m[0]])
		t := s.source[m[0]:m[1]]
		at = m[1]
		switch {
		case t == "/*cols*/":
			add(strings.Join(s.out.names, ", "))
		case t == "[" && !p.optional:
			flush(true)
			s.optional++
		case t == "]" && p.optional:
			flush(false)
		case t == "[" || t == "]":
			return fmt.Errorf("unmatched %s in %q", t, s.source)
		case t[0] == ':' && t[1] != ':':
			place, ok := s.in.lookup(t[1:])
			if !ok || s.in.single && single != "" && single != t {
				return fmt.Errorf("%s has no field for %s in %q", s.inType, t, s.source)
			}
			single = t
			list := s.isList(place)
			if list && s.list != "" && s.list != t {
				return fmt.Errorf("a second list, %s, in %q", t, s.source)
			}
			if list {
				s.list = t
			}
			p.args, p.names, p.lists = append(p.args, place), append(p.names, t[1:]), append(p.lists, list)
			p.text = append(p.text, "")
		default:
			add(t)
		}
	}
	add(s.source[at:])
	if p.optional || s.optional > 63 {
		return fmt.Errorf("unmatched [, or too many, in %q", s.source)
	}
	flush(false)
	return nil
}

// bind returns the text for the clauses that p asks for, and its arguments.
func (s *statement) bind(p reflect.Value) (string, []any, error) {
	var args []any
	var bit uint64
	asked := choice{size: 1}
	for _, c := range s.pieces {
		if c.optional {
			bit = max(1, bit<<1)
			if missing(p, c.args) {
				continue
			}
			asked.mask |= bit
		}
		for i, place := range c.args {
			if c.lists[i] {
				values, err := listed(at(p, place))
				if err != nil {
					return "", nil, err
				}
				args, asked.size = append(args, values...), len(values)
				continue
			}
			a, err := argument(at(p, place))
			if err != nil {
				return "", nil, err
			}
			args = append(args, a)
		}
	}
	if text, ok := s.texts.Load(asked); ok {
		return text.(string), args, nil
	}
	text := s.render(asked)
	s.texts.Store(asked, text)
	return text, args, nil
}

func (s *statement) isList(place []int) bool {
	t := s.inType
	if place != nil {
		t = t.FieldByIndex(place).Type
	}
	return t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 && !t.Implements(reflect.TypeFor[driver.Valuer]())
}

// maxList bounds a list: whoever has more asks in parts.
const maxList = 1 << 12

// listed are the values of a list. The last one is repeated up to the next power of two, so that there are few texts to
// prepare; an empty list is one NULL, which is in nothing.
func listed(v reflect.Value) ([]any, error) {
	if v.Len() == 0 {
		return []any{nil}, nil
	}
	if v.Len() > maxList {
		return nil, fmt.Errorf("a list of %d values, which is more than %d", v.Len(), maxList)
	}
	values := make([]any, 1<<bits.Len(uint(v.Len()-1)))
	for i := range values {
		a, err := argument(v.Index(min(i, v.Len()-1)))
		if err != nil {
			return nil, err
		}
		values[i] = a
	}
	return values, nil
}

func missing(p reflect.Value, places [][]int) bool {
	for _, place := range places {
		if f := at(p, place); f.Kind() == reflect.Pointer && f.IsNil() {
			return true
		}
	}
	return false
}

// render numbers the parameters in order of appearance, one number for each,
// because drivers disagree about a number that comes back.
func (s *statement) render(asked choice) string {
	var b strings.Builder
	var bit uint64
	n := 0
	for _, c := range s.pieces {
		if c.optional {
			bit = max(1, bit<<1)
			if asked.mask&bit == 0 {
				continue
			}
		}
		for i, t := range c.text {
			if i > 0 && c.lists[i-1] {
				b.WriteByte('(')
				for k := range asked.size {
					if k > 0 {
						b.WriteString(", ")
					}
					n++
					b.WriteString("$" + strconv.Itoa(n))
				}
				b.WriteByte(')')
			} else if i > 0 {
				n++
				b.WriteString("$" + strconv.Itoa(n))
			}
			b.WriteString(t)
		}
	}
	return b.String()
}

var space = regexp.MustCompile(`\s+`)

// wrap adds the start of the declared text, enough to find it.
func (s *statement) wrap(err error) error {
	if err == nil {
		return nil
	}
	short := []rune(strings.TrimSpace(space.ReplaceAllString(s.source, " ")))
	if len(short) > 60 {
		short = append(short[:60], '…')
	}
	return fmt.Errorf("db: %s: %w", string(short), err)
}
