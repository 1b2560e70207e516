package db

import (
	"database/sql/driver"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/fault"
)

// fields are the columns of a type: the fields that a struct tags with
// `db:"name"`, or the type itself when it is a single value such as a string.
type fields struct {
	names  []string
	index  map[string][]int
	single bool
}

// known caches fields by type: a result of 160,000 rows must not look at its
// struct 160,000 times.
var known sync.Map // reflect.Type → *fields

func fieldsOf(t reflect.Type) *fields {
	if f, ok := known.Load(t); ok {
		return f.(*fields)
	}
	f := &fields{index: map[string][]int{}}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		f.single = true
	} else {
		for _, s := range reflect.VisibleFields(t) {
			if name := s.Tag.Get("db"); name != "" {
				f.names = append(f.names, name)
				f.index[name] = s.Index
			}
		}
	}
	known.Store(t, f)
	return f
}

// lookup returns the place of a column; the place of a single value is the
// value itself.
func (f *fields) lookup(name string) ([]int, bool) {
	if f.single {
		return nil, true
	}
	i, ok := f.index[name]
	return i, ok
}

// argument turns a Go value into what both drivers take alike: nil, int64,
// float64, bool, string, []byte or a time in UTC and whole microseconds.
func argument(v reflect.Value) (any, error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC().Truncate(time.Microsecond), nil
	case driver.Valuer:
		return x.Value()
	case []byte:
		return x, nil
	}
	switch {
	case v.Kind() == reflect.String:
		return text(v.String())
	case v.Kind() == reflect.Bool:
		return v.Bool(), nil
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint()), nil
	case v.CanFloat():
		return v.Float(), nil
	}
	return nil, fmt.Errorf("a %s cannot be a parameter, nor a number beyond BIGINT", v.Type())
}

// text refuses what PostgreSQL cannot store.
func text(s string) (string, error) {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s, nil
	}
	shown := strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "␀"), "�")
	if r := []rune(shown); len(r) > 40 {
		shown = string(r[:40]) + "…"
	}
	return "", fault.New(fault.Invalid,
		"文字“%s”含有空字符（NUL）或不是有效的 UTF-8，无法保存。请删去该字符或转换编码后重试。",
		"The text “%s” has a NUL character or is not valid UTF-8 and cannot be stored. Remove it, or convert the encoding, then repeat.",
		shown)
}

// at returns the value at a place, which for a single value is the value.
func at(v reflect.Value, place []int) reflect.Value {
	if place == nil {
		return v
	}
	return v.FieldByIndex(place)
}
