package grant

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/xiadu/xiadu/internal/lang"
)

// Reported are figures that somebody else has published, beside which a page shows what is recorded here. They are never added to it.
type Reported struct {
	Source   lang.Text `json:"source"`
	Day      string    `json:"day"`
	Verified bool      `json:"verified"`
	Figures  []struct {
		Key  string      `json:"key"`
		Name lang.Text   `json:"name"`
		N    json.Number `json:"n"`
		Unit lang.Text   `json:"unit"`
	} `json:"figures"`
}

//go:embed reported.json
var reportedText []byte

// AsReported reads them.
var AsReported = sync.OnceValues(func() (r Reported, err error) {
	if err = json.Unmarshal(reportedText, &r); err != nil {
		err = fmt.Errorf("reported figures: %w", err)
	}
	return r, err
})
