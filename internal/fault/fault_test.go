package fault_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestARefusalNamesNoField: who has no form reads which field is wrong, but a refusal,
// which a form shows where one signs in, is about nothing that was written.
func TestARefusalNamesNoField(t *testing.T) {
	refused := fault.At("staff", fault.New(fault.Denied, "请先登录", "sign in first"))
	wrong := fault.At("hours", fault.New(fault.Invalid, "读不懂", "cannot be read"))
	for _, c := range []struct {
		err  error
		want string
	}{{refused, "请先登录"}, {wrong, "hours：读不懂"}, {errors.Join(wrong), "hours：读不懂"}} {
		if said, ok := fault.Named(lang.ZH, c.err); !ok || said != c.want {
			t.Errorf("%v says %q", c.err, said)
		}
	}
}

// Each fault is a line, in order, also several of one field.
func TestEach(t *testing.T) {
	bad := fault.New(fault.Invalid, "错", "bad")
	got, ok := fault.Each(lang.EN, errors.Join(fault.At("b", bad), errors.Join(bad, fault.At("b", bad)), fault.At("a", bad)))
	if !ok || !slices.Equal(got, []string{"b: bad", "bad", "b: bad", "a: bad"}) {
		t.Error(got, ok)
	}
	if got, ok := fault.Each(lang.ZH, errors.Join(bad, errors.New("disk"))); ok {
		t.Error(got)
	}
}

// A field is called otherwise, alone and among others, and what is about another field stays.
func TestRenamed(t *testing.T) {
	one, two := fault.At("why", fault.New(fault.Invalid, "缺", "missing")), fault.At("code", fault.New(fault.Conflict, "有了", "taken"))
	for _, err := range []error{one, errors.Join(two, one)} {
		at, all := fault.Fields(fault.Renamed(err, "why", "reason"))
		if !all || at["reason"] == nil || at["why"] != nil {
			t.Error(at, all)
		}
	}
	if at, _ := fault.Fields(fault.Renamed(errors.Join(two, one), "why", "reason")); at["code"] == nil || fault.KindOf(at["code"]) != fault.Conflict {
		t.Error("another field was lost:", at)
	}
	if plain := errors.New("no fault"); !errors.Is(fault.Renamed(plain, "why", "reason"), plain) || fault.Renamed(nil, "why", "reason") != nil {
		t.Error("what is no fault was changed")
	}
}
