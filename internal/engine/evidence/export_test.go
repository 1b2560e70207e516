package evidence

import "github.com/xiadu/xiadu/internal/record"

// ErasedEntry is what the log of a mirror says of an item that an older database has.
func ErasedEntry(item string) record.Entry { return erased{Item: item, Reason: Order} }
