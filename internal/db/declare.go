package db

import (
	"fmt"
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
	texts    sync.Map // which optional pieces are in (uint64) → SQL text
}

// piece is a stretch of text: either always there or one optional clause.
type piece struct {
	text     []string // before, between and after the parameters
	args     [][]int
	names    []string // of the parameters, as they are written
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
			p.args, p.names = append(p.args, place), append(p.names, t[1:])
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
	var mask, bit uint64
	for _, c := range s.pieces {
		if c.optional {
			bit = max(1, bit<<1)
			if missing(p, c.args) {
				continue
			}
			mask |= bit
		}
		for _, place := range c.args {
			a, err := argument(at(p, place))
			if err != nil {
				return "", nil, err
			}
			args = append(args, a)
		}
	}
	if text, ok := s.texts.Load(mask); ok {
		return text.(string), args, nil
	}
	text := s.render(mask)
	s.texts.Store(mask, text)
	return text, args, nil
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
func (s *statement) render(mask uint64) string {
	var b strings.Builder
	var bit uint64
	n := 0
	for _, c := range s.pieces {
		if c.optional {
			bit = max(1, bit<<1)
			if mask&bit == 0 {
				continue
			}
		}
		for i, t := range c.text {
			if i > 0 {
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
