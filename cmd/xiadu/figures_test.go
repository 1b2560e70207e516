package main

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// figures checks the object of xiadu coverage --json: every key that is
// promised is there, and the numbers agree with each other and with those asked
// for: figures FILE [key=value ...].
func checkFigures(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: figures FILE [key=value ...]")
	}
	f := readFigures(ts, args[0])
	for _, wish := range args[1:] {
		key, want, _ := strings.Cut(wish, "=")
		if got, ok := f[key]; !ok || text(got) != want {
			ts.Fatalf("%s is %v, want %s", key, got, want)
		}
	}
	number := func(key string) float64 {
		n, ok := f[key].(float64)
		if !ok || n < 0 {
			ts.Fatalf("%s is %v, no number", key, f[key])
		}
		return n
	}
	total, one, two := number("demand_total"), number("covered_1"), number("covered_2")
	if one > total || two > one || number("covered_3") > two || number("covered_4") > number("covered_3") {
		ts.Fatalf("more than the whole is covered, or more twice than once: %v", f)
	}
	for key, share := range map[string]float64{"share_1": one / total, "share_2": two / total} {
		if math.Abs(number(key)-share) > 0.00005 {
			ts.Fatalf("%s is %v, but the quotient is %v", key, f[key], share)
		}
	}
	if number("unreachable_demand") > total-one {
		ts.Fatalf("somebody is far from any street and covered: %v", f)
	}
	if number("stations_open")+number("stations_unplaced") > number("stations") {
		ts.Fatalf("more stations count than there are: %v", f)
	}
	var gaps float64
	for _, gap := range f["gaps"].([]any) { //nolint:forcetypeassert // a panic fails the story too
		gaps += gap.(map[string]any)["demand"].(float64) //nolint:forcetypeassert // as above
	}
	if gaps > total-one+0.001 {
		ts.Fatalf("the gaps hold %v of %v", gaps, total-one)
	}
	if at, err := time.Parse(time.RFC3339, text(f["at"])); err != nil || at.Second() != 0 {
		ts.Fatalf("at is %v", f["at"])
	}
	if profile := f["profile"]; profile != "walk" && profile != "ebike" {
		ts.Fatalf("profile is %v", profile)
	}
	if s := number("cutoff_s"); s <= 0 || s != math.Trunc(s) {
		ts.Fatalf("cutoff_s is %v", s)
	}
}

// samefigures compares two such objects, except for what names the edition of
// the data: [!] samefigures ONE OTHER.
func samefigures(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] samefigures ONE OTHER")
	}
	one, other := readFigures(ts, args[0]), readFigures(ts, args[1])
	delete(one, "revision")
	delete(other, "revision")
	if reflect.DeepEqual(one, other) == neg {
		ts.Fatalf("%v\nand\n%v", one, other)
	}
}

// same compares two objects in everything: same ONE OTHER.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: same ONE OTHER")
	}
	one, other := readFigures(ts, args[0]), readFigures(ts, args[1])
	if !reflect.DeepEqual(one, other) {
		for key := range one {
			if !reflect.DeepEqual(one[key], other[key]) {
				ts.Logf("%s is %v and %v", key, one[key], other[key])
			}
		}
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}

func readFigures(ts *testscript.TestScript, file string) map[string]any {
	var f map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &f))
	return f
}

// text is a JSON value as it is read aloud.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// harm damages a file: harm cut|flip|version FILE.
func harm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: harm cut|flip|version|better|letter FILE")
	}
	data := []byte(ts.ReadFile(args[1]))
	switch args[0] {
	case "cut":
		data = data[:len(data)*2/3]
	case "flip":
		data[len(data)/2] ^= 1
	case "version":
		data = []byte(strings.Replace(string(data), "xdflat01", "xdflat99", 1))
	case "better":
		data = []byte(strings.Replace(string(data), `"open": 1`, `"open": 2`, 1))
	case "letter": // one more
		data = regexp.MustCompile(`"letters": ?\d+`).ReplaceAllFunc(data, func(m []byte) []byte { return append(m, '1') })
	default:
		ts.Fatalf("no such harm: %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}
