package pagetest

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/lang"
)

// WantWrong fails unless a page is a form whose field says what is wrong with it: the
// field points to the message, and what was typed stands in one of the two.
func WantWrong(t *testing.T, status int, body, field, typed string) {
	t.Helper()
	if status != http.StatusUnprocessableEntity && status != http.StatusForbidden {
		t.Errorf("the status is %d", status)
	}
	control, value := fieldIn(body, field)
	if control == "" {
		t.Errorf("the page has no field %s:\n%s", field, mainOf(body))
		return
	}
	message := ""
	for id := range strings.FieldsSeq(attribute(control, "aria-describedby")) {
		if m := regexp.MustCompile(`(?s)<p class="wrong" id="` + regexp.QuoteMeta(id) + `">(.*?)</p>`).FindStringSubmatch(body); m != nil {
			message = strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(m[1], "")))
		}
	}
	if message == "" {
		t.Errorf("%s does not point to what is wrong with it: %s\n%s", field, control, mainOf(body))
	}
	if !strings.Contains(control, `aria-invalid="true"`) && !strings.HasPrefix(control, "<fieldset") {
		t.Errorf("%s is not marked: %s", field, control)
	}
	if value != typed && !strings.Contains(message, lang.Short(typed)) {
		t.Errorf("what was typed, “%s”, is neither in %s (“%s”) nor in “%s”", typed, field, value, message)
	}
	folded(t, body, control)
}

// folded fails if the field lies in something that is folded.
func folded(t *testing.T, body, control string) {
	t.Helper()
	before, _, _ := strings.Cut(body, control)
	var open []bool
	for _, tag := range regexp.MustCompile(`</?details[^>]*>`).FindAllString(before, -1) {
		if tag == "</details>" {
			open = open[:len(open)-1]
		} else {
			open = append(open, regexp.MustCompile(`\sopen\b`).MatchString(tag))
		}
	}
	for _, seen := range open {
		if !seen {
			t.Errorf("%s is folded away", control)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func mainOf(body string) string {
	_, main, _ := strings.Cut(body, "<main")
	return main
}

// fieldIn is the tag of a field that a reader sees, or of the group it belongs to, and
// what it shows.
func fieldIn(body, name string) (tag, value string) {
	for _, at := range regexp.MustCompile(`<(input|select|textarea)\b[^>]*\sname="`+regexp.QuoteMeta(name)+`"[^>]*>`).FindAllStringIndex(body, -1) {
		tag := body[at[0]:at[1]]
		switch kind := attribute(tag, "type"); {
		case kind == "hidden":
			continue
		case kind == "radio" || kind == "checkbox":
			return regexp.MustCompile(`<fieldset[^>]*>`).FindString(body[strings.LastIndex(body[:at[0]], "<fieldset"):]), ""
		case strings.HasPrefix(tag, "<textarea"):
			value, _, _ = strings.Cut(body[at[1]:], "</textarea>")
			return tag, html.UnescapeString(value)
		}
		return tag, attribute(tag, "value")
	}
	return "", ""
}

func attribute(tag, name string) string {
	m := regexp.MustCompile(`\s` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}
