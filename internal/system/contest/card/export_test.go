package card

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// Fill puts many cards into the library, each third of which is about 备案. Several are of one moment.
func Fill(tx *db.Tx, code string, n int) error {
	for i := range n {
		words := []string{"企业备案一次办", "验收", "窗口"}[i%3]
		c := Card{ID: fmt.Sprintf("%s/F-%05d", code, i), Contest: code, Number: fmt.Sprintf("F-%05d", i), Year: 2026, State: Shown, Newest: 1, Shown: 1, Title: words, Field: "other", Words: words, Version: 1, MadeAt: tx.Now()}
		c.ShownAt = tx.Now().Add(-time.Duration(i/7) * time.Minute)
		if _, err := insert.Exec(tx, c); err != nil {
			return err
		}
	}
	return nil
}
