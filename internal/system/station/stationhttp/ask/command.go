package ask

import "strings"

// Quoted is a word of a command line as a shell reads it whole.
func Quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " '\"$`\\&;|<>()*?[]#~\t\n") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
