package casework

import "github.com/xiadu/xiadu/internal/engine/casework/clock"

// SetOffice gives a Book another calendar.
func (b *Book) SetOffice(o clock.Office) { b.office = o }
