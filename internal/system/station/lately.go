package station

import (
	"slices"
	"sync"
)

// lately keeps what was computed last, by key: a planner asks about the same few
// things again and again. Who asks for what is just being computed waits for it.
// The zero lately is empty.
type lately[K comparable, V any] struct {
	mu   sync.Mutex
	last []computed[K, V] // the newest first
}

type computed[K comparable, V any] struct {
	key K
	get func() V
}

// get returns the value of key, computing it if it is not among the last most.
func (l *lately[K, V]) get(key K, most int, compute func() V) V {
	l.mu.Lock()
	at := slices.IndexFunc(l.last, func(c computed[K, V]) bool { return c.key == key })
	var c computed[K, V]
	if at >= 0 {
		c = l.last[at]
		l.last = slices.Delete(l.last, at, at+1)
	} else {
		c = computed[K, V]{key, sync.OnceValue(compute)}
	}
	l.last = slices.Insert(l.last, 0, c)
	l.last = l.last[:min(len(l.last), most)]
	l.mu.Unlock()
	return c.get()
}
