package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Kind is what a system takes as evidence of something.
type Kind struct {
	Key      string // "complaint.photo": the system, then what it is
	Name     lang.Text
	Media    []picture.Media // that are taken, by content; none: all four that are known
	MaxBytes int64
	// Opaque kinds are kept and handed out as they came, whatever they are: decks, videos,
	// logs of a thermometer. Nothing of them is ever decoded or shown.
	Opaque bool
	// Uncompared kinds all look alike, as signatures do: nobody is asked whether two are one.
	Uncompared bool
	// Keep is how long an item is kept at least, after which the system is asked ([Options.Until]);
	// 0 is until somebody erases it.
	Keep time.Duration
}

// mostBytes is what any kind may ask for: what is larger needs another way in than one
// request.
const mostBytes = 4 << 30

func (k Kind) check() error {
	if k.Key == "" || k.MaxBytes < 1 || k.MaxBytes > mostBytes || k.Name.ZH == "" || k.Name.EN == "" || k.Opaque && len(k.Media) > 0 {
		return fmt.Errorf("evidence: the kind %q is not whole", k.Key)
	}
	return nil
}

func (e *Evidence) kind(key string) (Kind, error) {
	k, ok := e.kinds[key]
	if !ok {
		return k, fault.New(fault.Invalid, "没有“%s”这种材料。", "There is no kind of evidence %q.", key)
	}
	return k, nil
}

// Kind returns a kind, for pages that say what is taken before it is sent.
func (e *Evidence) Kind(key string) (Kind, error) { return e.kind(key) }

// tooLarge is said while bytes still come: nothing of them is kept.
func (k Kind) tooLarge() error {
	return fault.New(fault.Invalid, "文件太大：“%[1]s”最多 %[2]s。照片请在手机上选“中”或“小”再交；扫描件请降低分辨率，或分成几份。",
		"The file is too large: %[3]s may have %[2]s at most. Choose a smaller size of a photo on the phone; scan a paper at a lower resolution, or in parts.", k.Name.ZH, megabytes(k.MaxBytes), k.Name.EN)
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// takes says whether what the content is may be of the kind.
func (k Kind) takes(m picture.Media) error {
	if len(k.Media) == 0 || slices.Contains(k.Media, m) {
		return nil
	}
	if m == picture.PDF {
		return fault.New(fault.Invalid, "这是 PDF，“%[1]s”要的是照片。请拍照或截图后再交。", "This is a PDF, and %[2]s has to be a photo. Take a photo or a screenshot.", k.Name.ZH, k.Name.EN)
	}
	return fault.New(fault.Invalid, "“%[1]s”不收这种文件。请另存为 %[3]s 后再交。", "%[2]s is not taken in this form. Save it as %[3]s, then send it again.", k.Name.ZH, k.Name.EN, names(k.Media))
}

func names(media []picture.Media) string {
	said := make([]string, len(media))
	for i, m := range media {
		said[i] = map[picture.Media]string{picture.JPEG: "JPEG", picture.PNG: "PNG", picture.WebP: "WebP", picture.PDF: "PDF"}[m]
	}
	return strings.Join(said, " / ")
}

// Opaque is the media of what nobody looked into.
const Opaque picture.Media = "application/octet-stream"
