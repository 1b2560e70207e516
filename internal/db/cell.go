package db

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
)

// cellTime is RFC 3339 in UTC with microseconds.
const cellTime = "2006-01-02T15:04:05.000000Z07:00"

// target returns a place for Scan that knows NULL.
func (k kind) target() any {
	switch k {
	case kindText:
		return new(sql.Null[string])
	case kindInt:
		return new(sql.Null[int64])
	case kindFloat:
		return new(sql.Null[float64])
	case kindBool:
		return new(sql.Null[bool])
	case kindTime:
		return new(sql.Null[time.Time])
	case kindBytes:
		return new(sql.Null[[]byte])
	}
	panic("db: kind " + string(k))
}

// cell returns the JSON value of a scanned target.
func cell(target any) any {
	switch v := target.(type) {
	case *sql.Null[string]:
		return orNull(v.V, v.Valid)
	case *sql.Null[int64]:
		return orNull(v.V, v.Valid)
	case *sql.Null[float64]:
		if math.IsNaN(v.V) || math.IsInf(v.V, 0) {
			return strconv.FormatFloat(v.V, 'g', -1, 64) // JSON has no such number
		}
		return orNull(v.V, v.Valid)
	case *sql.Null[bool]:
		return orNull(v.V, v.Valid)
	case *sql.Null[time.Time]:
		return orNull(v.V.UTC().Format(cellTime), v.Valid)
	case *sql.Null[[]byte]:
		return orNull(base64.StdEncoding.EncodeToString(v.V), v.Valid)
	}
	panic(fmt.Sprintf("db: cell of %T", target))
}

func orNull(v any, valid bool) any {
	if !valid {
		return nil
	}
	return v
}

// parse reads a JSON value back into an argument.
func (k kind) parse(raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch k {
	case kindText:
		return parsed(raw, text)
	case kindInt:
		return parsed(raw, func(n int64) (int64, error) { return n, nil })
	case kindFloat:
		if raw[0] == '"' {
			return parsed(raw, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
		}
		return parsed(raw, func(f float64) (float64, error) { return f, nil })
	case kindBool:
		return parsed(raw, func(b bool) (bool, error) { return b, nil })
	case kindTime:
		return parsed(raw, func(s string) (time.Time, error) { return time.Parse(cellTime, s) })
	case kindBytes:
		return parsed(raw, base64.StdEncoding.DecodeString)
	}
	return nil, fmt.Errorf("unknown type %q", k)
}

func parsed[J, V any](raw json.RawMessage, convert func(J) (V, error)) (any, error) {
	var j J
	if err := json.Unmarshal(raw, &j); err != nil {
		return nil, err
	}
	return convert(j)
}
