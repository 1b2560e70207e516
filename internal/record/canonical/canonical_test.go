package canonical_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/record/canonical"
)

// The first two are the examples of RFC 8785, 3.2.2 and 3.2.3.
func TestJSON(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{
			`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
			  "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{
			`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`,
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		},
		{`"<script>&\u2028\u0000"`, "\"<script>&\u2028\\u0000\""},
		{`{"b":{"z":1,"a":{"\\\\":[],"\"":"\\\\\""}},"a":[{"d":1,"c":"\\"}],"":0}`, `{"":0,"a":[{"c":"\\","d":1}],"b":{"a":{"\"":"\\\\\"","\\\\":[]},"z":1}}`},
		{`[-0,-0.0,9007199254740992,1e2,[],{}]`, `[0,0,9007199254740992,100,[],{}]`},
	} {
		got, err := canonical.JSON(json.RawMessage(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s\n got %s, %v\nwant %s", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{`9007199254740993`, `{"a":1,"a":2}`, `{"b":0,"a":1,"\u0061":2}`, `[1`, `1e400`} {
		if got, err := canonical.JSON(json.RawMessage(in)); err == nil {
			t.Errorf("%s became %s, want an error", in, got)
		}
	}
}

// TestJSONKeepsMeaning: canonical JSON means the same and is a fixed point.
func TestJSONKeepsMeaning(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) any {
		return rapid.OneOf(
			rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Int32().AsAny(), rapid.Float64().AsAny(),
			rapid.MapOf(rapid.String(), rapid.String()).AsAny(), rapid.SliceOf(rapid.Float64()).AsAny(),
		).Draw(t, "value")
	})
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.MapOf(rapid.String(), value).Draw(t, "object")
		first, err := canonical.JSON(v)
		if err != nil {
			t.Skip(err) // an integer beyond 2^53
		}
		second, err := canonical.JSON(json.RawMessage(first))
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s became %s, %v", first, second, err)
		}
		var a, b any
		plain, _ := json.Marshal(v)
		if json.Unmarshal(plain, &a) != nil || json.Unmarshal(first, &b) != nil {
			t.Fatal("not JSON")
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("%s: %s", first, diff)
		}
	})
}
