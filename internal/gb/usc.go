package gb

import (
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

// uscDigits are the characters of a unified social credit code (GB 32100-2015): without I, O, S, V and Z.
const uscDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

const uscLength = 18

// CheckUSC says what is wrong with a unified social credit code (统一社会信用代码, GB 32100-2015): its length, a
// character, or its check character.
func CheckUSC(code string) error {
	if len(code) != uscLength {
		return fault.New(fault.Invalid, "统一社会信用代码是 %[1]d 位，这里有 %[2]d 位", "a unified social credit code has %[1]d characters, and this has %[2]d", uscLength, len([]rune(code)))
	}
	sum, weight := 0, 1
	for i := range uscLength - 1 {
		n := strings.IndexByte(uscDigits, code[i])
		if n < 0 {
			return fault.New(fault.Invalid, "统一社会信用代码第 %[1]d 位不对：只有数字和大写字母，没有 I、O、S、V、Z", "character %[1]d of the code is wrong: digits and capitals alone, without I, O, S, V and Z", i+1)
		}
		sum, weight = sum+n*weight, weight*3%len(uscDigits)
	}
	if want := uscDigits[(len(uscDigits)-sum%len(uscDigits))%len(uscDigits)]; code[uscLength-1] != want {
		return fault.New(fault.Invalid, "统一社会信用代码的校验位不对：按前 %[1]d 位应当是 %[2]s，请核对", "the check character is wrong: by the first %[1]d it should be %[2]s; look at the code again", uscLength-1, string(want))
	}
	return nil
}
