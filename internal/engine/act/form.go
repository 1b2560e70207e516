package act

import (
	"encoding/base32"
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// Form is what a form asked. Its page draws it with a number (crypto/rand.Text), which comes back with what was filled
// in: pressed twice, or sent again by a reload, it is done once, without a script.
type Form struct {
	Number string // without one it is done as often as it is asked for
	Person string // who is signed in; empty: the public
	Says   any    // what was filled in, as JSON; its hash alone is kept
}

// formLength is that of a number: what is none of ours is no number.
const formLength = 26

// Number is that of a form whose page has to be the same as long as nothing changes, by a hash of what it is about.
func Number(sum []byte) string { return base32.StdEncoding.EncodeToString(sum)[:formLength] }

// ErrAnother is that a form has sent something else already: a browser that goes back restores the form with its number.
// It is shown again with another one.
var ErrAnother error = fault.New(fault.Conflict, "这张表单已经交过一次，现在写的和那次不一样，还没有收下。要另外交这一次，请再按一次。",
	"This form was sent already, and what it says now is something else, which was not taken. To send it too, press once more.")

// Filled does what a form asks that is not done yet, and returns the answer of its use case and whether it was done
// before.
func Filled(tx *db.Tx, f Form, do func() (answer string, err error)) (answer string, again bool, err error) {
	if len(f.Number) != formLength {
		answer, err = do()
		return answer, false, err
	}
	body, err := json.Marshal(f.Says)
	if err != nil {
		return "", false, fmt.Errorf("act: a form: %w", err)
	}
	a := Act{ID: "form/" + f.Number, Body: body, Person: f.Person}
	done := false
	answer, again, err = Once(tx, a, func() (string, error) { done = true; return do() })
	if !done && !again && fault.KindOf(err) == fault.Conflict {
		err = ErrAnother
	}
	return answer, again, err
}
