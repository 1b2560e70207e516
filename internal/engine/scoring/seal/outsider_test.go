package seal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// TestAnOutsiderOpensTheSeals is written from docs/scoring.md and shares nothing with the package: it opens each seal of the file that is
// kept, and finds a mark that was changed.
func TestAnOutsiderOpensTheSeals(t *testing.T) {
	text, err := os.ReadFile("testdata/contest.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rule struct {
			Rule json.RawMessage `json:"rule"`
		} `json:"rule"`
		RuleHash string           `json:"rule_hash"`
		Sheets   []map[string]any `json:"sheets"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	// The rule is canonical within a canonical file: its bytes are hashed as they are.
	if sum := sha256.Sum256(file.Rule.Rule); hex.EncodeToString(sum[:]) != file.RuleHash {
		t.Errorf("the rule's hash is %x", sum)
	}
	opens := func(sheet map[string]any) bool {
		opening := map[string]any{}
		for _, key := range []string{"contest", "entry", "marks", "part", "rule", "salt", "sealed_by", "seat", "version"} {
			opening[key] = sheet[key]
		}
		// Go writes the members of a map in the order of their names; all of them are ASCII here, and the one number is an integer.
		plain, err := json.Marshal(opening)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(append([]byte("xiadu sheet 1\n"), plain...))
		return hex.EncodeToString(sum[:]) == sheet["commitment"]
	}
	for i, sheet := range file.Sheets {
		if !opens(sheet) {
			t.Errorf("sheets[%d] opens to something else", i)
		}
		marks, _ := sheet["marks"].(map[string]any)
		was := marks["score"]
		marks["score"] = "10"
		if was != "10" && opens(sheet) {
			t.Errorf("sheets[%d] opens to another mark", i)
		}
	}
	if len(file.Sheets) != 55 {
		t.Errorf("there are %d sheets", len(file.Sheets))
	}
}
